const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const WHOLE = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Bytes of a standard base64 text with padding; `undefined` for anything else, white space and spare bits that are not
 * zero included, so that one byte string has one text.
 */
export function bytesOfBase64(text: string): Uint8Array | undefined {
  if (!WHOLE.test(text)) return undefined;
  const sextets = text.replace(/=+$/, '');
  const bytes = new Uint8Array(Math.floor((sextets.length * 6) / 8));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const character of sextets) {
    held = ((held << 6) | ALPHABET.indexOf(character)) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = held >> bits;
  }
  return (held & ((1 << bits) - 1)) === 0 ? bytes : undefined;
}

/** The one base64 text of these bytes. */
export function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
    const group = (first << 16) | (second << 8) | third;
    const characters = [18, 12, 6, 0].map((shift) => ALPHABET.charAt((group >> shift) & 0x3f)).join('');
    const missing = Math.max(0, at + 3 - bytes.length);
    text += characters.slice(0, 4 - missing) + '='.repeat(missing);
  }
  return text;
}
