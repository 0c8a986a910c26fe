import { hex, hexOf, xorBytes } from '../../base/bytes.ts';
import { ProtocolError } from '../../base/protocol-error.ts';
import type { BlockCipher } from './block-cipher.ts';

/*
 * PIN blocks of ISO 9564-1 and UnionPay's SM4 form. The firmware never holds a clear PIN: these functions serve the
 * emulated PIN pads and the simulated host, which stand for the secure devices on both ends.
 *
 * Formats 0, 2, 3 and the SM4 form are given as the clear block, which the caller enciphers as a whole; format 4 mixes
 * PIN and card number between two encipherments and is given enciphered.
 */

/** Nibbles of fill that format 3 needs at most, for a PIN of 4 digits. */
export const ISO3_FILL_BYTES = 10;

/** Random bytes in the second half of a format 4 PIN field. */
export const ISO4_FILL_BYTES = 8;

/** ISO format 0: `0`, length, PIN, fill F; XOR the last 12 digits of the card number without its check digit. */
export function iso0PinBlock(pin: string, pan: string): Uint8Array {
  return xorBytes(pinField('0', pin, 'F', 16), panField(pan, 8));
}

/** PIN of a format 0 block. Throws `ProtocolError` for a wrong control nibble, length, digit or fill. */
export function pinOfIso0(block: Uint8Array, pan: string): string {
  return pinOfField(xorBytes(blockOf(block, 8), panField(pan, 8)), '0', /^F*$/);
}

/** ISO format 2, for chips that check the PIN themselves: no card number in it. */
export function iso2PinBlock(pin: string): Uint8Array {
  return pinField('2', pin, 'F', 16);
}

export function pinOfIso2(block: Uint8Array): string {
  return pinOfField(blockOf(block, 8), '2', /^F*$/);
}

/** ISO format 3: as format 0 with random fill A to F, so that one PIN gives many blocks. `fill`: 10 random bytes. */
export function iso3PinBlock(pin: string, pan: string, fill: Uint8Array): Uint8Array {
  const nibbles = Array.from(blockOf(fill, ISO3_FILL_BYTES, 'fill'), (byte) => 'ABCDEF'.charAt(byte % 6)).join('');
  return xorBytes(pinField('3', pin, nibbles, 16), panField(pan, 8));
}

export function pinOfIso3(block: Uint8Array, pan: string): string {
  return pinOfField(xorBytes(blockOf(block, 8), panField(pan, 8)), '3', /^[A-F]*$/);
}

/** ISO format 4, enciphered: PIN field under AES, XOR card number field, under AES again. `fill`: 8 random bytes. */
export function iso4PinBlock(pin: string, pan: string, fill: Uint8Array, cipher: BlockCipher): Uint8Array {
  const clear = new Uint8Array(16);
  clear.set(pinField('4', pin, 'A', 16));
  clear.set(blockOf(fill, ISO4_FILL_BYTES, 'fill'), 8);
  return cipher.encrypt(xorBytes(cipher.encrypt(clear), iso4PanField(pan)));
}

export function pinOfIso4(block: Uint8Array, pan: string, cipher: BlockCipher): string {
  const clear = cipher.decrypt(xorBytes(cipher.decrypt(blockOf(block, 16)), iso4PanField(pan)));
  return pinOfField(clear.subarray(0, 8), '4', /^A*$/);
}

/** UnionPay SM4 form: as format 0 in a block of 16 bytes, the card number's 12 digits at its end. */
export function sm4PinBlock(pin: string, pan: string): Uint8Array {
  return xorBytes(pinField('0', pin, 'F', 32), panField(pan, 16));
}

export function pinOfSm4(block: Uint8Array, pan: string): string {
  return pinOfField(xorBytes(blockOf(block, 16), panField(pan, 16)), '0', /^F*$/);
}

/** `fill` is one character for all places, or as many as can be needed. */
function pinField(control: string, pin: string, fill: string, nibbles: number): Uint8Array {
  if (!/^\d{4,12}$/.test(pin)) throw new ProtocolError(['pin'], 'must be 4 to 12 digits');
  const text = control + pin.length.toString(16) + pin;
  const missing = nibbles - text.length;
  return hex(text + (fill.length === 1 ? fill.repeat(missing) : fill.slice(0, missing)));
}

function pinOfField(field: Uint8Array, control: string, fill: RegExp): string {
  const text = hexOf(field);
  if (text.charAt(0) !== control) throw new ProtocolError(['pinBlock'], `control nibble is not ${control}`);
  const length = Number.parseInt(text.charAt(1), 16);
  if (length < 4 || length > 12) throw new ProtocolError(['pinBlock'], 'PIN length outside 4 to 12');
  const pin = text.slice(2, 2 + length);
  if (!/^\d+$/.test(pin)) throw new ProtocolError(['pinBlock'], 'PIN has a nibble that is no digit');
  if (!fill.test(text.slice(2 + length))) throw new ProtocolError(['pinBlock'], 'wrong fill');
  return pin;
}

function panField(pan: string, bytes: number): Uint8Array {
  const digits = checkedPan(pan).slice(0, -1).slice(-12);
  return hex(digits.padStart(bytes * 2, '0'));
}

/** Number of digits beyond 12, the whole card number, zeros; shorter numbers are zeros to the left up to 12. */
function iso4PanField(pan: string): Uint8Array {
  const digits = checkedPan(pan).padStart(12, '0');
  return hex(`${digits.length - 12}${digits}`.padEnd(32, '0'));
}

function checkedPan(pan: string): string {
  if (!/^\d{8,19}$/.test(pan)) throw new ProtocolError(['pan'], 'must be 8 to 19 digits');
  return pan;
}

function blockOf(bytes: Uint8Array, length: number, name = 'pinBlock'): Uint8Array {
  if (bytes.length !== length) throw new ProtocolError([name], `must be ${length} bytes`);
  return bytes;
}
