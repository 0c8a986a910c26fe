/** The data fields of NEO 2 commands and responses, seen from inside the reader. */
import { encodeSwipe } from '../../../drivers/card-reader-neo2/swipe/codec.ts';
import { concatBytes, hex, hexOf, latin1Of } from '../../../firmware/base/bytes.ts';
import { ProtocolError } from '../../../firmware/base/protocol-error.ts';
import type { CardInterface } from '../../../firmware/hal/index.ts';
import { decodeTlv, encodeTlv, findTag, type TlvNode } from '../../../firmware/protocol/tlv/index.ts';
import type { ChipTags } from '../../cards/chip-data.ts';
import type { TransactionTerms } from './card-front.ts';

/** What a 02-40 asks for. The terms lack what the reader itself brings. */
export interface Activation {
  readonly seconds: number;
  readonly accept: readonly CardInterface[];
  readonly mayFallBack: boolean;
  readonly completionTimeoutMs: number;
  readonly terms: Pick<TransactionTerms, 'amountFen' | 'date'>;
}

const INTERFACE_BITS: readonly (readonly [CardInterface, number])[] = [
  ['swipe', 1],
  ['tap', 2],
  ['chip', 4],
];

function tlvOf(bytes: Uint8Array): TlvNode[] | undefined {
  try {
    return decodeTlv(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function valueOf(nodes: readonly TlvNode[], tag: string): Uint8Array | undefined {
  const node = findTag(nodes, tag);
  return node !== undefined && 'value' in node ? node.value : undefined;
}

/** `undefined` for data that a reader refuses: no TLV, no time, no interface, or an amount or date missing. */
export function activationOf(data: Uint8Array): Activation | undefined {
  const nodes = tlvOf(data.subarray(1)) ?? [];
  const [amount, date] = [valueOf(nodes, '9F02'), valueOf(nodes, '9A')];
  const interfaces = valueOf(nodes, 'DFEF37')?.[0] ?? 0;
  const seconds = data[0] ?? 0;
  if (amount === undefined || date === undefined || interfaces === 0 || seconds === 0) return undefined;
  const [fallback = 0, timeoutHigh = 0, timeoutLow = 0] = valueOf(nodes, 'DFEF3C') ?? [];
  return {
    seconds,
    accept: INTERFACE_BITS.filter(([, bit]) => (interfaces & bit) !== 0).map(([name]) => name),
    mayFallBack: fallback === 1,
    completionTimeoutMs: 1000 * ((timeoutHigh << 8) | timeoutLow),
    terms: { amountFen: Number(hexOf(amount)), date: hexOf(date) },
  };
}

/** The data of 60-12: tag 8A, then what the issuer sent for the chip. `undefined` when it is no TLV or 8A is missing. */
export function hostAnswerOf(
  data: Uint8Array,
): { readonly responseCode: string; readonly issuerData: Uint8Array } | undefined {
  const nodes = tlvOf(data);
  const responseCode = nodes && valueOf(nodes, '8A');
  if (nodes === undefined || responseCode?.length !== 2) return undefined;
  return {
    responseCode: latin1Of(responseCode),
    issuerData: encodeTlv(nodes.filter((node) => node.tag !== '8A')),
  };
}

/** Tag FFEE1F by hand: marked as a template, it holds plain bytes. */
export function failureTag(failure: readonly number[]): Uint8Array {
  return concatBytes(hex('FF EE 1F'), new Uint8Array([failure.length, ...failure]));
}

/** A swipe as the head's block; `undefined` is a stripe that could not be decoded. */
export function swipeTags(track2: string | undefined): Uint8Array {
  const block = encodeSwipe(track2 === undefined ? {} : { track2 });
  return encodeTlv([
    { tag: '9F39', value: hex('90') },
    { tag: 'DFEE23', value: block },
  ]);
}

/** All tags of card and kernel, and the vendor's group that says which kernel it was. */
export function cardTags(tags: ChipTags, via: CardInterface): Uint8Array {
  const kernel = { tag: 'DFEE30', value: hex(via === 'chip' ? '01' : '00') };
  const nodes = [...tags].map(([tag, value]) => ({ tag, value }));
  return encodeTlv([...nodes, { tag: 'FFEE01', children: [kernel] }]);
}

const VERDICT_TAGS = ['9F26', '9F27', '9F36', '9F10', '95', '9B', 'DF31'];

/** The second cryptogram and what it was made over. */
export function verdictTags(tags: ChipTags): Uint8Array {
  const nodes = VERDICT_TAGS.flatMap((tag) => {
    const value = tags.get(tag);
    return value === undefined ? [] : [{ tag, value }];
  });
  return encodeTlv(nodes);
}

/** What 60-12 gives in the end: the result code (0002 approved, 0003 declined) and the chip's verdict. */
export function completionTags(tags: ChipTags, accepted: boolean): Uint8Array {
  const code = { tag: 'DFEE25', value: hex(accepted ? '00 02' : '00 03') };
  return concatBytes(encodeTlv([code]), verdictTags(tags));
}
