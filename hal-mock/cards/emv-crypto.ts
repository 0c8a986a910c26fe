/**
 * EMV cryptography as card and issuer share it (EMV book 2, annexes A1 and 8.1–9.2): neither side's policy is in here.
 * Keys are two-key triple DES, 16 bytes.
 */
import { createHash } from 'node:crypto';
import { concatBytes, hex, hexOf, xorBytes } from '../../firmware/base/bytes.ts';
import type { CipherFactory } from '../../firmware/protocol/crypto/block-cipher.ts';

/** How the PAN becomes the diversifier of the card key: rightmost 16 digits, or a SHA-1 digest for longer PANs. */
export type CardKeyOption = 'A' | 'B';

/** ISO 9797-1: method 1 fills with zeros, method 2 appends `80` first. */
export type MacPadding = 1 | 2;

const BLOCK_BYTES = 8;
const DIVERSIFIER_DIGITS = 16;

/** Every byte with odd parity, as DES keys are kept; the cipher ignores the bit. */
function withOddParity(key: Uint8Array): Uint8Array {
  return key.map((byte) => {
    let ones = 0;
    for (let bit = 1; bit < 8; bit++) ones += (byte >> bit) & 1;
    return (byte & 0xfe) | (ones % 2 === 0 ? 1 : 0);
  });
}

/** The first 16 decimal digits of a digest; when they do not suffice, letters A–F count as 0–5 (EMV book 2, A1.4.2). */
function decimalised(digest: string): string {
  const digits = digest.replace(/\D/g, '');
  const letters = digest.replace(/\d/g, '').replace(/[A-F]/g, (letter) => String(letter.charCodeAt(0) - 0x41));
  return (digits + letters).slice(0, DIVERSIFIER_DIGITS);
}

function diversifier(pan: string, sequence: string, option: CardKeyOption): Uint8Array {
  const digits = pan + sequence;
  if (option === 'A' || pan.length <= DIVERSIFIER_DIGITS) {
    return hex(digits.padStart(DIVERSIFIER_DIGITS, '0').slice(-DIVERSIFIER_DIGITS));
  }
  const packed = hex(digits.length % 2 === 0 ? digits : `0${digits}`);
  return hex(decimalised(createHash('sha1').update(packed).digest('hex').toUpperCase()));
}

/**
 * The key of one card from an issuer master key.
 *
 * @param sequence PAN sequence number, two digits; `00` when the card has none
 */
export function deriveCardKey(
  ciphers: CipherFactory,
  issuerMasterKey: Uint8Array,
  pan: string,
  sequence: string,
  option: CardKeyOption = 'A',
): Uint8Array {
  const left = diversifier(pan, sequence, option);
  const cipher = ciphers.des(issuerMasterKey);
  return withOddParity(cipher.encrypt(concatBytes(left, xorBytes(left, new Uint8Array(BLOCK_BYTES).fill(0xff)))));
}

/** EMV common session key: the diversifier twice, its third byte `F0` for the left half and `0F` for the right one. */
function deriveSessionKey(ciphers: CipherFactory, cardKey: Uint8Array, diversifier: Uint8Array): Uint8Array {
  const left = Uint8Array.from(diversifier);
  const right = Uint8Array.from(diversifier);
  left[2] = 0xf0;
  right[2] = 0x0f;
  return withOddParity(ciphers.des(cardKey).encrypt(concatBytes(left, right)));
}

/**
 * Session key for application cryptograms.
 *
 * @param atc tag 9F36, 2 bytes
 * @param unpredictableNumber tag 9F37 for schemes that mix it in; left out by EMV's own common session key
 */
export function deriveCryptogramKey(
  ciphers: CipherFactory,
  cardKey: Uint8Array,
  atc: Uint8Array,
  unpredictableNumber: Uint8Array = new Uint8Array(4),
): Uint8Array {
  return deriveSessionKey(ciphers, cardKey, concatBytes(atc, new Uint8Array(2), unpredictableNumber));
}

/** Session key for the MACs of issuer scripts: derived from the cryptogram of the transaction, not from the counter. */
export function deriveScriptKey(ciphers: CipherFactory, cardKey: Uint8Array, cryptogram: Uint8Array): Uint8Array {
  return deriveSessionKey(ciphers, cardKey, cryptogram);
}

function padded(data: Uint8Array, padding: MacPadding): Uint8Array {
  const marked = padding === 2 ? concatBytes(data, hex('80')) : data;
  const blocks = Math.max(1, Math.ceil(marked.length / BLOCK_BYTES));
  const whole = new Uint8Array(blocks * BLOCK_BYTES);
  whole.set(marked);
  return whole;
}

/** ISO 9797-1 MAC algorithm 3: single DES CBC with the left half, the last block with both halves. */
function retailMac(ciphers: CipherFactory, key: Uint8Array, data: Uint8Array, padding: MacPadding): Uint8Array {
  const left = ciphers.des(key.subarray(0, BLOCK_BYTES));
  const both = ciphers.des(key);
  const blocks = padded(data, padding);
  let chained = new Uint8Array(BLOCK_BYTES);
  for (let at = 0; at < blocks.length; at += BLOCK_BYTES) {
    const input = xorBytes(chained, blocks.subarray(at, at + BLOCK_BYTES));
    const isLast = at + BLOCK_BYTES === blocks.length;
    chained = Uint8Array.from((isLast ? both : left).encrypt(input));
  }
  return chained;
}

/** Application cryptogram (ARQC, TC, AAC), 8 bytes. UnionPay and EMV pad with method 2. */
export function applicationCryptogram(
  ciphers: CipherFactory,
  sessionKey: Uint8Array,
  data: Uint8Array,
  padding: MacPadding = 2,
): Uint8Array {
  return retailMac(ciphers, sessionKey, data, padding);
}

/** ARPC method 1: the cryptogram, its first two bytes XORed with the response code, enciphered once. 8 bytes. */
export function arpcMethod1(
  ciphers: CipherFactory,
  sessionKey: Uint8Array,
  cryptogram: Uint8Array,
  responseCode: Uint8Array,
): Uint8Array {
  const code = new Uint8Array(BLOCK_BYTES);
  code.set(responseCode.subarray(0, 2));
  return ciphers.des(sessionKey).encrypt(xorBytes(cryptogram, code));
}

/** ARPC method 2: 4 bytes of MAC over the cryptogram, the card status update and the issuer's own data. */
export function arpcMethod2(
  ciphers: CipherFactory,
  sessionKey: Uint8Array,
  cryptogram: Uint8Array,
  cardStatusUpdate: Uint8Array,
  issuerData: Uint8Array = new Uint8Array(),
): Uint8Array {
  return retailMac(ciphers, sessionKey, concatBytes(cryptogram, cardStatusUpdate, issuerData), 2).subarray(0, 4);
}

/** MAC of one issuer script command: header, ATC, cryptogram of the transaction, then the command's data. 8 bytes. */
export function scriptMac(
  ciphers: CipherFactory,
  scriptKey: Uint8Array,
  command: {
    readonly header: Uint8Array;
    readonly atc: Uint8Array;
    readonly cryptogram: Uint8Array;
    readonly data?: Uint8Array;
  },
): Uint8Array {
  const { header, atc, cryptogram, data = new Uint8Array() } = command;
  return retailMac(ciphers, scriptKey, concatBytes(header, atc, cryptogram, data), 2);
}

/**
 * Card verification value of track 2 (CVV, and iCVV with service code 999): three digits.
 *
 * @param expiry `YYMM`
 */
export function cardVerificationValue(
  ciphers: CipherFactory,
  verificationKey: Uint8Array,
  pan: string,
  expiry: string,
  serviceCode: string,
): string {
  const data = hex((pan + expiry + serviceCode).padEnd(32, '0'));
  const first = ciphers.des(verificationKey.subarray(0, BLOCK_BYTES)).encrypt(data.subarray(0, BLOCK_BYTES));
  const second = ciphers.des(verificationKey).encrypt(xorBytes(first, data.subarray(BLOCK_BYTES)));
  return decimalised(hexOf(second)).slice(0, 3);
}
