/**
 * Everything to test a terminal, a driver or firmware of your own without hardware: mocks at port level, emulators that
 * speak the devices' own protocols over a wire in memory or a pty, virtual time, seeded chance and synthetic cards.
 */
export { mockPorts, type MockPorts, type MockPortsOptions } from './mock-ports.ts';
export { DeadlockError, VIRTUAL_EPOCH_MS, VirtualClock } from './time.ts';
export { SeededRandom } from './random.ts';

export { MockCardVault } from './card-vault.ts';
export { MockDisplay } from './display.ts';
export { type DownReason, type HostRequest, type HostScript, MockHostLink } from './host-link.ts';
export { type MemoryJournalContent, MemoryJournalStore } from './journal-store.ts';
export { MockKeypad } from './keypad.ts';
export {
  type AcquirerAnswer,
  MOCK_MASTER_KEY,
  ScriptedAcquirer,
  type ScriptedAcquirerOptions,
} from './scripted-acquirer.ts';
export { MockSupervisors, TEST_SUPERVISOR } from './supervisors.ts';
export { MockWalletKeys } from './wallet-keys.ts';
export * from './disk.ts';

export type { CardReaderControls } from './devices/card-reader/controls.ts';
export { Neo2Emulator } from './devices/card-reader/emulator.ts';
export { MockCardReader, type MockCardReaderOptions } from './devices/card-reader/mock.ts';
export type { PinPadControls, PinPadKey } from './devices/pin-pad/controls.ts';
export { KmyEmulator } from './devices/pin-pad/emulator.ts';
export { MockPinPad } from './devices/pin-pad/mock.ts';
export type { Bitmap, PrinterControls } from './devices/printer/controls.ts';
export { PrinterEmulator, type PrinterEmulatorOptions } from './devices/printer/emulator.ts';
export { MockPrinter, type MockPrinterOptions } from './devices/printer/mock.ts';
export { Paper } from './devices/printer/paper.ts';
export type { ScannerControls } from './devices/scanner/controls.ts';
export { Gm65Emulator } from './devices/scanner/emulator.ts';
export { MockScanner } from './devices/scanner/mock.ts';
export type { SignaturePadControls } from './devices/signature-pad/controls.ts';
export { MockSignaturePad } from './devices/signature-pad/mock.ts';
export { testSignature } from './devices/signature-pad/test-signature.ts';

export {
  type FaultStep,
  faultyWire,
  type FaultyWire,
  type FaultyWireOptions,
  type FrameChoice,
} from './wire/faulty-wire.ts';
export { type MemoryWire, memoryWire, type MemoryWireOptions } from './wire/memory-wire.ts';
export { openPtyWire, ptyAvailable, type PtyWire } from './wire/pty-wire.ts';
export { recordingWire, type RecordingWire, type Transmission } from './wire/recording-wire.ts';
export type { WireEnd } from './wire/wire-end.ts';

export { type ChipBehaviour, TEST_CARDS, type TestCard, testCard, typedPin } from './cards/test-cards.ts';
export { ChipCard, ChipCards } from './cards/chip-card.ts';
export {
  type CardIdentity,
  cryptogramIsGenuine,
  issuerAuthenticationData,
  issuerScript,
  type IssuerScriptCommand,
} from './cards/issuer.ts';
