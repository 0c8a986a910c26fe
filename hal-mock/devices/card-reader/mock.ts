import { bytesOfLatin1, hexOf, latin1Of } from '../../../firmware/base/bytes.ts';
import type { CancelSignal } from '../../../firmware/base/cancel.ts';
import { ProtocolError } from '../../../firmware/base/protocol-error.ts';
import {
  type CardData,
  type CardholderVerification,
  type CardInterface,
  type CardReader,
  type CardReading,
  type CardRequest,
  type CardVault,
  type ChipCompletion,
  type Clock,
  HalError,
  type IssuerAnswer,
  type Random,
} from '../../../firmware/hal/index.ts';
import { requestChipData } from '../../../firmware/protocol/tlv/index.ts';
import type { ChipCards } from '../../cards/chip-card.ts';
import { chipDataOf, type ChipTags, requiredTag } from '../../cards/chip-data.ts';
import { type ChipTransaction, chinaDateAndTime } from '../../cards/chip-transaction.ts';
import { CardFront, type Presentation, type ReaderDurations } from './card-front.ts';
import { FrontedReader } from './fronted-reader.ts';
import { verdictTags } from './reader-data.ts';

export interface MockCardReaderOptions {
  readonly accepts?: readonly CardInterface[];
  readonly chips?: ChipCards;
  readonly durations?: Partial<ReaderDurations>;
  readonly serialNumber?: string;
  /** Amount from which a card held to the field must be followed by a PIN; 1000 yuan unless told. */
  readonly noPinLimitFen?: number;
}

const NO_PIN_LIMIT_FEN = 100_000;
const SLOT_POLL_MS = 50;

/** A card reader without bytes: the same cards and chips as behind the emulated device, straight at the port. */
export class MockCardReader extends FrontedReader implements CardReader {
  readonly accepts: readonly CardInterface[];
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #vault: CardVault;
  readonly #options: MockCardReaderOptions;
  #sequenceCounter = 0;
  #plugged = true;
  /** Ends the call that is under way when the reader is unplugged; there is one call at a time. */
  #fail: ((error: HalError) => void) | undefined;
  #openChip = false;

  constructor(clock: Clock, random: Random, vault: CardVault, options: MockCardReaderOptions = {}) {
    super(new CardFront(clock, random, options.chips, options.durations));
    this.accepts = options.accepts ?? ['swipe', 'chip', 'tap'];
    this.#clock = clock;
    this.#random = random;
    this.#vault = vault;
    this.#options = options;
  }

  unplug(): void {
    this.#plugged = false;
    this.#openChip = false;
    this.front.disarm();
    this.#fail?.(this.#error('disconnected', ''));
  }

  replug(): void {
    this.#plugged = true;
  }

  readCard(request: CardRequest, signal: CancelSignal): Promise<CardReading> {
    return this.#exclusively<CardReading>((resolve) => {
      this.#openChip = false;
      this.front.disarm();
      const end = (reading: CardReading): void => {
        this.#clock.clearTimeout(timer);
        signal.removeEventListener('abort', cancelled);
        resolve(reading);
      };
      const cancelled = (): void => {
        this.front.disarm();
        end({ kind: 'cancelled' });
      };
      const timer = this.#clock.setTimeout(() => {
        this.front.disarm();
        end({ kind: 'timedOut' });
      }, request.timeoutMs);
      if (signal.aborted) {
        cancelled();
        return;
      }
      signal.addEventListener('abort', cancelled);
      this.front.arm({
        accept: request.accept,
        terms: this.#termsOf(request),
        // From here on the card decides how it ends, as with a real reader.
        detected: () => this.#clock.clearTimeout(timer),
        finished: (via, presentation) => end(this.#readingOf(via, presentation)),
      });
    });
  }

  completeChip(answer: IssuerAnswer): Promise<ChipCompletion> {
    return this.#exclusively<ChipCompletion>((resolve, reject) => {
      if (!this.#openChip) throw this.#error('unsupported', 'no chip waits for an answer');
      this.#openChip = false;
      this.#complete(answer).then(resolve, reject);
    });
  }

  waitForRemoval(timeoutMs: number, signal: CancelSignal): Promise<'removed' | 'timedOut' | 'cancelled'> {
    return this.#exclusively<'removed' | 'timedOut' | 'cancelled'>((resolve) => {
      this.#openChip = false;
      const endMs = this.#clock.monotonicMs() + timeoutMs;
      const look = (): void => {
        if (signal.aborted) resolve('cancelled');
        else if (this.slot === undefined) resolve('removed');
        else if (this.#clock.monotonicMs() >= endMs) resolve('timedOut');
        else this.#clock.setTimeout(look, Math.min(SLOT_POLL_MS, endMs - this.#clock.monotonicMs()));
      };
      look();
    });
  }

  async #exclusively<T>(work: (resolve: (value: T) => void, reject: (error: unknown) => void) => void): Promise<T> {
    if (!this.#plugged) throw this.#error('disconnected', '');
    if (this.#fail !== undefined) throw this.#error('busy', 'one call at a time');
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#fail = reject;
        work(resolve, reject);
      });
    } finally {
      this.#fail = undefined;
    }
  }

  async #complete(answer: IssuerAnswer): Promise<ChipCompletion> {
    try {
      const completed = await this.front.complete(answer.responseCode, answer.issuerData);
      if (completed === undefined) return { kind: 'removed' };
      const script = completed.tags.get('DF31');
      return {
        kind: completed.accepted ? 'accepted' : 'refused',
        tvr: hexTag(completed.tags, '95'),
        tsi: hexTag(completed.tags, '9B'),
        scriptResult: script === undefined ? undefined : hexOf(script),
        chipData: hexOf(verdictTags(completed.tags)),
      };
    } catch (error) {
      if (error instanceof ProtocolError) throw this.#error('protocol', error.message);
      throw error;
    }
  }

  #termsOf(request: CardRequest) {
    this.#sequenceCounter++;
    return {
      amountFen: request.amountFen,
      date: chinaDateAndTime(request.wallMs).date,
      unpredictableNumber: this.#random.bytes(4),
      sequenceCounter: this.#sequenceCounter,
      serialNumber: this.#options.serialNumber ?? 'MOCK0001',
      noPinLimitFen: this.#options.noPinLimitFen ?? NO_PIN_LIMIT_FEN,
    };
  }

  #readingOf(via: CardInterface, presentation: Presentation): CardReading {
    if (presentation.kind === 'unreadable') {
      return { kind: 'unreadable', interface: via, reason: presentation.reason };
    }
    if (presentation.kind === 'swiped') return { kind: 'read', card: this.#swipedCard(presentation.track2) };
    const { transaction } = presentation;
    this.#openChip = via === 'chip' && transaction.cryptogramType === 'arqc';
    return { kind: 'read', card: this.#chipCard(via, transaction) };
  }

  #swipedCard(track2: string): CardData {
    const bare = track2.slice(1, -1).replace('=', 'D');
    return {
      ...this.#trackData(bare),
      interface: 'swipe',
      cardSequence: undefined,
      chipDataRef: undefined,
      chip: undefined,
      verification: 'none',
    };
  }

  #chipCard(via: CardInterface, { tags, cryptogramType }: ChipTransaction): CardData {
    return {
      ...this.#trackData(hexTag(tags, '57').replace(/F$/, '')),
      interface: via,
      cardSequence: hexTag(tags, '5F34').padStart(3, '0'),
      chipDataRef: this.#vault.seal('chipData', requestChipData(chipDataOf(tags))),
      chip: {
        aid: hexTag(tags, '84'),
        applicationLabel: latin1Of(requiredTag(tags, '50')),
        cryptogram: hexTag(tags, '9F26'),
        cryptogramType,
        tvr: hexTag(tags, '95'),
        tsi: hexTag(tags, '9B'),
        atc: hexTag(tags, '9F36'),
      },
      verification: verificationOf(tags),
    };
  }

  #trackData(track2: string) {
    const [pan = '', rest = ''] = track2.split('D');
    const panRef = this.#vault.seal('pan', bytesOfLatin1(pan));
    return {
      panRef,
      maskedPan: this.#vault.describe(panRef),
      expiry: rest.slice(0, 4),
      serviceCode: rest.slice(4, 7),
      track2Ref: this.#vault.seal('track2', bytesOfLatin1(track2)),
    };
  }

  #error(kind: 'busy' | 'disconnected' | 'unsupported' | 'protocol', detail: string): HalError {
    return new HalError(kind, 'cardReader', detail);
  }
}

function hexTag(tags: ChipTags, tag: string): string {
  return hexOf(requiredTag(tags, tag));
}

/** By what the emulated kernel puts into 9F34 and, at the field, into 9F6C. */
function verificationOf(tags: ChipTags): CardholderVerification {
  const [pinWanted = 0, onDevice = 0] = tags.get('9F6C') ?? [];
  if (onDevice !== 0) return 'onDevice';
  const method = requiredTag(tags, '9F34')[0];
  if (pinWanted !== 0 || method === 0x02) return 'onlinePin';
  return method === 0x1e ? 'signature' : 'none';
}
