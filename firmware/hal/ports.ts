import type { CardReader } from './card-reader.ts';
import type { CardVault } from './card-vault.ts';
import type { Clock } from './clock.ts';
import type { CodeScanner } from './code-scanner.ts';
import type { Display, Indicators, Keypad } from './display.ts';
import type { HostLink } from './host-link.ts';
import type { JournalStore } from './journal-store.ts';
import type { KeyStore } from './key-store.ts';
import type { PinPad } from './pin-pad.ts';
import type { Random } from './random.ts';
import type { ReceiptPrinter } from './receipt-printer.ts';
import type { SignaturePad } from './signature-pad.ts';
import type { Supervisors } from './supervisors.ts';
import type { WalletKeys } from './wallet-keys.ts';

/** Everything outside the firmware. A terminal is `createTerminal(ports, settings)` and nothing else. */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly vault: CardVault;
  readonly cardReader: CardReader;
  readonly pinPad: PinPad;
  readonly keyStore: KeyStore;
  readonly scanner: CodeScanner;
  readonly printer: ReceiptPrinter;
  /** Says itself whether there is a panel. */
  readonly signaturePad: SignaturePad;
  readonly display: Display;
  readonly keypad: Keypad;
  readonly indicators: Indicators;
  /** ISO 8583: TPDU, header and message. */
  readonly acquirer: HostLink;
  /** Web APIs of the wallets' hosts: requests and replies in the text form of `protocol/wallet/web-message.ts`. */
  readonly wallet: HostLink;
  readonly walletKeys: WalletKeys;
  readonly journalStore: JournalStore;
  readonly supervisors: Supervisors;
}
