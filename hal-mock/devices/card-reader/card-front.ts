import type { CardInterface, Clock, Random, TimerId, UnreadableReason } from '../../../firmware/hal/index.ts';
import { ChipCards } from '../../cards/chip-card.ts';
import { type ChipTerms, ChipTransaction, type CompletedChip } from '../../cards/chip-transaction.ts';
import type { TestCard } from '../../cards/test-cards.ts';
import { stripeTrack2 } from '../../cards/tracks.ts';

/** How long a reader takes, in milliseconds; typical figures of readers with the kernel inside. */
export interface ReaderDurations {
  /** From the card's arrival until the reader notices it. */
  readonly detectMinMs: number;
  readonly detectMaxMs: number;
  readonly chipMs: number;
  readonly tapMs: number;
  readonly swipeMs: number;
  readonly completionMs: number;
}

export const READER_DURATIONS: ReaderDurations = {
  detectMinMs: 50,
  detectMaxMs: 200,
  chipMs: 1200,
  tapMs: 350,
  swipeMs: 60,
  completionMs: 400,
};

/** What a card gave. Track 2 carries its sentinels, as heads deliver it. */
export type Presentation =
  | { readonly kind: 'swiped'; readonly track2: string }
  | { readonly kind: 'chip'; readonly transaction: ChipTransaction }
  | { readonly kind: 'unreadable'; readonly reason: UnreadableReason };

/** The terms of the kernel apart from the interface, which the card decides. */
export type TransactionTerms = Omit<ChipTerms, 'interface'>;

/** One wait for a card. `finished` comes once, after `detected`, and ends the wait. */
export interface Arming {
  readonly accept: readonly CardInterface[];
  readonly terms: TransactionTerms;
  detected(via: CardInterface): void;
  finished(via: CardInterface, presentation: Presentation): void;
}

interface Encounter {
  readonly arming: Arming;
  readonly via: CardInterface;
  readonly look: (terms: TransactionTerms) => Presentation;
  detected: boolean;
  timer: TimerId;
}

/**
 * The front of a reader as plastic sees it: slot, field and head, with the time things take. What the reader reports
 * to its host, and how, is the business of the port mock or the emulator behind it.
 */
export class CardFront {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #chips: ChipCards;
  readonly #durations: ReaderDurations;
  #slot: TestCard | undefined;
  #arming: Arming | undefined;
  #encounter: Encounter | undefined;
  #openChip: ChipTransaction | undefined;
  #chipFails = false;

  constructor(clock: Clock, random: Random, chips?: ChipCards, durations?: Partial<ReaderDurations>) {
    this.#clock = clock;
    this.#random = random;
    this.#chips = chips ?? new ChipCards();
    this.#durations = { ...READER_DURATIONS, ...durations };
  }

  get slot(): TestCard | undefined {
    return this.#slot;
  }

  get waitingFor(): readonly CardInterface[] {
    return this.#encounter === undefined ? (this.#arming?.accept ?? []) : [];
  }

  /** True from the moment a card was noticed until it gave something. */
  get isReading(): boolean {
    return this.#encounter?.detected === true;
  }

  insert(card: TestCard): void {
    this.#slot = card;
    this.#lookIntoSlot();
  }

  pull(): void {
    this.#slot = undefined;
    this.#openChip = undefined;
    const encounter = this.#encounter;
    if (encounter?.via !== 'chip') return;
    this.#clock.clearTimeout(encounter.timer);
    if (encounter.detected) this.#finish(encounter, { kind: 'unreadable', reason: 'removed' });
    else this.#encounter = undefined;
  }

  tap(card: TestCard): void {
    if (card.interfaces.includes('tap')) this.#meet('tap', (terms) => this.#held(card, terms));
  }

  tapTwo(): void {
    this.#meet('tap', () => ({ kind: 'unreadable', reason: 'collision' }));
  }

  swipe(card: TestCard): void {
    this.#meet('swipe', () => {
      const isReadable = card.interfaces.includes('swipe') && card.stripe === 'good';
      return isReadable
        ? { kind: 'swiped', track2: `;${stripeTrack2(card).replace('D', '=')}?` }
        : { kind: 'unreadable', reason: 'badSwipe' };
    });
  }

  failNextChip(): void {
    this.#chipFails = true;
  }

  /** Waits for a card from now on; a card that is in the slot already counts. A chip left open is given up. */
  arm(arming: Arming): void {
    this.disarm();
    this.#arming = arming;
    this.#lookIntoSlot();
  }

  /** Ends the wait and gives up an open chip; nothing is reported any more. */
  disarm(): void {
    if (this.#encounter !== undefined) this.#clock.clearTimeout(this.#encounter.timer);
    this.#arming = undefined;
    this.#encounter = undefined;
    this.#openChip = undefined;
  }

  /** What the card being read gives, without waiting for it: a reading that ends in the moment of a cancel. */
  finishNow(): void {
    const encounter = this.#encounter;
    if (encounter === undefined) return;
    this.#clock.clearTimeout(encounter.timer);
    this.#finish(encounter, encounter.look(encounter.arming.terms));
  }

  /** The second cryptogram of the chip read last; `undefined` when that card is out of the slot before it is done. */
  async complete(responseCode: string, issuerData: Uint8Array): Promise<CompletedChip | undefined> {
    const transaction = this.#openChip;
    if (transaction === undefined) return undefined;
    await new Promise<void>((resolve) => {
      this.#clock.setTimeout(resolve, this.#durations.completionMs);
    });
    if (this.#openChip !== transaction) return undefined;
    this.#openChip = undefined;
    return transaction.complete(responseCode, issuerData);
  }

  #lookIntoSlot(): void {
    const card = this.#slot;
    if (card !== undefined) this.#meet('chip', (terms) => this.#inserted(card, terms));
  }

  #meet(via: CardInterface, look: Encounter['look']): void {
    const arming = this.#arming;
    if (arming === undefined || this.#encounter !== undefined || !arming.accept.includes(via)) return;
    const { detectMinMs, detectMaxMs } = this.#durations;
    const detectMs = detectMinMs + this.#random.below(detectMaxMs - detectMinMs + 1);
    const encounter: Encounter = {
      arming,
      via,
      look,
      detected: false,
      timer: this.#clock.setTimeout(() => this.#detect(encounter), detectMs),
    };
    this.#encounter = encounter;
  }

  #detect(encounter: Encounter): void {
    encounter.detected = true;
    const { chipMs, tapMs, swipeMs } = this.#durations;
    const durationMs = { chip: chipMs, tap: tapMs, swipe: swipeMs }[encounter.via];
    encounter.timer = this.#clock.setTimeout(
      () => this.#finish(encounter, encounter.look(encounter.arming.terms)),
      durationMs,
    );
    encounter.arming.detected(encounter.via);
  }

  #finish(encounter: Encounter, presentation: Presentation): void {
    this.#arming = undefined;
    this.#encounter = undefined;
    const isOpen = encounter.via === 'chip' && presentation.kind === 'chip';
    if (isOpen && presentation.transaction.cryptogramType === 'arqc') this.#openChip = presentation.transaction;
    encounter.arming.finished(encounter.via, presentation);
  }

  #inserted(card: TestCard, terms: TransactionTerms): Presentation {
    const fails = this.#chipFails;
    this.#chipFails = false;
    const isMute = fails || card.chip === 'mute' || !card.interfaces.includes('chip');
    return isMute ? { kind: 'unreadable', reason: 'chipMute' } : this.#transact(card, { ...terms, interface: 'chip' });
  }

  #held(card: TestCard, terms: TransactionTerms): Presentation {
    if (card.chip === 'tapWantsChip') return { kind: 'unreadable', reason: 'useChip' };
    // Contactless kernels end with an error where a contact kernel sets a bit and lets the issuer decide.
    if (card.expiry < terms.date.slice(0, 4)) return { kind: 'unreadable', reason: 'expired' };
    if (card.chip === 'mute') return { kind: 'unreadable', reason: 'chipMute' };
    return this.#transact(card, { ...terms, interface: 'tap' });
  }

  #transact(card: TestCard, terms: ChipTerms): Presentation {
    const chip = this.#chips.of(card);
    if (chip.blocked) return { kind: 'unreadable', reason: 'blocked' };
    if (card.chip === 'unsupported') return { kind: 'unreadable', reason: 'unsupported' };
    return { kind: 'chip', transaction: new ChipTransaction(chip, terms) };
  }
}
