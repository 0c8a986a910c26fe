import type { EventOf, SwarmEvent, Witness } from './witness.ts';

/** A predicate over one kind of event; it says what is wrong, or nothing. */
export interface Predicate<Kind extends SwarmEvent['kind']> {
  readonly id: string;
  readonly text: string;
  readonly on: Kind;
  readonly check: (event: EventOf<Kind>, witness: Witness) => string | undefined;
}

export type Invariant = { [Kind in SwarmEvent['kind']]: Predicate<Kind> }[SwarmEvent['kind']];

export function invariant<Kind extends SwarmEvent['kind']>(
  id: string,
  on: Kind,
  text: string,
  check: Predicate<Kind>['check'],
): Predicate<Kind> {
  return { id, text, on, check };
}
