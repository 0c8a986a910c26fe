/** Times as people read them, and where things stand on the line of a run. */
import type { TraceEvent } from '../model/trace.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Since the beginning of a run: `0:01.250`, `1:02:03.250`. */
export function timeText(atMs: number): string {
  const hours = Math.floor(atMs / HOUR_MS);
  const minutes = Math.floor((atMs % HOUR_MS) / MINUTE_MS);
  const seconds = ((atMs % MINUTE_MS) / 1000).toFixed(3).padStart(6, '0');
  return hours === 0 ? `${minutes}:${seconds}` : `${hours}:${String(minutes).padStart(2, '0')}:${seconds}`;
}

/** How long nothing happened, where that is long enough to be seen: `+4.1 s`, `+2 min`. */
export function gapText(ms: number): string | undefined {
  if (ms < 1000) return undefined;
  if (ms < MINUTE_MS) return `+${(ms / 1000).toFixed(1)} s`;
  return ms < HOUR_MS ? `+${Math.round(ms / MINUTE_MS)} min` : `+${(ms / HOUR_MS).toFixed(1)} h`;
}

const WALL = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Asia/Shanghai',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** Beijing time, by which shops and hosts in China count: `2026-11-21 12:00:03`. */
export function wallText(wallMs: number): string {
  return WALL.format(wallMs).replace(',', '');
}

/** Something by which people find their way in a run. */
export interface Mark {
  readonly seq: number;
  readonly kind: 'act' | 'money' | 'life';
}

/** Records after which money has moved, or has moved back. */
const MONEY: ReadonlySet<string> = new Set(['saleApproved', 'reversalResult', 'refundResult', 'batchClosed']);

function markKindOf(event: TraceEvent): Mark['kind'] | undefined {
  if (event.kind === 'act' || event.kind === 'life') return event.kind;
  return event.kind === 'record' && MONEY.has(event.type) ? 'money' : undefined;
}

/** Acts, money and lives of a run, in their order. */
export function marksOf(events: readonly TraceEvent[]): readonly Mark[] {
  return events.flatMap((event) => {
    const kind = markKindOf(event);
    return kind === undefined ? [] : [{ seq: event.seq, kind }];
  });
}

/** So few marks that they can be told apart: one of each kind in each of so many parts of the line. */
export function thinMarks(marks: readonly Mark[], count: number, partsMax: number): readonly Mark[] {
  const taken = new Set<string>();
  return marks.filter(({ seq, kind }) => {
    const part = `${kind}${Math.floor((seq * partsMax) / Math.max(1, count))}`;
    return !taken.has(part) && taken.add(part);
  });
}

/** The nearest mark before or behind an event; `undefined` where there is none. */
export function markBeside(marks: readonly Mark[], seq: number, direction: -1 | 1): Mark | undefined {
  return direction === 1 ? marks.find((mark) => mark.seq > seq) : marks.findLast((mark) => mark.seq < seq);
}
