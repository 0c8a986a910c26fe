/** Fenqi POS firmware: `createTerminal(ports, settings)` and the contracts of the hardware abstraction layer. */
export * from './hal/index.ts';
export { DEFAULT_SETTINGS, type TerminalSettings } from './settings.ts';
export { createTerminal, type Terminal } from './system.ts';
export type { JournaledSale, JournalState, SaleStatus } from './journal/fold.ts';
