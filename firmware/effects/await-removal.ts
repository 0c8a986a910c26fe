import { HalError } from '../hal/index.ts';
import type { Effect } from './effect.ts';

export interface AwaitRemovalInput {
  readonly timeoutMs: number;
}

/** How long a card may stay before the customer is reminded; a removed card needs no screen. */
const REMINDER_AFTER_MS = 300;

/** Asks for the card back until it is out. A reader that has gone away holds nothing up. */
export const awaitRemoval: Effect<'removed' | 'stillThere', AwaitRemovalInput> = async (
  { ports, show, inTurn },
  input,
  signal,
) => {
  const waitForRemoval = (timeoutMs: number) =>
    inTurn('cardReader', () => ports.cardReader.waitForRemoval(timeoutMs, signal));
  try {
    if ((await waitForRemoval(REMINDER_AFTER_MS)) === 'removed') return 'removed';
    if (signal.aborted) return 'stillThere';
    show('removeCard', {});
    ports.indicators.beep('attention');
    const after = await waitForRemoval(input.timeoutMs);
    return after === 'removed' ? 'removed' : 'stillThere';
  } catch (error) {
    if (error instanceof HalError) return 'stillThere';
    throw error;
  }
};
