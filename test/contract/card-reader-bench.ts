import { latin1Of } from '../../firmware/base/bytes.ts';
import { NEVER_CANCELLED } from '../../firmware/base/cancel.ts';
import type {
  CardData,
  CardReader,
  CardReading,
  CardRequest,
  CardVault,
  Clock,
  VaultRef,
} from '../../firmware/hal/index.ts';
import { encodeTlv } from '../../firmware/protocol/tlv/index.ts';
import { issuerAuthenticationData } from '../../hal-mock/cards/issuer.ts';
import type { TestCard } from '../../hal-mock/cards/test-cards.ts';
import type { CardReaderControls } from '../../hal-mock/devices/card-reader/controls.ts';

/** A reader with hands on it. How time goes on is its own business: virtual, or the machine's. */
export interface CardReaderUnderTest {
  readonly reader: CardReader;
  readonly controls: CardReaderControls;
  readonly vault: CardVault;
  readonly clock: Clock;
  /** Lets time pass until the promise settles. */
  until<T>(promise: Promise<T>): Promise<T>;
  /** Lets time pass until the condition holds. */
  untilTrue(condition: () => boolean): Promise<void>;
  /** Lets that much time pass. */
  pass(ms: number): Promise<void>;
  /** Lets time pass until the reader can be used after `replug`. */
  untilUsable(): Promise<void>;
  close(): Promise<void>;
}

/** 2026-11-21 12:00:05 in China. */
const WALL_MS = Date.UTC(2026, 10, 21, 4, 0, 5);

/** A request for any card, with what a case changes of it. */
export function request(overrides: Partial<CardRequest> = {}): CardRequest {
  return { accept: ['swipe', 'chip', 'tap'], amountFen: 8800, wallMs: WALL_MS, timeoutMs: 30_000, ...overrides };
}

/** What the cases do with the reader of the moment. */
export function customerAt(subject: () => CardReaderUnderTest) {
  const revealed = (ref: VaultRef | undefined): string =>
    ref === undefined ? 'nothing' : latin1Of(subject().vault.reveal(ref));

  /** Presents a card once the reader waits, and gives what comes of it. */
  async function present(
    how: 'insert' | 'tap' | 'swipe',
    card: TestCard,
    overrides: Partial<CardRequest> = {},
  ): Promise<CardReading> {
    const reading = subject().reader.readCard(request(overrides), NEVER_CANCELLED);
    reading.catch(() => undefined);
    await subject().untilTrue(() => subject().controls.waitingFor.length > 0);
    subject().controls[how](card);
    return subject().until(reading);
  }

  async function read(...args: Parameters<typeof present>): Promise<CardData> {
    const reading = await present(...args);
    if (reading.kind !== 'read') throw new Error(`the card gave ${JSON.stringify(reading)}`);
    return reading.card;
  }

  /** What an issuer that approves sends back for the card. */
  function approval(card: TestCard, data: CardData, responseCode = '00'): Uint8Array {
    const chipData = data.chipDataRef === undefined ? new Uint8Array() : subject().vault.reveal(data.chipDataRef);
    return encodeTlv([{ tag: '91', value: issuerAuthenticationData(card, chipData, responseCode) }]);
  }

  return { revealed, present, read, approval };
}
