/** What leaves for the acquirer and what may be believed of what comes back: MAC on the way out, every check on the way in. */
import { concatBytes, equalBytes, hex } from '../base/bytes.ts';
import { ProtocolError } from '../base/protocol-error.ts';
import { type Exchange, HalError } from '../hal/index.ts';
import { checkResponse, needsMac } from '../protocol/cup/messages.ts';
import { bytesField, type IsoMessage, packFrame, textField, unpackFrame } from '../protocol/iso8583/index.ts';
import { lacksKey } from '../rules/key-loss.ts';
import { responseCode } from '../rules/response-codes.ts';
import type { Services } from '../services.ts';

const MAC_FIELD = 64;
const MAC_BYTES = 8;

/** Encodes, adds field 64 where the message type has one, and puts address and header before it. */
export async function sealMessage({ ports, settings, codec }: Services, message: IsoMessage): Promise<Uint8Array> {
  const head = { tpdu: hex(settings.acquirer.tpdu), header: hex(settings.acquirer.header) };
  if (!needsMac(message.mti)) return packFrame(head, codec.encode(message));
  const fields = { ...message.fields, [MAC_FIELD]: new Uint8Array(MAC_BYTES) };
  // The MAC covers the bitmap with its own bit set and everything up to itself.
  const covered = codec.encode({ mti: message.mti, fields }).slice(0, -MAC_BYTES);
  const mac = await ports.keyStore.mac(settings.acquirer.macAlgorithm, covered);
  return packFrame(head, concatBytes(covered, mac));
}

export type CheckedReply =
  | { readonly kind: 'trusted'; readonly message: IsoMessage }
  /** It answers this request and refuses, but carries no MAC: many hosts send refusals so. Not to be relied on. */
  | { readonly kind: 'unsigned'; readonly message: IsoMessage }
  | { readonly kind: 'untrusted'; readonly why: 'mac' | 'mismatch' }
  | { readonly kind: 'notSent' }
  | { readonly kind: 'unknown' };

/**
 * Checks a reply before any field of it is used: it decodes, its MAC is right, and it answers this request. A missing MAC
 * is a wrong one, but for a refusal: that is `unsigned`, and the caller makes sure that nothing was charged after all,
 * because an approval that was changed on its way would otherwise end the sale and keep the money.
 */
export async function checkReply(services: Services, request: IsoMessage, exchange: Exchange): Promise<CheckedReply> {
  if (exchange.kind !== 'replied') return { kind: exchange.kind };
  let message: IsoMessage;
  let iso: Uint8Array;
  try {
    ({ iso } = unpackFrame(exchange.reply));
    message = services.codec.decode(iso);
  } catch (error) {
    if (error instanceof ProtocolError) return { kind: 'untrusted', why: 'mismatch' };
    throw error;
  }
  const matches = checkResponse(request, message) === 'matches';
  if (needsMac(request.mti) && message.fields[MAC_FIELD] === undefined) {
    const refuses = !responseCode(textField(message, 39) ?? '').action.startsWith('approve');
    const isShown = services.settings.acquirer.showsUnsignedRefusals;
    return isShown && matches && refuses ? { kind: 'unsigned', message } : { kind: 'untrusted', why: 'mac' };
  }
  if (needsMac(request.mti) && !(await macIsRight(services, message, iso))) return { kind: 'untrusted', why: 'mac' };
  if (!matches) return { kind: 'untrusted', why: 'mismatch' };
  return { kind: 'trusted', message };
}

/** `unsealed`: nothing left, or nobody could check the answer, because the device that makes the MAC is away or has no key. */
export type Asked = CheckedReply | { readonly kind: 'unsealed'; readonly lacksKey: boolean };

/** Seals a message that can wait, sends it and checks its answer. Rejects for the journal alone. */
export async function askHost(services: Services, request: IsoMessage): Promise<Asked> {
  const { ports, settings } = services;
  try {
    const frame = await sealMessage(services, request);
    const exchange = await ports.acquirer.exchange(frame, settings.acquirer.replyDeadlineMs);
    return await checkReply(services, request, exchange);
  } catch (error) {
    if (error instanceof HalError && error.device !== 'journal') return { kind: 'unsealed', lacksKey: lacksKey(error) };
    throw error;
  }
}

async function macIsRight({ ports, settings }: Services, message: IsoMessage, iso: Uint8Array): Promise<boolean> {
  const expected = await ports.keyStore.mac(settings.acquirer.macAlgorithm, iso.slice(0, -MAC_BYTES));
  return equalBytes(expected, bytesField(message, MAC_FIELD) ?? new Uint8Array(0));
}
