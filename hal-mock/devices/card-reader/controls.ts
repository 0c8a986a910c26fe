import type { CardInterface } from '../../../firmware/hal/index.ts';
import type { TestCard } from '../../cards/test-cards.ts';

/** What a customer and a clumsy hand do to a card reader; the same for every simulated reader. */
export interface CardReaderControls {
  /** Puts a card into the slot, where it stays. Read when the reader waits for a chip, now or later. */
  insert(card: TestCard): void;
  /** Takes the card out, in the middle of whatever goes on. */
  pull(): void;
  /** Holds a card to the field. Lost unless the reader waits for one. */
  tap(card: TestCard): void;
  /** Holds two cards to the field at once. */
  tapTwo(first: TestCard, second: TestCard): void;
  /** Draws a card through. Lost unless the reader waits for one. */
  swipe(card: TestCard): void;
  readonly slot: TestCard | undefined;
  /** The interfaces on which a card would be taken now; none while the reader is idle or at work. */
  readonly waitingFor: readonly CardInterface[];
  /** The next chip that is inserted gives no answer. */
  failNextChip(): void;
  unplug(): void;
  replug(): void;
}
