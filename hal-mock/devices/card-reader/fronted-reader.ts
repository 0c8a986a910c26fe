import type { CardInterface } from '../../../firmware/hal/index.ts';
import type { TestCard } from '../../cards/test-cards.ts';
import type { CardFront } from './card-front.ts';
import type { CardReaderControls } from './controls.ts';

/** The hands on a simulated reader, passed on to its front. */
export abstract class FrontedReader implements CardReaderControls {
  protected readonly front: CardFront;

  protected constructor(front: CardFront) {
    this.front = front;
  }

  get slot(): TestCard | undefined {
    return this.front.slot;
  }

  get waitingFor(): readonly CardInterface[] {
    return this.front.waitingFor;
  }

  insert(card: TestCard): void {
    this.front.insert(card);
  }

  pull(): void {
    this.front.pull();
  }

  tap(card: TestCard): void {
    this.front.tap(card);
  }

  tapTwo(): void {
    this.front.tapTwo();
  }

  swipe(card: TestCard): void {
    this.front.swipe(card);
  }

  failNextChip(): void {
    this.front.failNextChip();
  }

  abstract unplug(): void;
  abstract replug(): void;
}
