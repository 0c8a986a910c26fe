/** The customer's hands in front of a scanner, the same for the port-level mock and the byte-level emulator. */
export interface ScannerControls {
  /** Holds a code in front of the window until `hide`. The scanner sees it when it looks. */
  show(code: string): void;
  hide(): void;
  unplug(): void;
  replug(): void;
}
