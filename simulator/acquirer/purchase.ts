import { bytesOfHex, hexOf } from '../../firmware/base/bytes.ts';
import { ProtocolError } from '../../firmware/base/protocol-error.ts';
import { pinOfIso0, pinOfSm4 } from '../../firmware/protocol/crypto/pin-block.ts';
import { decryptTrack } from '../../firmware/protocol/crypto/track-cipher.ts';
import { type CardInstallment, parseInstallmentRequest } from '../../firmware/protocol/cup/messages.ts';
import { decodeTlv59, TAG_59 } from '../../firmware/protocol/cup/tlv59.ts';
import { bytesField, type IsoMessage, textField } from '../../firmware/protocol/iso8583/index.ts';
import type { KeyStoreSession } from './host-keys.ts';

/** `unreadable`: the block deciphers to nothing that is a PIN, as under a wrong key. */
export type PurchasePin = 'none' | 'unreadable' | { readonly digits: string };

/** What a sale request says once its ciphers are opened. Simulated cards only: this is clear card data. */
export interface Purchase {
  readonly amountFen: number;
  readonly pan: string;
  /** `YYMM`, from field 14 or the track. */
  readonly expiry: string | undefined;
  readonly track2: string | undefined;
  readonly entry: 'swipe' | 'chip' | 'tap';
  /** Sub-field 60.5 is 2: the chip was tried and did not work. */
  readonly isFallback: boolean;
  /** Two digits, tag 5F34. */
  readonly sequence: string;
  readonly pin: PurchasePin;
  readonly chipData: Uint8Array | undefined;
  readonly installment: CardInstallment | undefined;
}

const REQUIRED_FIELDS = [3, 4, 11, 22, 25, 41, 42, 49, 60] as const;

/** Currency of field 49: the host serves renminbi only. */
const CNY = '156';

/** First two digits of field 22 (CUP terminal rules A.4). */
const ENTRIES: Readonly<Record<string, Purchase['entry']>> = { '02': 'swipe', '05': 'chip', '07': 'tap' };

/** Second digit of field 53 for each family of working keys; SM4 is 4 or, with some acquirers, 3. */
const CIPHER_DIGITS = { '001': ['0'], '003': ['6'], '004': ['6'], '006': ['4', '3'] } as const;

/** Reads a sale request. Throws `ProtocolError` when fields are missing or contradict each other: a format error. */
export function purchaseOf(request: IsoMessage, session: KeyStoreSession): Purchase {
  for (const field of REQUIRED_FIELDS) if (request.fields[field] === undefined) refuse(String(field), 'missing');
  if (textField(request, 49) !== CNY) refuse('49', 'currency not served');
  const entry = ENTRIES[textField(request, 22)?.slice(0, 2) ?? ''] ?? refuse('22', 'entry mode not served');
  const chipData = bytesField(request, 55);
  if ((entry === 'swipe') !== (chipData === undefined)) refuse('55', 'does not fit the entry mode');
  checkSecurityControl(request, session);
  const track2 = clearTrack(request, session);
  const pan = panOf(request, track2);
  return {
    amountFen: Number(textField(request, 4)),
    pan,
    expiry: textField(request, 14) ?? track2?.split('D')[1]?.slice(0, 4),
    track2,
    entry,
    isFallback: textField(request, 60)?.charAt(12) === '2',
    sequence: (textField(request, 23) ?? '000').slice(-2),
    pin: pinOf(request, session, pan),
    chipData,
    installment: textField(request, 25) === '64' ? installmentOf(request) : undefined,
  };
}

/** The card of a void or refund: its number where it was presented, and its PIN. */
export interface Presented {
  readonly pan: string | undefined;
  readonly pin: PurchasePin;
}

/** Entry modes of voids and refunds: a card that is not presented as its sale had it, or by hand. */
const RETURN_ENTRIES: ReadonlySet<string> = new Set(['01', '02', '03', '05', '07']);

/** Reads the card of a void or refund, which has no chip data. Throws `ProtocolError` for a format error. */
export function presentedCardOf(request: IsoMessage, session: KeyStoreSession): Presented {
  for (const field of REQUIRED_FIELDS) if (request.fields[field] === undefined) refuse(String(field), 'missing');
  if (textField(request, 49) !== CNY) refuse('49', 'currency not served');
  if (!RETURN_ENTRIES.has(textField(request, 22)?.slice(0, 2) ?? '')) refuse('22', 'entry mode not served');
  if (textField(request, 25) === '64' && request.fields[62] !== undefined) installmentOf(request);
  checkSecurityControl(request, session);
  const track2 = clearTrack(request, session);
  const isPresented = track2 !== undefined || request.fields[2] !== undefined;
  if (!isPresented && request.fields[52] !== undefined) refuse('52', 'the PIN of no card');
  if (!isPresented) return { pan: undefined, pin: 'none' };
  const pan = panOf(request, track2);
  return { pan, pin: pinOf(request, session, pan) };
}

function refuse(field: string, reason: string): never {
  throw new ProtocolError([field], reason);
}

/** Field 53 must say what the message really carries, in the ciphers that the terminal signed on for. */
function checkSecurityControl(request: IsoMessage, session: KeyStoreSession): void {
  const hasPin = request.fields[52] !== undefined;
  const control = textField(request, 53);
  if (control === undefined) {
    if (hasPin) refuse('53', 'missing');
    return;
  }
  const digits: readonly string[] = CIPHER_DIGITS[session.scheme];
  if (!digits.includes(control.charAt(1))) refuse('53', 'another cipher than signed on for');
  if ((control.charAt(0) === '2') !== hasPin) refuse('53', 'does not tell the truth about the PIN');
}

function clearTrack(request: IsoMessage, session: KeyStoreSession): string | undefined {
  const track = textField(request, 35);
  if (track === undefined || textField(request, 53)?.charAt(2) !== '1') return track;
  const cipher = session.trackCipher ?? refuse('53', 'no track key was signed on for');
  return decryptTrack(track, cipher);
}

function panOf(request: IsoMessage, track2: string | undefined): string {
  const pan = textField(request, 2);
  const trackPan = track2?.split('D')[0];
  if (pan !== undefined && trackPan !== undefined && pan !== trackPan) refuse('35', 'not the card of field 2');
  const found = pan ?? trackPan ?? '';
  return /^\d{8,19}$/.test(found) ? found : refuse('2', 'no card number');
}

function pinOf(request: IsoMessage, session: KeyStoreSession, pan: string): PurchasePin {
  const block = session.cipher === 'sm4' ? sm4Block(request) : bytesField(request, 52);
  if (block === undefined) return 'none';
  try {
    const clear = session.pinCipher.decrypt(block);
    return { digits: session.cipher === 'sm4' ? pinOfSm4(clear, pan) : pinOfIso0(clear, pan) };
  } catch (error) {
    if (error instanceof ProtocolError) return 'unreadable';
    throw error;
  }
}

/** Field 52 has no room for 16 bytes: it holds zeros, and the block stands in field 59, tag A1, in hex. */
function sm4Block(request: IsoMessage): Uint8Array | undefined {
  const placeholder = bytesField(request, 52);
  if (placeholder === undefined) return undefined;
  if (hexOf(placeholder) !== '0'.repeat(16)) refuse('52', 'SM4 PIN blocks travel in field 59');
  const element = decodeTlv59(textField(request, 59) ?? '').find(({ tag }) => tag === TAG_59.sm4PinBlock);
  const block = bytesOfHex(element?.value ?? '');
  return block?.length === 16 ? block : refuse('59', 'no SM4 PIN block');
}

function installmentOf(request: IsoMessage): CardInstallment {
  return parseInstallmentRequest(bytesField(request, 62) ?? new Uint8Array());
}
