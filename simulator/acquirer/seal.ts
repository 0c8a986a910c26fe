import { concatBytes } from '../../firmware/base/bytes.ts';
import {
  answerTpdu,
  bytesField,
  type Frame,
  type IsoCodec,
  type IsoMessage,
  type IsoValue,
  packFrame,
  textField,
} from '../../firmware/protocol/iso8583/index.ts';
import { type HostReply, withFlippedByte } from './host-state.ts';
import type { ReplySpoiling } from './outcomes.ts';

const MAC_BYTES = 8;

/**
 * Last digits in field 62 of an approval (CUP terminal rules A.12): amount n12, currency n3, fee taken once n12, points n12,
 * a flag, first fee n12.
 */
const FIRST_AMOUNT_END = 11;
const FIRST_FEE_END = 51;

/** The finished answer frame: spoiled where a test wants it, with its MAC, under the swapped address. */
export function sealReply(
  codec: IsoCodec,
  request: Frame,
  { message, session }: HostReply,
  spoilings: ReadonlySet<ReplySpoiling>,
): Uint8Array {
  const spoiled = spoiledMessage(message, spoilings);
  const head = { tpdu: answerTpdu(request.tpdu), header: withoutRequirement(request.header) };
  if (session === undefined || spoilings.has('noMac')) return packFrame(head, codec.encode(spoiled));
  const fields = { ...spoiled.fields, 64: new Uint8Array(MAC_BYTES) };
  const covered = codec.encode({ ...spoiled, fields }).subarray(0, -MAC_BYTES);
  const mac = session.mac(covered);
  return packFrame(head, concatBytes(covered, spoilings.has('wrongMac') ? withFlippedByte(mac, -1) : mac));
}

/** Changes that the MAC covers: the host itself answers wrongly. */
function spoiledMessage(message: IsoMessage, spoilings: ReadonlySet<ReplySpoiling>): IsoMessage {
  const fields: Record<number, IsoValue> = { ...message.fields };
  if (spoilings.has('wrongStan')) fields[11] = nextNumber(textField(message, 11) ?? '', 6);
  if (spoilings.has('wrongAmount') && fields[4] !== undefined) fields[4] = nextNumber(textField(message, 4) ?? '', 12);
  if (spoilings.has('wrongTerminal')) fields[41] = '99999999';
  const terms = bytesField(message, 62);
  // The last digit of the first amount: the periods no longer add up to what was charged.
  if (spoilings.has('wrongTerms') && terms !== undefined) fields[62] = withFlippedByte(terms, FIRST_AMOUNT_END);
  if (spoilings.has('wrongFee') && terms !== undefined) fields[62] = withFlippedByte(terms, FIRST_FEE_END);
  if (!spoilings.has('noTerms')) return { ...message, fields };
  const { 62: _, ...others } = fields;
  return { ...message, fields: others };
}

function nextNumber(digits: string, length: number): string {
  return ((Number(digits) + 1) % 10 ** length).toString().padStart(length, '0');
}

/** The terminal's header back, its processing requirement (sixth digit) 0: nothing to download. */
function withoutRequirement(header: Uint8Array): Uint8Array {
  return header.map((byte, at) => (at === 2 ? byte & 0xf0 : byte));
}
