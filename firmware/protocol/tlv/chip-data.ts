import { concatBytes } from '../../base/bytes.ts';
import { present } from '../../base/invariant.ts';
import { ProtocolError } from '../../base/protocol-error.ts';
import { textOfTag } from './tag-text.ts';
import { encodeTlv } from './tlv.ts';
import { TlvIndex } from './tlv-index.ts';

/** Field 55 of an online request: what the host demands, then what it takes if there is any (CUP terminal rules A.7). */
const REQUEST_DEMANDED = [
  0x9f26, 0x9f27, 0x9f10, 0x9f37, 0x9f36, 0x95, 0x9a, 0x9c, 0x9f02, 0x5f2a, 0x82, 0x9f1a, 0x9f03, 0x9f33,
] as const;
const REQUEST_OPTIONAL = [0x9f34, 0x9f35, 0x9f1e, 0x84, 0x9f09, 0x9f41, 0x9f63, 0x9f74] as const;
/** Field 55 of a reversal; the first and third only when the card declined what the issuer had approved. */
const REVERSAL = [0x95, 0x9f1e, 0x9f10, 0x9f36, 0xdf31] as const;
const CARD_DECLINE_ONLY: readonly number[] = [0x95, 0x9f10];
const CRYPTOGRAM = 0x9f26;
const CRYPTOGRAM_INFORMATION = 0x9f27;
/** What the issuer sends to the card: authentication data and scripts. */
const ISSUER_ANSWER: readonly number[] = [0x91, 0x71, 0x72];

/**
 * Field 55 of an online request out of all the tags that card and reader gave.
 * `ProtocolError` when one is missing that the host demands, or when the data are not BER-TLV.
 */
export function requestChipData(cardData: Uint8Array): Uint8Array {
  const index = new TlvIndex(cardData);
  const missing = REQUEST_DEMANDED.find((tag) => index.find(tag) === undefined);
  if (missing !== undefined) throw new ProtocolError(['55', textOfTag(missing)], 'is missing');
  return pick(index, [...REQUEST_DEMANDED, ...REQUEST_OPTIONAL]);
}

/**
 * Field 55 of a reversal. `cardData` are the tags as they stood at the end: the script results are in it if a script
 * ran. Empty when there is nothing to send; the field is then left out.
 *
 * @param cardDeclined the issuer approved and the card declined afterwards
 */
export function reversalChipData(cardData: Uint8Array, cardDeclined: boolean): Uint8Array {
  const tags = REVERSAL.filter((tag) => cardDeclined || !CARD_DECLINE_ONLY.includes(tag));
  return pick(new TlvIndex(cardData), tags);
}

/**
 * The request's tags as they stand at the end of the sale: those of the chip's verdict in the place of the older ones, and
 * what the verdict has besides. `undefined` for a verdict without a second cryptogram.
 */
export function chipDataAfterwards(request: Uint8Array, verdict: Uint8Array): Uint8Array | undefined {
  const said = new TlvIndex(verdict);
  if (said.find(CRYPTOGRAM) === undefined || said.find(CRYPTOGRAM_INFORMATION) === undefined) return undefined;
  const first = outermost(new TlvIndex(request));
  const last = outermost(said);
  return encodeTlv([...new Map([...first, ...last])].map(([tag, value]) => ({ tag: textOfTag(tag), value })));
}

function outermost(index: TlvIndex): (readonly [number, Uint8Array])[] {
  const tags = Array.from({ length: index.count }, (_, entry) => entry).filter((entry) => index.depthAt(entry) === 0);
  return tags.map((entry) => {
    const tag = index.tagAt(entry);
    return [tag, present(index.find(tag), 'a tag of the index is found')];
  });
}

/**
 * What the card must get of field 55 of an answer: 91, 71, 72 in this order, every script in the order it came, its
 * bytes untouched. Empty when the issuer sent nothing for the card.
 */
export function issuerAnswerData(chipData: Uint8Array): Uint8Array {
  const index = new TlvIndex(chipData);
  const picked: Uint8Array[] = [];
  for (const tag of ISSUER_ANSWER) {
    for (let entry = 0; entry < index.count; entry++) {
      if (index.tagAt(entry) === tag && index.depthAt(entry) === 0) picked.push(rawEntry(index, entry));
    }
  }
  return concatBytes(...picked);
}

/** Tag, length and value of an outermost entry as they were received. */
function rawEntry(index: TlvIndex, entry: number): Uint8Array {
  return index.bytes.subarray(index.tagStartAt(entry), index.endAt(entry));
}

function pick(index: TlvIndex, tags: readonly number[]): Uint8Array {
  const nodes = tags.flatMap((tag) => {
    const value = index.find(tag);
    return value === undefined ? [] : [{ tag: textOfTag(tag), value }];
  });
  return encodeTlv(nodes);
}
