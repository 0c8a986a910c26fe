import type { Lane, TraceEvent } from '../../model/trace.ts';
import { endsOf } from './arrows.ts';

/** What people switch on and off; some kinds of events belong together. */
export const KIND_GROUPS = ['act', 'key', 'screen', 'message', 'record', 'slip', 'step', 'frame', 'signal'] as const;
export type KindGroup = (typeof KIND_GROUPS)[number];

/** What people look for first; the steps of the machines and the bytes on the lines are many. */
export const SHOWN_AT_FIRST: readonly KindGroup[] = ['act', 'key', 'screen', 'message', 'record', 'slip'];

const GROUPS: Readonly<Record<TraceEvent['kind'], KindGroup | 'always'>> = {
  act: 'act',
  key: 'key',
  screen: 'screen',
  message: 'message',
  silence: 'message',
  record: 'record',
  slip: 'slip',
  step: 'step',
  frame: 'frame',
  beep: 'signal',
  light: 'signal',
  drawer: 'signal',
  life: 'always',
};

export interface Filter {
  readonly kinds: ReadonlySet<KindGroup>;
  readonly lanes: ReadonlySet<Lane>;
}

/** An arrow is shown when both its ends are. */
export function isShown(event: TraceEvent, { kinds, lanes }: Filter): boolean {
  const group = GROUPS[event.kind];
  if (group === 'always') return true;
  if (!kinds.has(group)) return false;
  const { from, to } = endsOf(event);
  return lanes.has(from) && lanes.has(to);
}

/** The set without the member when it had it, with it otherwise. */
export function toggled<Member>(set: ReadonlySet<Member>, member: Member): ReadonlySet<Member> {
  const next = new Set(set);
  if (!next.delete(member)) next.add(member);
  return next;
}
