import { hexOf } from '../../firmware/base/bytes.ts';
import { ProtocolError } from '../../firmware/base/protocol-error.ts';
import type { Clock } from '../../firmware/hal/index.ts';
import { chipTags, requiredTag } from '../../hal-mock/cards/chip-data.ts';
import { cryptogramIsGenuine, issuerAuthenticationData } from '../../hal-mock/cards/issuer.ts';
import type { TestCard } from '../../hal-mock/cards/test-cards.ts';
import { chipTrack2, stripeTrack2 } from '../../hal-mock/cards/tracks.ts';
import { chinaTime } from '../china-time.ts';
import { instalmentRefusal } from './card-instalment.ts';
import type { Ledger } from './ledger.ts';
import type { Purchase, PurchasePin } from './purchase.ts';

/** Tag 9F27 of a transaction certificate (TC). */
const CERTIFICATE = 0x40;

/** Up to this a card held to the reader needs no PIN: 1000 yuan since June 2018. */
export const NO_PIN_LIMIT_FEN = 100_000;

/** The third wrong PIN in a row locks the card. */
const PIN_TRIES_MAX = 3;

const STATUS_CODES: Readonly<Record<TestCard['status'], string | undefined>> = {
  active: undefined,
  restricted: '62',
  stolen: '43',
  lost: '41',
};

/** Institution codes for field 44; synthetic. */
const ISSUER_IDS: Readonly<Record<TestCard['account'], string>> = { debit: '09990001', credit: '09990002' };

/** What the issuer says to a purchase. */
export interface IssuerDecision {
  /** Field 39. */
  readonly responseCode: string;
  /** Issuer for field 44; absent when no issuer knows the card. */
  readonly issuerId?: string;
  /** Whether the request held a genuine cryptogram, so that the answer can prove the issuer to the chip. */
  readonly canAuthenticate: boolean;
}

/** The issuers of all test cards. Balances follow from the ledger; only wrong PINs are remembered here. */
export class Issuer {
  readonly #clock: Clock;
  readonly #ledger: Ledger;
  readonly #cards: ReadonlyMap<string, TestCard>;
  readonly #wrongPins = new Map<string, number>();

  constructor(clock: Clock, ledger: Ledger, cards: readonly TestCard[]) {
    this.#clock = clock;
    this.#ledger = ledger;
    this.#cards = new Map(cards.map((card) => [card.pan, card]));
  }

  /** Wrong PINs since the last right one. */
  wrongPins(pan: string): number {
    return this.#wrongPins.get(pan) ?? 0;
  }

  /** Lets a locked card try again. */
  resetPinTries(pan: string): void {
    this.#wrongPins.delete(pan);
  }

  /** Decides a purchase. Throws `ProtocolError` when field 55 lacks what the decision needs. */
  decide(purchase: Purchase): IssuerDecision {
    const card = this.#cards.get(purchase.pan);
    if (card === undefined) return { responseCode: '14', canAuthenticate: false };
    if (card.scheme !== 'unionPay') return { responseCode: '15', canAuthenticate: false };
    const issuerId = ISSUER_IDS[card.account];
    if (!isGenuine(card, purchase)) {
      return { responseCode: purchase.chipData === undefined ? '59' : '63', issuerId, canAuthenticate: false };
    }
    const refusal =
      this.#cardRefusal(card, purchase) ??
      this.#verificationRefusal(card, purchase) ??
      this.#moneyRefusal(card, purchase);
    return { responseCode: refusal ?? '00', issuerId, canAuthenticate: purchase.chipData !== undefined };
  }

  /** Field 39 for a sale that the chip approved alone. */
  decideOffline(purchase: Purchase): string {
    const card = this.#cards.get(purchase.pan);
    if (card === undefined) return '14';
    const type = purchase.chipData === undefined ? undefined : chipTags(purchase.chipData).get('9F27')?.[0];
    if (type !== CERTIFICATE || !isGenuine(card, purchase)) return '63';
    return STATUS_CODES[card.status] ?? '00';
  }

  /** Value of tag 91: ARPC by method 1 and the response code. */
  authenticationData({ pan, sequence, chipData }: Purchase, responseCode: string): Uint8Array {
    return issuerAuthenticationData({ pan, sequence }, chipData ?? new Uint8Array(), responseCode);
  }

  #cardRefusal(card: TestCard, purchase: Purchase): string | undefined {
    const { year, month } = chinaTime(this.#clock.wallMs());
    if (card.expiry < year.slice(2) + month) return '54';
    if (purchase.expiry !== undefined && purchase.expiry !== card.expiry) return '54';
    if (purchase.entry === 'swipe' && hasChip(card) && !purchase.isFallback) return '45';
    if (purchase.installment !== undefined && card.account === 'debit') return '57';
    return STATUS_CODES[card.status];
  }

  /** Field 39 for a wrong PIN, which counts as a try whatever it was entered for; 14 for no card of ours. */
  pinRefusal(pan: string, pin: Exclude<PurchasePin, 'none'>): string | undefined {
    const card = this.#cards.get(pan);
    if (card === undefined) return '14';
    const wrongSoFar = this.wrongPins(pan);
    if (wrongSoFar >= PIN_TRIES_MAX) return '75';
    if (pin === 'unreadable') return '99';
    if (pin.digits === card.pin) {
      this.#wrongPins.delete(pan);
      return undefined;
    }
    this.#wrongPins.set(pan, wrongSoFar + 1);
    return wrongSoFar + 1 >= PIN_TRIES_MAX ? '75' : '55';
  }

  #verificationRefusal(card: TestCard, { pan, pin, entry, amountFen }: Purchase): string | undefined {
    if (pin !== 'none') return this.pinRefusal(pan, pin);
    if (this.wrongPins(pan) >= PIN_TRIES_MAX) return '75';
    return needsPin(card, entry, amountFen) ? '55' : undefined;
  }

  #moneyRefusal(card: TestCard, { amountFen, installment }: Purchase): string | undefined {
    if (amountFen < 1) return '13';
    if (amountFen > card.saleLimitFen) return '61';
    if (amountFen > card.availableFen - this.#ledger.netFen(card.pan)) return '51';
    return installment === undefined ? undefined : instalmentRefusal(amountFen, installment);
  }
}

/** The first digit of the service code tells a card with a chip (ISO 7813). */
function hasChip({ serviceCode }: TestCard): boolean {
  return serviceCode.startsWith('2') || serviceCode.startsWith('6');
}

/** A debit card is always used with its PIN; a credit card only held to the reader, beyond the limit, without a phone. */
function needsPin(card: TestCard, entry: Purchase['entry'], amountFen: number): boolean {
  if (entry === 'tap') return amountFen > NO_PIN_LIMIT_FEN && !card.phone;
  return card.account === 'debit';
}

/** Whether the data come from the card itself: the verification value on the track, the cryptogram of the chip. */
function isGenuine(card: TestCard, { pan, sequence, entry, track2, chipData, amountFen }: Purchase): boolean {
  const expectedTrack = entry === 'swipe' ? stripeTrack2(card) : chipTrack2(card);
  if (track2 !== undefined && track2 !== expectedTrack) return false;
  if (chipData === undefined) return true;
  const tags = chipTags(chipData);
  if (requiredTag(tags, '9F36').length !== 2) throw new ProtocolError(['55', '9F36'], 'must be 2 bytes');
  const signedAmount = Number(hexOf(requiredTag(tags, '9F02')));
  return signedAmount === amountFen && cryptogramIsGenuine({ pan, sequence }, chipData);
}
