import { concatBytes, equalBytes, hex } from '../../firmware/base/bytes.ts';
import type { Clock, KeyUsage, MacAlgorithm } from '../../firmware/hal/index.ts';
import type { BlockCipher } from '../../firmware/protocol/crypto/block-cipher.ts';
import { computeMac } from '../../firmware/protocol/crypto/mac.ts';
import { iso0PinBlock, sm4PinBlock } from '../../firmware/protocol/crypto/pin-block.ts';
import { encryptTrack } from '../../firmware/protocol/crypto/track-cipher.ts';
import { cipherOf, unwrapWorkingKey } from '../../firmware/protocol/crypto/working-key.ts';
import { parseSignOnKeys, type SignOnScheme } from '../../firmware/protocol/cup/sign-on-keys.ts';
import {
  bytesField,
  createCodec,
  CUP_STANDARD,
  type IsoMessage,
  type IsoValue,
  packFrame,
  textField,
  unpackFrame,
} from '../../firmware/protocol/iso8583/index.ts';
import { hexOf } from '../../firmware/base/bytes.ts';
import { CIPHERS } from '../../hal-mock/crypto.ts';
import { ChipCard } from '../../hal-mock/cards/chip-card.ts';
import { chipDataOf } from '../../hal-mock/cards/chip-data.ts';
import { ChipTransaction } from '../../hal-mock/cards/chip-transaction.ts';
import { type TestCard, testCard } from '../../hal-mock/cards/test-cards.ts';
import { chipTrack2, stripeTrack2 } from '../../hal-mock/cards/tracks.ts';
import { SeededRandom } from '../../hal-mock/random.ts';
import { VirtualClock } from '../../hal-mock/time.ts';
import { Acquirer, type AcquirerAnswer, type AcquirerOptions } from '../../simulator/acquirer/acquirer.ts';
import { type TerminalProfile, TEST_TERMINAL } from '../../simulator/acquirer/terminals.ts';

const codec = createCodec(CUP_STANDARD);
const HEAD = { tpdu: hex('6000090000'), header: hex('603100311305') };

/** Tags of field 55 in a request (CUP terminal rules A.7). */
const REQUEST_TAGS = '9F26 9F27 9F10 9F37 9F36 95 9A 9C 9F02 5F2A 82 9F1A 9F03 9F33 9F34 9F35 9F1E 84 9F09 9F41'.split(
  ' ',
);

export interface SaleOptions {
  readonly entry?: 'swipe' | 'chip' | 'tap' | 'fallback';
  readonly pin?: string;
  readonly encryptsTrack?: boolean;
  /** Fields to change in the finished request; `undefined` removes one. */
  readonly fields?: Readonly<Record<number, IsoValue | undefined>>;
  readonly mac?: 'good' | 'wrong' | 'none';
}

export interface Exchanged {
  readonly request: IsoMessage;
  readonly answers: readonly AcquirerAnswer[];
  /** The first answer, if it is a readable frame. */
  readonly reply: IsoMessage | undefined;
  /** Field 39, or `silence`. */
  readonly code: string;
  readonly mac: 'good' | 'wrong' | 'none';
}

/** A host at a virtual noon with a fixed seed. */
export function testHost(options: Partial<AcquirerOptions> & { readonly seed?: number } = {}): {
  clock: VirtualClock;
  host: Acquirer;
} {
  const clock = new VirtualClock();
  return { clock, host: new Acquirer({ clock, random: new SeededRandom(options.seed ?? 1), ...options }) };
}

/** A terminal built by hand from the tables of the message rules, so that the host is not tested against itself. */
export class TestTerminal {
  readonly #host: Acquirer;
  readonly #profile: TerminalProfile;
  readonly #clock: Clock;
  readonly #macAlgorithm: MacAlgorithm;
  readonly #keys = new Map<KeyUsage, Uint8Array>();
  readonly #chips = new Map<string, ChipCard>();
  #scheme: SignOnScheme = '004';
  #stan = 0;
  batch = '000001';
  /** The chip transaction of the last sale by chip or tap. */
  chip: ChipTransaction | undefined;

  constructor(host: Acquirer, profile: TerminalProfile = TEST_TERMINAL, macAlgorithm: MacAlgorithm = 'cup-ecb') {
    this.#host = host;
    this.#profile = profile;
    this.#clock = host.clock;
    this.#macAlgorithm = macAlgorithm;
  }

  /** The cipher under a working key of the last sign-on. */
  cipher(usage: KeyUsage): BlockCipher {
    return cipherOf(CIPHERS, this.#scheme === '006' ? 'sm4' : 'tdes', this.#keys.get(usage) ?? new Uint8Array(16));
  }

  nextStan(): string {
    return (++this.#stan).toString().padStart(6, '0');
  }

  keyBytes(usage: KeyUsage): number | undefined {
    return this.#keys.get(usage)?.length;
  }

  /** Signs on and takes the keys, each of them only if its check value fits. */
  signOn(scheme: SignOnScheme = '004'): Exchanged {
    const exchanged = this.exchange('0800', { 60: `00${this.batch}${scheme}`, 63: '01 ' }, 'none');
    this.#scheme = scheme;
    const keys = exchanged.reply && bytesField(exchanged.reply, 62);
    if (keys === undefined) return exchanged;
    this.batch = String(exchanged.reply?.fields[60]).slice(2, 8);
    this.#keys.clear();
    for (const key of parseSignOnKeys(scheme, keys)) {
      const clear = unwrapWorkingKey(CIPHERS, this.#profile.masterKey, key);
      if (clear !== undefined) this.#keys.set(key.usage, clear);
    }
    return exchanged;
  }

  manage(code: string): Exchanged {
    return this.exchange('0820', { 60: `00${this.batch}${code}` }, 'none');
  }

  saleRequest(cardId: string, amountFen: number, options: SaleOptions = {}): IsoMessage {
    const card = testCard(cardId);
    const { entry = 'swipe', pin } = options;
    const swiped = entry === 'swipe' || entry === 'fallback';
    const fields: Record<number, IsoValue | undefined> = {
      2: swiped ? undefined : card.pan,
      3: '000000',
      4: amountFen.toString().padStart(12, '0'),
      11: this.nextStan(),
      14: card.expiry,
      22: { swipe: '02', fallback: '02', chip: '05', tap: '07' }[entry] + (pin === undefined ? '2' : '1'),
      23: swiped ? undefined : card.sequence.padStart(3, '0'),
      25: '00',
      26: pin === undefined ? undefined : '12',
      35: swiped ? stripeTrack2(card) : chipTrack2(card),
      41: this.#profile.terminalId,
      42: this.#profile.merchantId,
      49: '156',
      55: swiped ? undefined : this.#chipData(card, amountFen, entry === 'tap' ? 'tap' : 'chip'),
      60: `22${this.batch}0006${entry === 'fallback' ? '2' : '0'}`,
      ...this.#security(card, options),
      ...options.fields,
    };
    return { mti: '0200', fields: present(fields) };
  }

  sale(cardId: string, amountFen: number, options: SaleOptions = {}): Exchanged {
    const { mti, fields } = this.saleRequest(cardId, amountFen, options);
    return this.exchange(mti, fields, options.mac ?? 'good');
  }

  /** A sale by a customer's code. */
  codeSale(code: string, amountFen: number, fields: Readonly<Record<number, IsoValue | undefined>> = {}): Exchanged {
    const sale = {
      3: '000000',
      4: amountFen.toString().padStart(12, '0'),
      22: '032',
      25: '00',
      49: '156',
      59: `A3019${code}`,
      60: `22${this.batch}00060`,
    };
    return this.exchange('0200', { ...sale, ...fields }, 'good');
  }

  /** Takes all of a sale back without its card. */
  void(sale: Exchanged, fields: Readonly<Record<number, IsoValue | undefined>> = {}): Exchanged {
    const { 4: amount, 11: stan, 60: f60 } = sale.request.fields;
    const original = `${String(f60).slice(2, 8)}${String(stan)}`;
    return this.exchange('0200', { ...this.#back(sale, '23'), 4: amount, 61: original, ...fields }, 'good');
  }

  /** Takes a part of a sale back without its card. */
  refund(
    sale: Exchanged,
    amountFen: number,
    fields: Readonly<Record<number, IsoValue | undefined>> = {},
    mac: 'good' | 'wrong' = 'good',
  ): Exchanged {
    const { 11: stan, 60: f60 } = sale.request.fields;
    const original = `${String(f60).slice(2, 8)}${String(stan)}${String(sale.reply?.fields[13])}`;
    const amount = amountFen.toString().padStart(12, '0');
    return this.exchange('0220', { ...this.#back(sale, '25'), 4: amount, 61: original, 63: '000', ...fields }, mac);
  }

  #back({ request, reply }: Exchanged, type: string): Record<number, IsoValue | undefined> {
    const voucher = reply?.fields[59];
    return {
      3: '200000',
      22: String(request.fields[22]).slice(0, 2) + '2',
      25: request.fields[25],
      37: reply?.fields[37],
      38: reply?.fields[38],
      49: '156',
      60: `${type}${this.batch}00060`,
      ...(voucher === undefined ? {} : { 59: voucher }),
    };
  }

  /** Reverses a sale by the keys that it was sent with. */
  reverse(sale: Exchanged, reason = '98', fields: Readonly<Record<number, IsoValue | undefined>> = {}): Exchanged {
    const kept = [3, 4, 11, 22, 25, 41, 42, 49, 60].map((field) => [field, sale.request.fields[field]]);
    return this.exchange('0400', { ...Object.fromEntries(kept), 39: reason, ...fields }, 'good');
  }

  exchange(
    mti: string,
    fields: Readonly<Record<number, IsoValue | undefined>>,
    mac: 'good' | 'wrong' | 'none',
  ): Exchanged {
    const { terminalId, merchantId } = this.#profile;
    const request: IsoMessage = {
      mti,
      fields: present({ 11: fields[11] ?? this.nextStan(), 41: terminalId, 42: merchantId, ...fields }),
    };
    const answers = this.#host.receive(this.frame(request, mac));
    return { request, answers, ...this.readAnswers(answers) };
  }

  /** The frame of a request: TPDU, header, message, MAC. */
  frame(request: IsoMessage, mac: 'good' | 'wrong' | 'none' = 'good'): Uint8Array {
    if (mac === 'none') return packFrame(HEAD, codec.encode(request));
    const whole = codec.encode({ ...request, fields: { ...request.fields, 64: new Uint8Array(8) } });
    const covered = whole.subarray(0, -8);
    const value = this.#mac(covered);
    if (mac === 'wrong') value[0] = (value[0] ?? 0) ^ 1;
    return packFrame(HEAD, concatBytes(covered, value));
  }

  readAnswers(answers: readonly AcquirerAnswer[]): Pick<Exchanged, 'reply' | 'code' | 'mac'> {
    const [first] = answers;
    if (first?.kind !== 'frame') return { reply: undefined, code: 'silence', mac: 'none' };
    const { iso } = unpackFrame(first.frame);
    const reply = codec.decode(iso);
    const mac = bytesField(reply, 64);
    const isGood = mac !== undefined && equalBytes(mac, this.#mac(iso.subarray(0, -8)));
    return { reply, code: textField(reply, 39) ?? '', mac: mac === undefined ? 'none' : isGood ? 'good' : 'wrong' };
  }

  #mac(covered: Uint8Array): Uint8Array {
    const algorithm = this.#scheme === '006' ? 'cup-sm4' : this.#macAlgorithm;
    return computeMac(CIPHERS, algorithm, this.#keys.get('mac') ?? hex('0101010101010101'), covered);
  }

  #security(card: TestCard, { pin, encryptsTrack = false, entry = 'swipe' }: SaleOptions): Record<number, IsoValue> {
    const family = this.#scheme === '006' ? 'sm4' : 'tdes';
    const fields: Record<number, IsoValue> = {};
    if (pin !== undefined) {
      const block = this.cipher('pin').encrypt(
        family === 'sm4' ? sm4PinBlock(pin, card.pan) : iso0PinBlock(pin, card.pan),
      );
      fields[52] = family === 'sm4' ? new Uint8Array(8) : block;
      if (family === 'sm4') fields[59] = `A1032${hexOf(block)}`;
    }
    if (encryptsTrack) {
      const track = entry === 'swipe' || entry === 'fallback' ? stripeTrack2(card) : chipTrack2(card);
      fields[35] = encryptTrack(track, this.cipher('track'));
    }
    const digit = { '001': '0', '003': '6', '004': '6', '006': '4' }[this.#scheme];
    if (pin !== undefined || encryptsTrack) {
      fields[53] = `${pin === undefined ? '0' : '2'}${digit}${encryptsTrack ? '1' : '0'}`.padEnd(16, '0');
    }
    return fields;
  }

  #chipData(card: TestCard, amountFen: number, entry: 'chip' | 'tap'): Uint8Array {
    const chip = this.#chips.get(card.id) ?? new ChipCard(card);
    this.#chips.set(card.id, chip);
    this.chip = new ChipTransaction(chip, {
      interface: entry,
      amountFen,
      date: new Date(this.#clock.wallMs()).toISOString().slice(2, 10).replaceAll('-', ''),
      unpredictableNumber: hex('01020304'),
      sequenceCounter: this.#stan,
      serialNumber: '00000001',
      noPinLimitFen: 100_000,
    });
    const { tags } = this.chip;
    return chipDataOf(new Map(REQUEST_TAGS.flatMap((tag) => (tags.has(tag) ? [[tag, tags.get(tag)!] as const] : []))));
  }
}

function present(fields: Readonly<Record<number, IsoValue | undefined>>): Record<number, IsoValue> {
  const kept = Object.entries(fields).filter((entry): entry is [string, IsoValue] => entry[1] !== undefined);
  return Object.fromEntries(kept);
}
