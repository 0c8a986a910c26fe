import type { Lane, TraceEvent } from '../../model/trace.ts';

/** How an event looks between the lanes. */
export interface Arrow {
  readonly from: Lane;
  readonly to: Lane;
  readonly label: string;
  readonly kind: string;
}

const SHOWN_MAX = 60;

/** `{ customer: { insert: 'debit' } }` in one line: `insert debit`. */
function actText(act: Readonly<Record<string, unknown>>): string {
  const [value] = Object.values(act);
  if (typeof value !== 'object' || value === null) return `${Object.keys(act)[0]} ${String(value)}`;
  return Object.entries(value)
    .map(([name, each]) =>
      each === true ? name : `${name} ${typeof each === 'object' ? JSON.stringify(each) : String(each)}`,
    )
    .join(', ');
}

/** `undefined` for what is no message between two: the steps of the machines stand on their own lane. */
export function arrowOf(event: TraceEvent): Arrow {
  const cut = (label: string): string => (label.length > SHOWN_MAX ? `${label.slice(0, SHOWN_MAX)}…` : label);
  switch (event.kind) {
    case 'act':
      return {
        from: event.lane,
        to: event.lane === 'host' || event.lane === 'wallet' ? event.lane : target(event.lane),
        label: cut(actText(event.act)),
        kind: 'act',
      };
    case 'key':
      return { from: 'cashier', to: 'terminal', label: event.key === 'private' ? '•' : event.key, kind: 'key' };
    case 'screen':
      return {
        from: 'terminal',
        to: 'cashier',
        label: cut(`${event.screen.id} · ${event.screen.title}`),
        kind: 'screen',
      };
    case 'frame': {
      const [from, to] =
        event.direction === 'out' ? (['terminal', 'devices'] as const) : (['devices', 'terminal'] as const);
      return { from, to, label: cut(`${event.device} ${event.title}`), kind: 'frame' };
    }
    case 'message': {
      const [from, to] =
        event.direction === 'out' ? (['terminal', event.lane] as const) : ([event.lane, 'terminal'] as const);
      return { from, to, label: cut(`${event.host} ${event.title}`), kind: 'message' };
    }
    case 'silence':
      return {
        from: event.lane,
        to: 'terminal',
        label: `${event.host} ${event.outcome}: ${event.reason}`,
        kind: 'silence',
      };
    case 'record':
      return { from: 'terminal', to: 'journal', label: event.type, kind: 'record' };
    case 'slip':
      return {
        from: 'devices',
        to: 'customer',
        label: cut(event.lines.find((line) => line.trim() !== '')?.trim() ?? ''),
        kind: 'slip',
      };
    case 'step':
      return { from: 'terminal', to: 'terminal', label: cut(stepText(event)), kind: 'step' };
    case 'beep':
      return { from: 'terminal', to: 'devices', label: `♪ ${event.pattern}`, kind: 'beep' };
    case 'light':
      return { from: 'terminal', to: 'devices', label: `● ${event.tone}`, kind: 'light' };
    case 'drawer':
      return { from: 'terminal', to: 'devices', label: 'drawer', kind: 'drawer' };
    case 'life':
      return { from: 'terminal', to: 'terminal', label: event.what, kind: 'life' };
  }
}

function target(lane: Lane): Lane {
  return lane === 'customer' ? 'devices' : 'terminal';
}

function stepText({ step }: Extract<TraceEvent, { kind: 'step' }>): string {
  if (step.kind === 'moves') return `${step.machine}: ${step.state} → ${step.to} (${step.event})`;
  if (step.kind === 'ends') return `${step.machine} ends`;
  return step.kind === 'begins' ? `${step.machine} begins: ${step.state}` : `${step.machine}: ${step.event} ignored`;
}
