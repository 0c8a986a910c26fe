import type { Paper } from './paper.ts';

export { Paper } from './paper.ts';
export type { Bitmap } from './bitmap.ts';

/** What somebody sees who looks at a printer. */
export interface PrinterCondition {
  readonly isPaperOut: boolean;
  readonly isCoverOpen: boolean;
  readonly isHot: boolean;
}

/** What people and mishaps do to a printer; the same for the byte-level emulator and the port-level mock. */
export interface PrinterControls {
  /** What has been printed. */
  readonly paper: Paper;
  readonly condition: PrinterCondition;
  /** How often the drawer was told to open. */
  readonly drawerPulses: number;
  /** The roll ends after so many more lines of normal height; 0 ends it now. */
  endPaperAfterLines(lines: number): void;
  /** Puts in a new roll. The paper that came out stays until it is torn off. */
  loadPaper(): void;
  openCover(): void;
  closeCover(): void;
  /** The head is too hot for so long, then goes on by itself. */
  overheat(forMs: number): void;
  /** Pulls the cable; the printer keeps its power. */
  unplug(): void;
  replug(): void;
}
