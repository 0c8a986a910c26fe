import { bytesOfHex, bytesOfLatin1, concatBytes, hexOf, latin1Of } from '../../firmware/base/bytes.ts';

/*
 * Frames of the KMY3501 family of PIN pads: `02`, the upper-case hex text of LN CODE DATA BCC, `03`. LN counts CODE and
 * DATA, BCC is the XOR of LN to DATA; CODE is a command on the way in and a status on the way out. Between frames the
 * pad reports keys as single bytes.
 */

/** Commands that the driver uses and the emulator knows. */
export const KMY_COMMAND = {
  version: 0x30,
  selfTest: 0x31,
  loadMasterKey: 0x32,
  loadWorkingKey: 0x33,
  setPan: 0x34,
  startPin: 0x35,
  encrypt: 0x36,
  decrypt: 0x37,
  mac: 0x41,
  readPinBlock: 0x42,
  activateKey: 0x43,
  keyboard: 0x45,
  setMode: 0x46,
} as const;

/** ST of an answer. The two warnings are successes that come with bad news. */
export const KMY_STATUS = {
  ok: 0x04,
  badParameter: 0x15,
  timedOut: 0x80,
  okMasterKeyLost: 0xa4,
  refusedMasterKeyLost: 0xb5,
  okBatteryLow: 0xc4,
  refusedBatteryLow: 0xd5,
  unknownCommand: 0xe0,
  /** One of F0 to F7, the faults that the self-test finds. */
  faultKeyLost: 0xf6,
} as const;

/** Keys as the pad reports them: a digit shows as a star and never as itself. */
export const KMY_KEY = { digit: 0x2a, clear: 0x08, cancel: 0x1b, enter: 0x0d, end: 0x00 } as const;

export type KmyKey = keyof typeof KMY_KEY;

/** First byte of `setMode`: what the second one sets. */
export const KMY_MODE = { masterKey: 0x00, workingKey: 0x01, mac: 0x06 } as const;

/** Second byte of `setMode` for the two key modes. */
export const KMY_CIPHER = { des: 0x20, tripleDes: 0x30 } as const;

/** Second byte of `setMode` for the MAC mode. */
export const KMY_MAC = { x99: 0x01, sam: 0x02, unionPay: 0x03 } as const;

/** Byte of `keyboard`. */
export const KMY_KEYBOARD = { close: 0x01, open: 0x02, openSilent: 0x03 } as const;

/** `mac` takes no more data than this in one command. */
export const KMY_MAC_DATA_MAX_BYTES = 100;

/** Card number digits in `setPan`: the rightmost ones without the check digit. */
export const KMY_PAN_DIGITS = 12;

/** One logical frame, command or answer. */
export interface KmyFrame {
  readonly code: number;
  readonly data: Uint8Array;
}

export type KmyItem =
  | { readonly kind: 'frame'; readonly frame: KmyFrame }
  /** Ended by 03, but hex, length or BCC are wrong. */
  | { readonly kind: 'damaged' }
  | { readonly kind: 'key'; readonly key: KmyKey };

const STX = 0x02;
const ETX = 0x03;
const EMPTY = new Uint8Array(0);

/** LN 255, its 255 bytes and BCC, as hex text. */
const FRAME_TEXT_MAX = 2 * 257;

const KEY_OF_BYTE: ReadonlyMap<number, KmyKey> = new Map(
  Object.entries(KMY_KEY).map(([key, byte]) => [byte, key as KmyKey]),
);

function bccOf(body: Uint8Array): number {
  return body.reduce((bcc, byte) => bcc ^ byte, 0);
}

/** The bytes of one frame on the wire. Throws `RangeError` for more data than LN can count. */
export function encodeKmyFrame(code: number, data: Uint8Array = EMPTY): Uint8Array {
  if (data.length > 254) throw new RangeError('a frame holds 254 bytes of data');
  const body = concatBytes(Uint8Array.of(1 + data.length, code), data);
  const text = hexOf(body) + hexOf(Uint8Array.of(bccOf(body)));
  return concatBytes(Uint8Array.of(STX), bytesOfLatin1(text), Uint8Array.of(ETX));
}

/**
 * Takes bytes in any chunks. Key bytes count wherever they stand, also between the bytes of a frame, which never
 * contains them. Any other byte outside a frame is noise; inside one it damages the frame. Holds at most one frame.
 */
export class KmyFrameReader {
  #text: number[] | undefined;

  push(bytes: Uint8Array): KmyItem[] {
    const items: KmyItem[] = [];
    for (const byte of bytes) {
      const item = this.#take(byte);
      if (item !== undefined) items.push(item);
    }
    return items;
  }

  /** Forgets a frame that is half there. */
  reset(): void {
    this.#text = undefined;
  }

  #take(byte: number): KmyItem | undefined {
    const key = KEY_OF_BYTE.get(byte);
    if (key !== undefined) return { kind: 'key', key };
    if (byte === STX) {
      this.#text = [];
      return undefined;
    }
    if (this.#text === undefined) return undefined;
    if (byte === ETX) return this.#finish(Uint8Array.from(this.#text));
    this.#text.push(byte);
    if (this.#text.length <= FRAME_TEXT_MAX) return undefined;
    this.#text = undefined;
    return { kind: 'damaged' };
  }

  #finish(text: Uint8Array): KmyItem {
    this.#text = undefined;
    const body = bytesOfHex(latin1Of(text));
    // The smallest frame is LN, CODE, BCC; a whole one with its BCC XORs to nothing.
    const [length, code] = body ?? EMPTY;
    if (body === undefined || code === undefined || body.length !== (length ?? 0) + 2 || bccOf(body) !== 0) {
      return { kind: 'damaged' };
    }
    return { kind: 'frame', frame: { code, data: body.slice(2, -1) } };
  }
}
