/** Trace files: JSON lines, a header and then one event a line. */
import { TRACE_FORMAT, TRACE_VERSION, type TraceEvent, type TraceHeader } from './trace.ts';

export interface Trace {
  readonly header: TraceHeader;
  readonly events: readonly TraceEvent[];
}

export type ReadTrace =
  /** `note`: what was left out, in words; a file whose writing was cut short loses its last line. */
  | { readonly kind: 'read'; readonly trace: Trace; readonly note?: Words }
  | { readonly kind: 'unreadable'; readonly problem: Words };

export interface Words {
  readonly zh: string;
  readonly en: string;
}

export function traceText({ header, events }: Trace): string {
  return `${[header, ...events].map((line) => JSON.stringify(line)).join('\n')}\n`;
}

/** Reads a trace file. Never throws for what stands in it. */
export function parseTrace(text: string): ReadTrace {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const isEndedByLine = lines.at(-1) === '';
  if (isEndedByLine) lines.pop();
  const [first = '', ...rest] = lines;
  const header = membersOf(first);
  if (header?.['format'] !== TRACE_FORMAT) {
    return unreadable('这不是 Fenqi 的运行记录', 'this is no trace of Fenqi: its first line is not the header of one');
  }
  const { version } = header;
  if (version !== TRACE_VERSION) {
    const found = typeof version === 'number' || typeof version === 'string' ? String(version).slice(0, 10) : '?';
    return unreadable(
      `运行记录的版本是 ${found}，这里只能读版本 ${TRACE_VERSION}`,
      `the trace has version ${found}, this program reads version ${TRACE_VERSION}`,
    );
  }
  if (!isHeader(header)) return unreadable('运行记录的第一行不完整', 'line 1: the header is not whole');
  return parseEvents(header, rest, isEndedByLine);
}

function parseEvents(header: TraceHeader, lines: readonly string[], isEndedByLine: boolean): ReadTrace {
  const events: TraceEvent[] = [];
  for (const [index, line] of lines.entries()) {
    const number = index + 2;
    const event = membersOf(line);
    if (event === undefined || !isEvent(event)) {
      const isCutShort = index === lines.length - 1 && !isEndedByLine;
      if (!isCutShort) return unreadable(`第 ${number} 行不是事件`, `line ${number}: not an event`);
      const note = { zh: `第 ${number} 行没有写完，已略去`, en: `line ${number} was cut short and is left out` };
      return { kind: 'read', trace: { header, events }, note };
    }
    if (event.seq !== index) {
      return unreadable(
        `第 ${number} 行的编号是 ${event.seq}，应为 ${index}`,
        `line ${number}: event ${event.seq} stands where ${index} is due`,
      );
    }
    events.push(event);
  }
  return { kind: 'read', trace: { header, events } };
}

function unreadable(zh: string, en: string): ReadTrace {
  return { kind: 'unreadable', problem: { zh, en } };
}

type Members = Readonly<Record<string, unknown>>;

function membersOf(line: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : undefined;
  } catch {
    return undefined;
  }
}

function isHeader(members: Members): members is Members & TraceHeader {
  const { title, startedAtMs, language, given } = members;
  const isGiven = given === undefined || (typeof given === 'object' && given !== null && !Array.isArray(given));
  return (
    typeof title === 'string' && typeof startedAtMs === 'number' && (language === 'zh' || language === 'en') && isGiven
  );
}

/** What each kind cannot do without; a file from elsewhere must not break who shows it. */
const NEEDED: Readonly<Record<TraceEvent['kind'], Readonly<Record<string, 'string' | 'number' | 'object'>>>> = {
  act: { act: 'object' },
  key: { key: 'string' },
  step: { step: 'object' },
  screen: { screen: 'object' },
  frame: { device: 'string', direction: 'string', title: 'string', bytes: 'number', fields: 'object' },
  message: { host: 'string', direction: 'string', title: 'string', bytes: 'number', fields: 'object' },
  silence: { host: 'string', outcome: 'string', reason: 'string' },
  record: { type: 'string', fields: 'object' },
  slip: { lines: 'object' },
  beep: { pattern: 'string' },
  light: { tone: 'string' },
  drawer: {},
  life: { what: 'string' },
};

function isEvent(members: Members): members is Members & TraceEvent {
  const { seq, atMs, kind, lane } = members;
  if (typeof seq !== 'number' || typeof atMs !== 'number' || typeof lane !== 'string') return false;
  const needed =
    typeof kind === 'string' && Object.hasOwn(NEEDED, kind) ? NEEDED[kind as TraceEvent['kind']] : undefined;
  if (needed === undefined) return false;
  return Object.entries(needed).every(([name, type]) => typeof members[name] === type && members[name] !== null);
}
