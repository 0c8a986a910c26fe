import type { Lane, TraceEvent } from '../../model/trace.ts';

export type Direction = 'right' | 'left' | 'self';

/** Between which lanes an event is drawn. */
export interface Ends {
  readonly from: Lane;
  readonly to: Lane;
}

const SHOWN_MAX = 120;
/** Stands for a key that is nobody's business. */
const DOT = '•';

/** What stays on one lane has both ends there: the steps of the machines, what happens to a host. */
export function endsOf(event: TraceEvent): Ends {
  switch (event.kind) {
    case 'act':
      return { from: event.lane, to: handOf(event.lane) };
    case 'key':
      return { from: 'cashier', to: 'terminal' };
    case 'screen':
      return { from: 'terminal', to: 'cashier' };
    case 'frame':
    case 'message':
      return event.direction === 'out' ? { from: 'terminal', to: event.lane } : { from: event.lane, to: 'terminal' };
    case 'silence':
      return { from: event.lane, to: 'terminal' };
    case 'record':
      return { from: 'terminal', to: 'journal' };
    case 'slip':
      return { from: 'devices', to: 'customer' };
    case 'beep':
    case 'light':
    case 'drawer':
      return { from: 'terminal', to: 'devices' };
    case 'step':
    case 'life':
      return { from: 'terminal', to: 'terminal' };
  }
}

/** Where the hands of people reach. */
function handOf(lane: Lane): Lane {
  if (lane === 'cashier') return 'terminal';
  return lane === 'customer' ? 'devices' : lane;
}

/** What an event says, in one line: names as they stand in the trace. */
export function labelOf(event: TraceEvent): string {
  const label = wholeLabelOf(event);
  return label.length > SHOWN_MAX ? `${label.slice(0, SHOWN_MAX)}…` : label;
}

function wholeLabelOf(event: TraceEvent): string {
  switch (event.kind) {
    case 'act':
      return actText(event.act);
    case 'key':
      return event.key === 'private' ? DOT : event.key;
    case 'screen':
      return `${event.screen.title} · ${event.screen.id}`;
    case 'frame':
      return `${event.device} ${event.title}`;
    case 'message':
      return `${event.host} ${event.title}`;
    case 'silence':
      return `${event.host} ${event.outcome} (${event.reason})`;
    case 'record':
      return event.type;
    case 'slip':
      return event.lines.find((line) => line.trim() !== '')?.trim() ?? '';
    case 'step':
      return stepText(event);
    case 'beep':
      return `♪ ${event.pattern}`;
    case 'light':
      return `● ${event.tone}`;
    case 'drawer':
      return 'drawer';
    case 'life':
      return event.what;
  }
}

/** `{ customer: { insert: 'debit' } }` in one line: `insert debit`. */
function actText(act: Readonly<Record<string, unknown>>): string {
  const [name = '', value] = Object.entries(act)[0] ?? [];
  if (typeof value !== 'object' || value === null) return `${name} ${String(value)}`;
  return Object.entries(value)
    .map(([verb, what]) => (what === true ? verb : `${verb} ${typeof what === 'object' ? JSON.stringify(what) : what}`))
    .join(', ');
}

function stepText({ step }: Extract<TraceEvent, { kind: 'step' }>): string {
  switch (step.kind) {
    case 'moves':
      return `${step.machine}: ${step.state} → ${step.to} · ${step.event}`;
    case 'begins':
      return `${step.machine}: ▸ ${step.state}`;
    case 'ends':
      return `${step.machine} ■`;
    case 'ignores':
      return `${step.machine}: ${step.state} ✕ ${step.event}`;
  }
}
