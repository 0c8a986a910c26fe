import type { LineSettings } from '../serial/serial-line.ts';

/** What one model of head can do; the driver is the same for all. */
export interface PrinterProfile {
  /** Deadlines are reckoned with these, so a line that is set otherwise needs a profile that says so. */
  readonly line: LineSettings;
  /** Dots across: 384 on 58 mm paper, 576 on 80 mm, at 203 dpi. */
  readonly dots: number;
  /** Columns of 12-dot characters across. */
  readonly columns: number;
  /** Without a cutter the slip is fed to the tear bar. */
  readonly cutter: boolean;
  /** The pages of `DLE EOT n` that the head answers; clones often know 1 and 4 alone, or none. */
  readonly statusPages: readonly StatusPage[];
  /** `GS r` is answered once everything before it has been executed. */
  readonly barrier: boolean;
  /** `GS ( H` echoes a job id once everything before it is on paper. */
  readonly processId: boolean;
  /** How the head forgets what it has received: `DLE DC4 8`, which it acknowledges, or `DLE ENQ 2`, which it does not. */
  readonly clearBy: 'dleDc4' | 'dleEnq' | 'nothing';
  readonly qr: 'native' | 'raster';
  /** The slowest speed the maker states; deadlines are reckoned with it. */
  readonly speedMmPerSecond: number;
}

/** The n of `DLE EOT n`: printer, cause of being offline, cause of error, paper. */
export type StatusPage = 1 | 2 | 3 | 4;

const EPSON_80: PrinterProfile = {
  line: { baudRate: 38_400 },
  dots: 576,
  columns: 48,
  cutter: true,
  statusPages: [1, 2, 3, 4],
  barrier: true,
  processId: true,
  clearBy: 'dleDc4',
  qr: 'native',
  speedMmPerSecond: 70,
};

const CLONE_58: PrinterProfile = {
  line: { baudRate: 9_600 },
  dots: 384,
  columns: 32,
  cutter: false,
  statusPages: [1, 4],
  barrier: true,
  processId: false,
  clearBy: 'dleEnq',
  qr: 'raster',
  speedMmPerSecond: 50,
};

/** Profiles by the name a configuration uses. */
export const PRINTER_PROFILES = {
  'epson-80': EPSON_80,
  'epson-58': { ...EPSON_80, dots: 384, columns: 32 },
  'clone-58': CLONE_58,
  /** A head whose transmit line is not wired: nothing is ever known about the paper. */
  'mute-58': { ...CLONE_58, statusPages: [], barrier: false, clearBy: 'nothing' },
} as const satisfies Readonly<Record<string, PrinterProfile>>;
