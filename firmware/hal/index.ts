/** The hardware abstraction layer: one contract per capability. A port enters with a mock, a driver and a contract suite. */
export * from './card-reader.ts';
export * from './card-vault.ts';
export * from './clock.ts';
export * from './code-scanner.ts';
export * from './connection.ts';
export * from './display.ts';
export * from './hal-error.ts';
export * from './host-link.ts';
export * from './journal-store.ts';
export * from './key-store.ts';
export * from './pin-pad.ts';
export * from './ports.ts';
export * from './random.ts';
export * from './receipt-printer.ts';
export * from './slip.ts';
export * from './supervisors.ts';
export * from './wallet-keys.ts';
