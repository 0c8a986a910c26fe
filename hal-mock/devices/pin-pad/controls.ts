/** Keys of a PIN pad besides the digits. */
export type PinPadKey = 'confirm' | 'cancel' | 'clear';

/** The customer's and the tester's hands on a PIN pad, the same for the port-level mock and the byte-level emulator. */
export interface PinPadControls {
  /** Presses digit keys one after the other. Keys pressed while the pad does not prompt do nothing. */
  typeDigits(digits: string): void;
  press(key: PinPadKey): void;
  /** Whether the pad asks for a PIN now. */
  readonly prompting: boolean;
  /** The key ceremony: a clear master key of 16 bytes straight into the device. */
  loadMasterKey(key: Uint8Array): void;
  /** Battery or tamper: every key is gone. */
  loseKeys(): void;
  unplug(): void;
  /** Keys survive a pulled plug; an entry does not. */
  replug(): void;
}
