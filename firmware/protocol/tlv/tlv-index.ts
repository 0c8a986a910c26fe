import { byteAt } from '../../base/bytes.ts';
import { present } from '../../base/invariant.ts';
import { ProtocolError } from '../../base/protocol-error.ts';
import { textOfTag } from './tag-text.ts';

/** Deepest nesting that is followed. EMV data go about six deep; what goes far deeper wants the stack, not a reader. */
export const DEPTH_MAX = 16;
/** Bytes of a tag behind its first; `FFFF9C01` is still one. Longer tags exist nowhere in payments. */
export const TAG_NUMBER_BYTES_MAX = 3;
const LENGTH_BYTES_MAX = 4;

const CONSTRUCTED = 0x20;
const LONG_TAG = 0x1f;
const MORE = 0x80;

/** Numbers that an entry takes: tag, depth, start and end of the value, start of the tag. */
const ENTRY = 5;

/**
 * Where every tag of a BER-TLV text stands, in the order of the bytes, children behind their parents: offsets only, so
 * that looking for one tag costs no object per tag.
 */
export class TlvIndex {
  readonly bytes: Uint8Array;
  #entries: Uint32Array;
  #count = 0;

  /** `ProtocolError` unless the bytes are BER-TLV to the last one. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#entries = new Uint32Array(ENTRY * (8 + (bytes.length >> 2)));
    this.#scan();
  }

  /** Number of tags, nested ones included. */
  get count(): number {
    return this.#count;
  }

  tagAt(entry: number): number {
    return this.#numberAt(entry, 0);
  }

  /** 0 for the outermost tags. */
  depthAt(entry: number): number {
    return this.#numberAt(entry, 1);
  }

  /** Offset of the value's first byte. */
  startAt(entry: number): number {
    return this.#numberAt(entry, 2);
  }

  /** Offset behind the value's last byte. */
  endAt(entry: number): number {
    return this.#numberAt(entry, 3);
  }

  /** Offset of the tag's first byte. */
  tagStartAt(entry: number): number {
    return this.#numberAt(entry, 4);
  }

  /** Whether the value is a row of tags. */
  isConstructedAt(entry: number): boolean {
    return (byteAt(this.bytes, this.tagStartAt(entry)) & CONSTRUCTED) !== 0;
  }

  /** A view of the value; for a constructed tag the bytes of its children. */
  valueAt(entry: number): Uint8Array {
    return this.bytes.subarray(this.startAt(entry), this.endAt(entry));
  }

  /** A view of the first value under the tag at any depth, e.g. `find(0x9f26)`. */
  find(tag: number): Uint8Array | undefined {
    for (let entry = 0; entry < this.#count; entry++) {
      if (this.#entries[ENTRY * entry] === tag) return this.valueAt(entry);
    }
    return undefined;
  }

  #numberAt(entry: number, part: number): number {
    return present(this.#entries[ENTRY * entry + part], 'a tag is asked for by its entry');
  }

  #scan(): void {
    const reader = new TlvReader(this.bytes);
    while (reader.next()) {
      this.#add(reader);
      if (reader.isConstructed) reader.enter();
      else reader.skip();
    }
  }

  #add(reader: TlvReader): void {
    const at = ENTRY * this.#count++;
    if (at === this.#entries.length) this.#grow();
    this.#entries[at] = reader.tag;
    this.#entries[at + 1] = reader.depth;
    this.#entries[at + 2] = reader.at;
    this.#entries[at + 3] = reader.valueEnd;
    this.#entries[at + 4] = reader.tagStart;
  }

  #grow(): void {
    const larger = new Uint32Array(2 * this.#entries.length);
    larger.set(this.#entries);
    this.#entries = larger;
  }
}

/** Walks through the bytes; after `next` stands at the start of a value. */
class TlvReader {
  tag = 0;
  tagStart = 0;
  isConstructed = false;
  depth = 0;
  at = 0;
  valueEnd = 0;
  readonly #bytes: Uint8Array;
  readonly #parents: { readonly tag: number; readonly end: number }[] = [];
  /** Where the template around the cursor ends, or the bytes. */
  #end: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#end = bytes.length;
  }

  /** Reads the next tag and length, leaving the templates that end here; false at the end of the bytes. */
  next(): boolean {
    for (;;) {
      if (this.at === this.#end) {
        if (this.depth === 0) return false;
        this.#leave();
      } else if (this.#bytes[this.at] === 0) {
        this.at++;
      } else {
        this.tagStart = this.at;
        this.#readTag();
        this.#readLength();
        return true;
      }
    }
  }

  skip(): void {
    this.at = this.valueEnd;
  }

  enter(): void {
    if (this.depth === DEPTH_MAX) throw this.#error(`nests deeper than ${DEPTH_MAX}`);
    this.#parents.push({ tag: this.tag, end: this.#end });
    this.#end = this.valueEnd;
    this.depth++;
  }

  #leave(): void {
    this.#end = present(this.#parents.pop(), 'a template that ends was entered').end;
    this.depth--;
  }

  #readTag(): void {
    const first = byteAt(this.#bytes, this.at++);
    this.tag = first;
    this.isConstructed = (first & CONSTRUCTED) !== 0;
    if ((first & LONG_TAG) !== LONG_TAG) return;
    for (let i = 0; i < TAG_NUMBER_BYTES_MAX; i++) {
      if (this.at === this.#end) throw this.#error('ends inside the tag');
      const byte = byteAt(this.#bytes, this.at++);
      this.tag = ((this.tag << 8) | byte) >>> 0;
      if ((byte & MORE) === 0) return;
    }
    throw this.#error('has a tag of too many bytes');
  }

  #readLength(): void {
    if (this.at === this.#end) throw this.#error('ends before the length');
    let length = byteAt(this.#bytes, this.at++);
    if ((length & MORE) !== 0) length = this.#readLongLength(length & ~MORE);
    this.valueEnd = this.at + length;
    if (this.valueEnd > this.#end) throw this.#error('is longer than what is there');
  }

  #readLongLength(bytes: number): number {
    if (bytes === 0) throw this.#error('has an indefinite length');
    if (bytes > LENGTH_BYTES_MAX) throw this.#error('has a length of too many bytes');
    if (this.at + bytes > this.#end) throw this.#error('ends inside the length');
    let length = 0;
    for (let i = 0; i < bytes; i++) length = length * 256 + byteAt(this.#bytes, this.at++);
    return length;
  }

  #error(reason: string): ProtocolError {
    return new ProtocolError([...this.#parents.map((parent) => textOfTag(parent.tag)), textOfTag(this.tag)], reason);
  }
}

/** Finds every tag without taking the bytes apart. `ProtocolError` unless they are BER-TLV to the last one. */
export function indexTlv(bytes: Uint8Array): TlvIndex {
  return new TlvIndex(bytes);
}
