/** What one write to a printer does, in counts: what it prints stands in the slip that comes out. */
export interface PrinterWrite {
  readonly title: string;
  readonly bytes: number;
  readonly counts: Readonly<Record<string, number>>;
  /** Asks how the head is and moves nothing. */
  readonly isQuestion: boolean;
  readonly opensDrawer: boolean;
}

type Part =
  'text' | 'lines' | 'style' | 'rasterRows' | 'codes' | 'cuts' | 'jobIds' | 'questions' | 'recoveries' | 'drawer';

/** One command from `at` on: how long it is, what it is, and how much of it. */
interface Command {
  readonly length: number;
  readonly part: Part;
  readonly count?: number;
}

const [LF, DLE, ESC, FS, GS] = [0x0a, 0x10, 0x1b, 0x1c, 0x1d];

/** Bytes of commands that driver and heads here know, by their first two. */
const FIXED: Readonly<Record<string, Command>> = {
  [`${ESC} 64`]: { length: 2, part: 'style' },
  [`${FS} 38`]: { length: 2, part: 'style' },
  [`${ESC} 97`]: { length: 3, part: 'style' },
  [`${ESC} 69`]: { length: 3, part: 'style' },
  [`${ESC} 74`]: { length: 3, part: 'style' },
  [`${ESC} 112`]: { length: 5, part: 'drawer' },
  [`${GS} 33`]: { length: 3, part: 'style' },
  [`${GS} 86`]: { length: 4, part: 'cuts' },
  [`${GS} 114`]: { length: 3, part: 'questions' },
  [`${DLE} 4`]: { length: 3, part: 'questions' },
  [`${DLE} 5`]: { length: 3, part: 'recoveries' },
};

const CLEAR_BYTES = 10;
const PULSE_BYTES = 5;
const RASTER_HEAD_BYTES = 8;

function commandAt(bytes: Uint8Array, at: number): Command {
  const [first = 0, second = 0] = bytes.subarray(at, at + 2);
  const byte = (offset: number): number => bytes[at + offset] ?? 0;
  if (first === LF) return { length: 1, part: 'lines' };
  if (first === ESC && second === 0x64) return { length: 3, part: 'lines', count: byte(2) };
  if (first === DLE && second === 0x14) {
    return byte(2) === 1 ? { length: PULSE_BYTES, part: 'drawer' } : { length: CLEAR_BYTES, part: 'recoveries' };
  }
  if (first === GS && second === 0x76) {
    const rowBytes = byte(4) | (byte(5) << 8);
    const rows = byte(6) | (byte(7) << 8);
    return { length: RASTER_HEAD_BYTES + rowBytes * rows, part: 'rasterRows', count: rows };
  }
  if (first === GS && second === 0x28) {
    const length = 5 + (byte(3) | (byte(4) << 8));
    return byte(2) === 0x48 ? { length, part: 'jobIds' } : { length, part: 'codes' };
  }
  return FIXED[`${first} ${second}`] ?? { length: 1, part: 'text' };
}

const TITLES: readonly (readonly [Part, string])[] = [
  ['rasterRows', 'prints a picture'],
  ['codes', 'prints a code'],
  ['lines', 'prints text'],
  ['text', 'prints text'],
  ['cuts', 'feeds and cuts'],
  ['jobIds', 'asks for proof'],
  ['recoveries', 'recovers'],
  ['drawer', 'opens the drawer'],
  ['questions', 'asks for status'],
];

export function summaryOf(bytes: Uint8Array): PrinterWrite {
  const counts = new Map<Part, number>();
  for (let at = 0; at < bytes.length;) {
    const { length, part, count = 1 } = commandAt(bytes, at);
    counts.set(part, (counts.get(part) ?? 0) + count);
    at += length;
  }
  const title = TITLES.find(([part]) => counts.has(part))?.[1] ?? 'sets modes';
  const told = [...counts].filter(([part]) => part !== 'style' && part !== 'text');
  return {
    title,
    bytes: bytes.length,
    counts: Object.fromEntries(told),
    isQuestion: [...counts.keys()].every((part) => part === 'questions'),
    opensDrawer: counts.has('drawer'),
  };
}
