/**
 * ViVOtech2 frames of ID TECH NEO 2 readers (NEO 2 Interface Developer's Guide, 2019): pure bytes, no line, no time.
 *
 * Command `56 69 56 4F 74 65 63 68 32 00 | command | sub-command | length (2, high first) | data | CRC low, high`,
 * response with a status for the sub-command and the CRC **high byte first**. The CRC is CCITT-FALSE over all before it.
 */
import { bytesOfLatin1, concatBytes } from '../../firmware/base/bytes.ts';

/** Which way a frame travels: only the order of its CRC bytes tells. */
export type FrameDirection = 'command' | 'response';

/** One whole frame. `code` is the sub-command of a command, the status of a response. */
export interface Neo2Frame {
  readonly command: number;
  readonly code: number;
  readonly data: Uint8Array;
}

/** What a stretch of bytes turned out to be. `badCrc.swapped` says that the CRC is right in the other byte order. */
export type ParsedItem =
  | { readonly kind: 'frame'; readonly frame: Neo2Frame }
  | { readonly kind: 'badCrc'; readonly swapped: boolean }
  | { readonly kind: 'tooLong' };

/** Command and sub-command of what the driver uses. */
export const COMMANDS = {
  ping: [0x18, 0x01],
  pollMode: [0x01, 0x01],
  serialNumber: [0x12, 0x01],
  activate: [0x02, 0x40],
  cancel: [0x05, 0x01],
  stop: [0x05, 0x02],
  setBaudRate: [0x30, 0x01],
  cardAnswerToReset: [0x2c, 0x12],
  cardPowerOff: [0x2c, 0x18],
  applyHostResponse: [0x60, 0x12],
} as const satisfies Record<string, readonly [number, number]>;
export type CommandName = keyof typeof COMMANDS;

/** Status codes of a response. `accepted` announces a second frame; `userInterfaceEvent` comes before a result. */
export const STATUS = {
  ok: 0x00,
  unknownCommand: 0x02,
  unknownSubCommand: 0x03,
  badCrc: 0x04,
  badParameter: 0x05,
  malformed: 0x07,
  timeout: 0x08,
  failed: 0x0a,
  notAllowed: 0x0b,
  userInterfaceEvent: 0x0e,
  onlineRequested: 0x23,
  accepted: 0x63,
} as const;

/** Longest data that is taken; a length above it is noise. */
export const DATA_MAX_BYTES = 2048;

const TAG = bytesOfLatin1('ViVOtech2\0');
const HEADER_BYTES = TAG.length + 4;
const CRC_BYTES = 2;
const FRAME_MAX_BYTES = HEADER_BYTES + DATA_MAX_BYTES + CRC_BYTES;

/** CRC-16/CCITT-FALSE: polynomial 1021, initial value FFFF, nothing reflected. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021) & 0xffff;
  }
  return crc;
}

/** Bytes of one frame; more data than {@link DATA_MAX_BYTES} is our bug. */
export function encodeFrame(frame: Neo2Frame, direction: FrameDirection): Uint8Array {
  const { command, code, data } = frame;
  if (data.length > DATA_MAX_BYTES) throw new RangeError(`a frame carries at most ${DATA_MAX_BYTES} bytes`);
  const body = concatBytes(TAG, new Uint8Array([command, code, data.length >> 8, data.length & 0xff]), data);
  const crc = crc16(body);
  const [high, low] = [crc >> 8, crc & 0xff];
  const whole = concatBytes(body, new Uint8Array(direction === 'command' ? [low, high] : [high, low]));
  body.fill(0);
  return whole;
}

export function encodeCommand(name: CommandName, data: Uint8Array = new Uint8Array()): Uint8Array {
  const [command, code] = COMMANDS[name];
  return encodeFrame({ command, code, data }, 'command');
}

export function encodeResponse(command: number, status: number, data: Uint8Array = new Uint8Array()): Uint8Array {
  return encodeFrame({ command, code: status, data }, 'response');
}

/**
 * Finds frames in a stream of bytes in any chunks. Noise is skipped; after a frame that is none (wrong CRC, impossible
 * length) the search goes on right behind its tag, so that a good frame swallowed by a wrong length is still found.
 * Bytes that have been used are overwritten, because they can hold card data.
 */
export class Neo2Parser {
  readonly #direction: FrameDirection;
  readonly #buffer = new Uint8Array(FRAME_MAX_BYTES);
  #length = 0;

  constructor(direction: FrameDirection) {
    this.#direction = direction;
  }

  /** True while the beginning of a frame waits for its rest. */
  get pending(): boolean {
    return this.#length > 0;
  }

  push(chunk: Uint8Array): ParsedItem[] {
    const items: ParsedItem[] = [];
    for (let at = 0; at < chunk.length;) {
      const room = this.#buffer.subarray(this.#length);
      const taken = chunk.subarray(at, at + room.length);
      room.set(taken);
      this.#length += taken.length;
      at += taken.length;
      this.#drain(items);
    }
    return items;
  }

  /** The rest will not come any more: gives up the frame that waits, and finds what came after its tag. */
  abandon(): ParsedItem[] {
    const items: ParsedItem[] = [];
    while (this.#length > 0) {
      this.#discard(1);
      this.#drain(items);
    }
    return items;
  }

  /** Forgets everything, as after a reconnect. */
  reset(): void {
    this.#discard(this.#length);
  }

  #drain(items: ParsedItem[]): void {
    for (;;) {
      this.#discard(this.#tagAt());
      if (this.#length < HEADER_BYTES) return;
      const dataLength = (this.#byte(TAG.length + 2) << 8) | this.#byte(TAG.length + 3);
      if (dataLength > DATA_MAX_BYTES) {
        items.push({ kind: 'tooLong' });
        this.#discard(1);
        continue;
      }
      const bodyLength = HEADER_BYTES + dataLength;
      if (this.#length < bodyLength + CRC_BYTES) return;
      items.push(this.#take(bodyLength));
    }
  }

  #take(bodyLength: number): ParsedItem {
    const crc = crc16(this.#buffer.subarray(0, bodyLength));
    const [first, second] = [this.#byte(bodyLength), this.#byte(bodyLength + 1)];
    const [lowFirst, highFirst] = [(second << 8) | first, (first << 8) | second];
    const isCommand = this.#direction === 'command';
    if (crc !== (isCommand ? lowFirst : highFirst)) {
      this.#discard(1);
      return { kind: 'badCrc', swapped: crc === (isCommand ? highFirst : lowFirst) };
    }
    const [command, code] = [this.#byte(TAG.length), this.#byte(TAG.length + 1)];
    const data = this.#buffer.slice(HEADER_BYTES, bodyLength);
    this.#discard(bodyLength + CRC_BYTES);
    return { kind: 'frame', frame: { command, code, data } };
  }

  /** Where the next tag, or what may be the beginning of one, stands. */
  #tagAt(): number {
    for (let at = 0; at < this.#length; at++) {
      const compared = Math.min(TAG.length, this.#length - at);
      let matches = true;
      for (let i = 0; i < compared && matches; i++) matches = this.#byte(at + i) === TAG[i];
      if (matches) return at;
    }
    return this.#length;
  }

  #byte(at: number): number {
    return this.#buffer[at] ?? 0;
  }

  #discard(count: number): void {
    if (count === 0) return;
    this.#buffer.copyWithin(0, count, this.#length);
    this.#buffer.fill(0, this.#length - count, this.#length);
    this.#length -= count;
  }
}
