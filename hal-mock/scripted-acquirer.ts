import { concatBytes, equalBytes, hex } from '../firmware/base/bytes.ts';
import type { Clock, KeyUsage, MacAlgorithm } from '../firmware/hal/index.ts';
import { computeMac } from '../firmware/protocol/crypto/mac.ts';
import { wrapWorkingKey } from '../firmware/protocol/crypto/working-key.ts';
import { needsMac, responseMti } from '../firmware/protocol/cup/messages.ts';
import { packSignOnKeys } from '../firmware/protocol/cup/sign-on-keys.ts';
import {
  answerTpdu,
  createCodec,
  CUP_STANDARD,
  type Frame,
  type IsoMessage,
  type IsoValue,
  packFrame,
  textField,
  unpackFrame,
} from '../firmware/protocol/iso8583/index.ts';
import { chinaDateAndTime } from './cards/chip-transaction.ts';
import { CIPHERS } from './crypto.ts';
import type { HostRequest } from './host-link.ts';

/** Master key of every mocked terminal. A published test value. */
export const MOCK_MASTER_KEY: Uint8Array = hex('0123456789ABCDEFFEDCBA9876543210');

/** Working keys that a sign-on delivers; the MAC key has single length, as most acquirers' have. */
const WORKING_KEYS: readonly (readonly [KeyUsage, Uint8Array])[] = [
  ['pin', hex('11112222333344445555666677778888')],
  ['mac', hex('3131313131313131')],
  ['track', hex('2A2B2C2D2E2F30313233343536373839')],
];

/** Fields that an answer repeats from its request. */
const ECHOED_FIELDS = [2, 3, 4, 11, 14, 25, 41, 42, 49, 53, 60] as const;
const MAC_BYTES = 8;
const LATENCY_MS = 200;
const SIGN_ON_SCHEME = '004';

/** What the acquirer does with one financial request: a response code, no answer, or an answer whose MAC is wrong. */
export type AcquirerAnswer = { readonly responseCode: string } | 'silence' | 'wrongMac';

export interface ScriptedAcquirerOptions {
  readonly masterKey?: Uint8Array;
  readonly macAlgorithm?: MacAlgorithm;
}

/**
 * An acquirer that says what a test wants: it signs terminals on with keys that work (scheme 004), approves, and answers
 * the next sale or reversal otherwise when told. It keeps no books and looks at no card.
 */
export class ScriptedAcquirer {
  readonly #clock: Clock;
  readonly #masterKey: Uint8Array;
  readonly #macAlgorithm: MacAlgorithm;
  readonly #codec = createCodec(CUP_STANDARD);
  readonly #requests: IsoMessage[] = [];
  readonly #answers: AcquirerAnswer[] = [];

  constructor(clock: Clock, { masterKey = MOCK_MASTER_KEY, macAlgorithm = 'cup-ecb' }: ScriptedAcquirerOptions = {}) {
    this.#clock = clock;
    this.#masterKey = masterKey;
    this.#macAlgorithm = macAlgorithm;
  }

  /** Every message that arrived, in order. */
  get requests(): readonly IsoMessage[] {
    return this.#requests;
  }

  /** Answers of the next sales and reversals, one each; after them everything is approved again. */
  answerNext(...answers: readonly AcquirerAnswer[]): void {
    this.#answers.push(...answers);
  }

  /** Serves one request: the script of a `MockHostLink`. */
  readonly serve = ({ message, reply }: HostRequest): void => {
    const frame = unpackFrame(message);
    const request = this.#codec.decode(frame.iso);
    this.#requests.push(request);
    if (!needsMac(request.mti)) return reply(this.#frame(frame, this.#signOn(request), false), LATENCY_MS);
    const answer = this.#macIsRight(frame.iso)
      ? (this.#answers.shift() ?? { responseCode: '00' })
      : { responseCode: 'A0' };
    if (answer === 'silence') return;
    const responseCode = answer === 'wrongMac' ? '00' : answer.responseCode;
    reply(this.#frame(frame, this.#financial(request, responseCode), answer === 'wrongMac'), LATENCY_MS);
  };

  #signOn(request: IsoMessage): IsoMessage {
    const keys = WORKING_KEYS.map(([usage, key]) => wrapWorkingKey(CIPHERS, this.#masterKey, usage, 'tdes', key));
    return this.#answer(request, '00', { 60: `00000001${SIGN_ON_SCHEME}`, 62: packSignOnKeys(SIGN_ON_SCHEME, keys) });
  }

  #financial(request: IsoMessage, responseCode: string): IsoMessage {
    const number = this.#requests.length.toString();
    const approved = responseCode === '00' ? { 38: number.padStart(6, '0') } : {};
    return this.#answer(request, responseCode, { 37: number.padStart(12, '0'), ...approved });
  }

  #answer(request: IsoMessage, responseCode: string, more: Readonly<Record<number, IsoValue>>): IsoMessage {
    const { date, time } = chinaDateAndTime(this.#clock.wallMs());
    const fields: Record<number, IsoValue> = { 12: time, 13: date.slice(2), 39: responseCode };
    for (const field of ECHOED_FIELDS) {
      const value = request.fields[field];
      if (value !== undefined) fields[field] = value;
    }
    return { mti: responseMti(request.mti), fields: { ...fields, ...more } };
  }

  #frame({ tpdu, header }: Frame, message: IsoMessage, isSpoiled: boolean): Uint8Array {
    const head = { tpdu: answerTpdu(tpdu), header };
    if (!needsMac(message.mti) || textField(message, 39) === 'A0') return packFrame(head, this.#codec.encode(message));
    const fields = { ...message.fields, 64: new Uint8Array(MAC_BYTES) };
    const covered = this.#codec.encode({ mti: message.mti, fields }).subarray(0, -MAC_BYTES);
    const mac = this.#mac(covered);
    return packFrame(head, concatBytes(covered, isSpoiled ? mac.map((byte) => byte ^ 1) : mac));
  }

  #macIsRight(iso: Uint8Array): boolean {
    return equalBytes(this.#mac(iso.subarray(0, -MAC_BYTES)), iso.subarray(-MAC_BYTES));
  }

  #mac(covered: Uint8Array): Uint8Array {
    const key = WORKING_KEYS.find(([usage]) => usage === 'mac')?.[1] ?? new Uint8Array(8);
    return computeMac(CIPHERS, this.#macAlgorithm, key, covered);
  }
}
