import { equalBytes, hex } from '../../firmware/base/bytes.ts';
import { type CardInterface, HalError } from '../../firmware/hal/index.ts';
import { decodeTlv, encodeTlv, findTag, type TlvNode } from '../../firmware/protocol/tlv/index.ts';

/** The data of a 02-40 or 60-12 response, taken apart. Values are views: overwriting the frame overwrites them. */
export interface ResultData {
  readonly interface: CardInterface;
  /** Value of FFEE1F: error, SW1, SW2, state of the field. */
  readonly failure: Uint8Array | undefined;
  readonly nodes: readonly TlvNode[];
  /** The bytes that `nodes` were read from. */
  readonly tlv: Uint8Array;
}

/** Attribution byte: bits 4, 3, 0 name the interface, 7 and 6 say that the reader enciphered (guide, 02-40 response). */
const ENCIPHERED_BITS = 0xc0;
const SWIPE_BIT = 0x08;
const TAP_BIT = 0x01;

/** FFEE1F is marked as a template but holds plain bytes, so it is cut off before the rest is read as TLV. */
const FAILURE_TAG = hex('FF EE 1F 04');
const FAILURE_BYTES = 4;

function interfaceOf(attribution: number): CardInterface {
  if ((attribution & SWIPE_BIT) !== 0) return 'swipe';
  return (attribution & TAP_BIT) !== 0 ? 'tap' : 'chip';
}

/**
 * Throws `HalError` `unsupported` for a reader that enciphers what it sends (such a reader needs a decrypting service
 * behind it), `ProtocolError` for what is no TLV.
 */
export function resultData(data: Uint8Array): ResultData {
  const attribution = data[0] ?? 0;
  if ((attribution & ENCIPHERED_BITS) !== 0) throw new HalError('unsupported', 'cardReader', 'enciphered output');
  const rest = data.subarray(1);
  const tagBytes = FAILURE_TAG.length;
  const isFailure = equalBytes(rest.subarray(0, tagBytes), FAILURE_TAG);
  const failure = isFailure ? rest.subarray(tagBytes, tagBytes + FAILURE_BYTES) : undefined;
  const tlv = isFailure ? rest.subarray(tagBytes + FAILURE_BYTES) : rest;
  return { interface: interfaceOf(attribution), failure, nodes: decodeTlv(tlv), tlv };
}

const VERDICT_TAGS = ['9F26', '9F27', '9F36', '9F10', '95', '9B', 'DF31'];

/** What changed with the second cryptogram, as TLV of its own. */
export function verdictData(nodes: readonly TlvNode[]): Uint8Array {
  const verdict = VERDICT_TAGS.flatMap((tag) => {
    const value = tagValue(nodes, tag);
    return value === undefined ? [] : [{ tag, value }];
  });
  return encodeTlv(verdict);
}

/** The value of a tag, wherever it stands; the vendor's groups (FFEE01 and the like) are searched too. */
export function tagValue(nodes: readonly TlvNode[], tag: string): Uint8Array | undefined {
  const node = findTag(nodes, tag);
  return node !== undefined && 'value' in node ? node.value : undefined;
}
