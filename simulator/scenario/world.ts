import type { Key, ScreenModel } from '../../firmware/hal/index.ts';
import type { Terminal } from '../../firmware/system.ts';
import type { CardReaderControls } from '../../hal-mock/devices/card-reader/controls.ts';
import type { PinPadControls } from '../../hal-mock/devices/pin-pad/controls.ts';
import type { PrinterControls } from '../../hal-mock/devices/printer/controls.ts';
import type { ScannerControls } from '../../hal-mock/devices/scanner/controls.ts';
import type { SignaturePadControls } from '../../hal-mock/devices/signature-pad/controls.ts';
import type { Acquirer } from '../acquirer/acquirer.ts';
import type { NetworkCable } from '../network-cable.ts';
import type { Wallet } from '../wallet/wallet.ts';
import type { WalletHosts } from '../wallet/wallet-hosts.ts';

/** Time as a player of scenarios needs it: virtual and instant, or real. */
export interface WorldTime {
  readonly isVirtual: boolean;
  advance(ms: number): Promise<void>;
  /** Runs until the condition holds; resolves `false` when it did not within the time. */
  until(condition: () => boolean, withinMs: number): Promise<boolean>;
}

export type WorldDevice = 'cardReader' | 'pinPad' | 'scanner' | 'printer';

/** One shop: a terminal with its devices, its hosts, and the hands that operate them. */
export interface World {
  readonly time: WorldTime;
  /** The running terminal; another one after a power cut. */
  terminal(): Terminal;
  /** Every screen since the beginning, oldest first. */
  screens(): readonly ScreenModel[];
  press(key: Key): void;
  readonly reader: CardReaderControls;
  readonly pinPad: PinPadControls;
  readonly scanner: ScannerControls;
  readonly printer: PrinterControls;
  readonly signaturePad: SignaturePadControls;
  readonly acquirer: Acquirer;
  /** Alipay's, which most scenarios are about. */
  readonly wallet: Wallet;
  /** It and all others. */
  readonly wallets: WalletHosts;
  readonly cable: NetworkCable;
  /** Puts bytes that belong to no frame on the line from a device; does nothing where devices have no lines. */
  noise(device: WorldDevice): void;
  loadMasterKey(): void;
  /** The terminal is gone at once and boots again from its journal. Devices and hosts live on. */
  powerCut(): Promise<void>;
  /** Texts of the journal, to look for what must not be in it. */
  journalTexts(): Promise<readonly string[]>;
  close(): Promise<void>;
}
