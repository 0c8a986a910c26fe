import { concatBytes } from '../../firmware/base/bytes.ts';
import { ProtocolError } from '../../firmware/base/protocol-error.ts';
import { decodeTlv, encodeTlv } from '../../firmware/protocol/tlv/index.ts';

/** Chip data by tag in upper-case hex; a flat list as in field 55. */
export type ChipTags = ReadonlyMap<string, Uint8Array>;

/** The flat list of a field 55. Throws `ProtocolError` for bytes that are no TLV. */
export function chipTags(chipData: Uint8Array): ChipTags {
  const tags = new Map<string, Uint8Array>();
  for (const node of decodeTlv(chipData)) {
    if ('value' in node) tags.set(node.tag, node.value);
  }
  return tags;
}

/** The bytes of a field 55 with the tags in the map's order. */
export function chipDataOf(tags: ChipTags): Uint8Array {
  return encodeTlv([...tags].map(([tag, value]) => ({ tag, value })));
}

/** A tag that must be there; the error names field 55 and the tag. */
export function requiredTag(tags: ChipTags, tag: string): Uint8Array {
  const value = tags.get(tag);
  if (value === undefined) throw new ProtocolError(['55', tag], 'is missing');
  return value;
}

/** What the cryptogram covers, in this order; the verification results follow. JR/T 0025, cryptogram version 1. */
export const CRYPTOGRAM_TAGS: readonly string[] = [
  '9F02', // amount
  '9F03', // other amount
  '9F1A', // terminal country
  '95', // terminal verification results
  '5F2A', // currency
  '9A', // date
  '9C', // transaction type
  '9F37', // unpredictable number
  '82', // application interchange profile
  '9F36', // application transaction counter
];

/** Where the card verification results stand in tag 9F10: after length, key index and cryptogram version. */
const RESULTS_AT = 3;
const RESULTS_BYTES = 4;

/**
 * The bytes under an application cryptogram: {@link CRYPTOGRAM_TAGS} one after the other, then the four bytes of card
 * verification results (length byte 03 included) out of tag 9F10. Card and issuer both use this definition.
 * Throws `ProtocolError` when a tag is missing.
 */
export function arqcInput(tags: ChipTags): Uint8Array {
  const applicationData = requiredTag(tags, '9F10');
  const results = applicationData.subarray(RESULTS_AT, RESULTS_AT + RESULTS_BYTES);
  if (results.length !== RESULTS_BYTES) throw new ProtocolError(['55', '9F10'], 'holds no card verification results');
  return concatBytes(...CRYPTOGRAM_TAGS.map((tag) => requiredTag(tags, tag)), results);
}
