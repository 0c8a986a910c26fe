import { type CardInterface, type CardReading, HalError } from '../hal/index.ts';
import type { Effect } from './effect.ts';

export interface ReadCardInput {
  readonly amountFen: number;
  /** Empty when no card may be read now: the effect then waits for ever, and the state that asked ends it. */
  readonly accept: readonly CardInterface[];
  readonly timeoutMs: number;
}

export type ReadCardOutcome = CardReading | { readonly kind: 'failed'; readonly error: HalError['kind'] };

/** Waits for a card on the interfaces that reader and step have in common. */
export const readCard: Effect<ReadCardOutcome, ReadCardInput> = async ({ ports, inTurn }, input, signal) => {
  const accept = input.accept.filter((way) => ports.cardReader.accepts.includes(way));
  if (accept.length === 0) return new Promise(() => undefined);
  const request = { accept, amountFen: input.amountFen, wallMs: ports.clock.wallMs(), timeoutMs: input.timeoutMs };
  try {
    const reading = await inTurn('cardReader', () => ports.cardReader.readCard(request, signal));
    if (reading.kind === 'read') ports.indicators.beep('attention');
    return reading;
  } catch (error) {
    if (error instanceof HalError) return { kind: 'failed', error: error.kind };
    throw error;
  }
};
