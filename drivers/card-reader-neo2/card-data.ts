import { bytesOfLatin1, hexOf, latin1Of } from '../../firmware/base/bytes.ts';
import { ProtocolError } from '../../firmware/base/protocol-error.ts';
import type { CardData, CardholderVerification, CardVault, ChipDetails, VaultRef } from '../../firmware/hal/index.ts';
import { parseTrack2 } from '../../firmware/protocol/card/track.ts';
import { requestChipData, type TlvNode } from '../../firmware/protocol/tlv/index.ts';
import { type ResultData, tagValue } from './result-data.ts';
import { decodeSwipe } from './swipe/codec.ts';

/** Tag with the clear swipe block of the head. */
const SWIPE_TAG = 'DFEE23';

const PADDING_NIBBLE = 0x0f;
const SEPARATOR_NIBBLE = 0x0d;
/** `D` between card number and expiry. */
const SEPARATOR = 0x44;

/** Nibbles as ASCII, `D` for the separator, without the padding at the end. */
function digitsOf(packed: Uint8Array): Uint8Array {
  const nibbles = Uint8Array.from({ length: 2 * packed.length }, (_, i) => {
    const byte = packed[i >> 1] ?? 0;
    return i % 2 === 0 ? byte >> 4 : byte & 0x0f;
  });
  const end = nibbles.at(-1) === PADDING_NIBBLE ? nibbles.length - 1 : nibbles.length;
  const digits = nibbles.slice(0, end).map((nibble) => (nibble === SEPARATOR_NIBBLE ? SEPARATOR : 0x30 + nibble));
  nibbles.fill(0);
  return digits;
}

/** Seals bytes that this module made, and overwrites them. */
function seal(vault: CardVault, kind: VaultRef['kind'], own: Uint8Array): VaultRef {
  try {
    return vault.seal(kind, own);
  } finally {
    own.fill(0);
  }
}

/**
 * Track 2 of a swipe: from the block of the head, or from tag 57 for readers that are set to give it so.
 * `undefined` when the stripe could not be read. The track passes through strings, which nothing can overwrite.
 */
export function swipedCard(result: ResultData, vault: CardVault): CardData | undefined {
  const block = tagValue(result.nodes, SWIPE_TAG);
  const packed = tagValue(result.nodes, '57');
  const text = block === undefined ? packed && latin1Of(digitsOf(packed)) : decodeSwipe(block).track2;
  if (text === undefined) return undefined;
  const track = readableTrack2(text);
  if (track === undefined) return undefined;
  const panRef = seal(vault, 'pan', bytesOfLatin1(track.pan));
  return {
    interface: 'swipe',
    panRef,
    maskedPan: vault.describe(panRef),
    expiry: track.expiry,
    serviceCode: track.serviceCode,
    cardSequence: undefined,
    track2Ref: seal(vault, 'track2', bytesOfLatin1(track.bare)),
    chipDataRef: undefined,
    chip: undefined,
    verification: 'none',
  };
}

function readableTrack2(text: string): ReturnType<typeof parseTrack2> | undefined {
  try {
    return parseTrack2(text);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** Card data of a chip, inserted or held to the field. Throws `ProtocolError` when a tag is missing that a sale needs. */
export function chipCard(result: ResultData, vault: CardVault): CardData {
  const { nodes } = result;
  const chipData = requestChipData(result.tlv);
  const chip = chipDetails(nodes);
  const packedTrack = tagValue(nodes, '57');
  const track2 = packedTrack && digitsOf(packedTrack);
  const pan = digitsOf(tagValue(nodes, '5A') ?? required(nodes, '57'));
  const panEnd = pan.indexOf(SEPARATOR);
  // Nothing below throws: a reading that fails leaves no secret behind.
  const panRef = seal(vault, 'pan', panEnd === -1 ? pan : pan.slice(0, panEnd));
  pan.fill(0);
  const sequence = tagValue(nodes, '5F34');
  return {
    interface: result.interface,
    panRef,
    maskedPan: vault.describe(panRef),
    ...validityOf(nodes, track2),
    cardSequence: sequence === undefined ? undefined : hexOf(sequence).padStart(3, '0'),
    track2Ref: track2 && seal(vault, 'track2', track2),
    chipDataRef: seal(vault, 'chipData', chipData),
    chip,
    verification: verificationOf(nodes, result.interface === 'tap'),
  };
}

/** Expiry and service code stand behind the separator of the track; without a track, tag 5F24 has the expiry alone. */
function validityOf(
  nodes: readonly TlvNode[],
  track2: Uint8Array | undefined,
): Pick<CardData, 'expiry' | 'serviceCode'> {
  if (track2 === undefined) {
    const expiry = tagValue(nodes, '5F24');
    return { expiry: expiry && hexOf(expiry).slice(0, 4), serviceCode: undefined };
  }
  const separatorAt = track2.indexOf(SEPARATOR);
  const digits = latin1Of(track2.subarray(separatorAt + 1, separatorAt + 8));
  return { expiry: digits.slice(0, 4), serviceCode: digits.slice(4) };
}

function required(nodes: readonly TlvNode[], tag: string): Uint8Array {
  const value = tagValue(nodes, tag);
  if (value === undefined) throw new ProtocolError([tag], 'is missing');
  return value;
}

/** Bits 8–7 of tag 9F27. */
const CRYPTOGRAM_TYPES: Readonly<Record<number, ChipDetails['cryptogramType']>> = {
  0x00: 'aac',
  0x40: 'tc',
  0x80: 'arqc',
};

function chipDetails(nodes: readonly TlvNode[]): ChipDetails {
  const cryptogramType = CRYPTOGRAM_TYPES[(required(nodes, '9F27')[0] ?? 0) & 0xc0];
  if (cryptogramType === undefined) throw new ProtocolError(['9F27'], 'names no cryptogram');
  return {
    aid: hexOf(tagValue(nodes, '84') ?? required(nodes, '4F')),
    applicationLabel: latin1Of(tagValue(nodes, '50') ?? new Uint8Array()),
    cryptogram: hexOf(required(nodes, '9F26')),
    cryptogramType,
    tvr: hexOf(required(nodes, '95')),
    tsi: hexOf(tagValue(nodes, '9B') ?? new Uint8Array(2)),
    atc: hexOf(required(nodes, '9F36')),
  };
}

/** Low six bits of the first byte of tag 9F34 (EMV book 3, C3). */
const CVM_ONLINE_PIN = 0x02;
const CVM_ON_DEVICE = 0x01;
const CVM_SIGNATURE = 0x1e;
/** Tag 9F6C: online PIN asked for (byte 1), holder verified by the device itself (byte 2). */
const QUALIFIER_BIT = 0x80;

/**
 * What the kernel settled on. Card transaction qualifiers (9F6C) speak before 9F34, because UnionPay cards held to the
 * field report through them; code 01 at the field is how other schemes report a phone that verified its holder.
 */
function verificationOf(nodes: readonly TlvNode[], isTap: boolean): CardholderVerification {
  const qualifiers = isTap ? (tagValue(nodes, '9F6C') ?? new Uint8Array(2)) : new Uint8Array(2);
  if (((qualifiers[1] ?? 0) & QUALIFIER_BIT) !== 0) return 'onDevice';
  if (((qualifiers[0] ?? 0) & QUALIFIER_BIT) !== 0) return 'onlinePin';
  const method = (tagValue(nodes, '9F34')?.[0] ?? 0x1f) & 0x3f;
  if (method === CVM_ONLINE_PIN) return 'onlinePin';
  if (isTap && method === CVM_ON_DEVICE) return 'onDevice';
  return method === CVM_SIGNATURE ? 'signature' : 'none';
}
