import type { Clock, JournalStore, Ports } from '../../firmware/hal/index.ts';
import type { createTerminal } from '../../firmware/system.ts';
import type { CardReaderControls } from '../../hal-mock/devices/card-reader/controls.ts';
import type { PinPadControls } from '../../hal-mock/devices/pin-pad/controls.ts';
import type { PrinterControls } from '../../hal-mock/devices/printer/controls.ts';
import type { ScannerControls } from '../../hal-mock/devices/scanner/controls.ts';
import type { SimulatedDisk } from '../../hal-mock/disk.ts';
import type { SeededRandom } from '../../hal-mock/random.ts';
import type { WalletSignatures } from '../wallet/signatures.ts';
import type { FaultDice } from './dice.ts';
import type { SwarmAcquirer } from './hosts.ts';
import type { SwarmParameters } from './parameters.ts';
import type { SwarmWallets } from './wallets.ts';

export type SwarmSettings = Parameters<typeof createTerminal>[1];

/** The devices on one counter as hands find them; they live on through every reboot. */
export interface CounterDevices {
  readonly reader: CardReaderControls;
  readonly pinPad: PinPadControls;
  readonly scanner: ScannerControls;
  readonly printer: PrinterControls;
}

/** What begins and ends with one life of a terminal. */
export interface LifePorts extends Pick<
  Ports,
  'vault' | 'cardReader' | 'pinPad' | 'keyStore' | 'scanner' | 'printer' | 'acquirer' | 'wallet' | 'walletKeys'
> {
  end(): Promise<void>;
}

/** One counter: devices, and the way from them to a terminal. */
export interface SwarmCounter extends CounterDevices {
  /** @param clock time as this life of the terminal sees it */
  openLife(clock: Clock): LifePorts;
}

export interface CounterOptions {
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly dice: FaultDice;
  readonly acquirer: SwarmAcquirer;
  readonly wallets: SwarmWallets;
}

/** What a swarm is made of where the simulator may not know it: journal, vault, keys, drivers. */
export interface SwarmParts {
  openCounter(options: CounterOptions): Promise<SwarmCounter>;
  openJournal(disk: SimulatedDisk, segmentBytes: number): JournalStore;
  /** The other side of the terminals' wallet keys. */
  readonly walletSignatures: WalletSignatures;
  settings(parameters: SwarmParameters, terminalId: string): SwarmSettings;
}
