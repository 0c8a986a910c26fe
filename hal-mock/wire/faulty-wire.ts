import { concatBytes } from '../../firmware/base/bytes.ts';
import type { Clock, Random } from '../../firmware/hal/index.ts';
import type { WireEnd } from './wire-end.ts';

/** One thing that can happen to a frame on its way. A position counts from 0, or back from -1; chosen at random if left out. */
export type WireFault =
  /** One byte at a time. */
  | { readonly kind: 'dribble'; readonly gapMs: number }
  /** In pieces of random size with random gaps. */
  | { readonly kind: 'chunks'; readonly bytesMax: number; readonly gapMaxMs: number }
  /** Byte by byte at the speed of a line, 10 bits a byte. */
  | { readonly kind: 'pace'; readonly baudRate: number }
  | { readonly kind: 'noise'; readonly where: 'before' | 'inside' | 'after'; readonly bytes: Uint8Array }
  | { readonly kind: 'flipBit'; readonly at?: number; readonly bit?: number }
  | { readonly kind: 'setByte'; readonly at: number; readonly value: number }
  | { readonly kind: 'dropByte'; readonly at?: number }
  | { readonly kind: 'doubleByte'; readonly at?: number }
  /** Read at another speed than it was sent: so many other bytes, or a few less. */
  | { readonly kind: 'garble' }
  /** The line took only the first bytes of it; how many is chosen at random if left out. */
  | { readonly kind: 'cutShort'; readonly bytes?: number }
  /** Held back and sent in one piece with the next frames, after `holdMs` at the latest. */
  | { readonly kind: 'merge'; readonly frames: number; readonly holdMs: number }
  /** Sent a second time. */
  | { readonly kind: 'duplicate'; readonly afterMs: number }
  /** Never arrives. */
  | { readonly kind: 'lose' }
  /** Arrives late, and everything behind it too. */
  | { readonly kind: 'stall'; readonly forMs: number }
  /** Cut off after some bytes, then the plug is pulled; back after `replugAfterMs` if given. */
  | { readonly kind: 'truncate'; readonly afterBytes: number; readonly replugAfterMs?: number };

/** Which frames a fault hits: all, a range of numbers (the first frame is 1), or one in so many at random. */
export type FrameChoice = 'all' | { readonly from: number; readonly to: number } | { readonly oneIn: number };

/** One line of a fault script. Put corruptions before splits: a corruption joins the pieces again. */
export interface FaultStep {
  readonly direction: 'toHost' | 'toDevice';
  readonly frames: FrameChoice;
  readonly fault: WireFault;
}

export interface FaultyWireOptions {
  readonly clock: Clock;
  /** Seeded, so that a run can be repeated. */
  readonly random: Random;
  readonly plan: readonly FaultStep[];
}

/** A wire with a fault script. A frame is what one side writes in one call. */
export interface FaultyWire extends WireEnd {
  /** Replaces the script; frame numbers start at 1 again. */
  setPlan(plan: readonly FaultStep[]): void;
  /** Delivers at once what is held back or late, so that a stall does not outlast its script. */
  release(): void;
  /** How many faults took place, so that a test can assert that it tested something. */
  readonly faultCount: number;
}

/** Puts a fault script between an emulator and its wire. */
export function faultyWire(end: WireEnd, options: FaultyWireOptions): FaultyWire {
  const { clock, random } = options;
  let deliver: (bytes: Uint8Array) => void = () => undefined;
  const toHost = new FaultyDirection('toHost', (bytes) => end.write(bytes), end, clock, random);
  const toDevice = new FaultyDirection('toDevice', (bytes) => deliver(bytes), end, clock, random);
  const setPlan = (plan: readonly FaultStep[]): void => {
    toHost.setPlan(plan);
    toDevice.setPlan(plan);
  };
  setPlan(options.plan);
  end.onData((bytes) => toDevice.accept(bytes));
  return {
    setPlan,
    release: () => {
      toHost.release();
      toDevice.release();
    },
    get faultCount() {
      return toHost.faultCount + toDevice.faultCount;
    },
    onData: (listener) => {
      deliver = listener;
    },
    write: (bytes) => toHost.accept(bytes),
    unplug: () => {
      toHost.clear();
      toDevice.clear();
      end.unplug();
    },
    replug: () => end.replug(),
  };
}

/** Bytes to hand on after a wait, or the moment at which the plug is pulled. */
interface Piece {
  readonly bytes: Uint8Array;
  readonly delayMs: number;
  readonly pullPlug?: { readonly replugAfterMs: number | undefined };
}

type FaultOf<Kind extends WireFault['kind']> = Extract<WireFault, { kind: Kind }>;

/** Faults that change bytes rather than their timing. */
type Corruption = FaultOf<'noise' | 'flipBit' | 'setByte' | 'dropByte' | 'doubleByte' | 'garble' | 'cutShort'>;

/** Faults that cut a frame into pieces. */
type Split = FaultOf<'dribble' | 'chunks' | 'pace'>;

/** The next piece to cut off, and the wait before it. */
interface Cut {
  readonly size: number;
  readonly gapMs: number;
}

function isSplit(fault: WireFault): fault is Split {
  return fault.kind === 'dribble' || fault.kind === 'chunks' || fault.kind === 'pace';
}

/** Start bit, 8 data bits, stop bit. */
const BITS_PER_BYTE = 10;

class FaultyDirection {
  readonly #name: FaultStep['direction'];
  readonly #handOn: (bytes: Uint8Array) => void;
  readonly #end: WireEnd;
  readonly #clock: Clock;
  readonly #random: Random;
  #plan: readonly FaultStep[] = [];
  #frame = 0;
  #queue: (Piece & { readonly dueMs: number })[] = [];
  #lastDueMs = 0;
  #merging: { readonly frames: Uint8Array[] } | undefined;
  faultCount = 0;

  constructor(
    name: FaultStep['direction'],
    handOn: (bytes: Uint8Array) => void,
    end: WireEnd,
    clock: Clock,
    random: Random,
  ) {
    this.#name = name;
    this.#handOn = handOn;
    this.#end = end;
    this.#clock = clock;
    this.#random = random;
  }

  setPlan(plan: readonly FaultStep[]): void {
    this.#plan = plan.filter((step) => step.direction === this.#name);
    this.#frame = 0;
  }

  accept(frame: Uint8Array): void {
    this.#frame++;
    let pieces: readonly Piece[] = [{ bytes: new Uint8Array(frame), delayMs: 0 }];
    for (const { frames, fault } of this.#plan) {
      if (!this.#isChosen(frames)) continue;
      this.faultCount++;
      pieces = this.#distort(fault, pieces);
    }
    for (const piece of pieces) this.#enqueue(piece);
  }

  /** Forgets what is on its way. */
  clear(): void {
    this.#queue = [];
    this.#merging = undefined;
    this.#lastDueMs = 0;
  }

  /** Nothing is late any more. */
  release(): void {
    const { frames } = this.#merging ?? { frames: [] };
    this.#merging = undefined;
    for (const bytes of frames) this.#enqueue({ bytes, delayMs: 0 });
    const nowMs = this.#clock.monotonicMs();
    this.#lastDueMs = nowMs;
    this.#queue = this.#queue.map((piece) => ({ ...piece, dueMs: nowMs }));
    this.#pump();
  }

  #isChosen(frames: FrameChoice): boolean {
    if (frames === 'all') return true;
    if ('oneIn' in frames) return this.#random.below(frames.oneIn) === 0;
    return this.#frame >= frames.from && this.#frame <= frames.to;
  }

  #position(at: number | undefined, length: number): number {
    if (at === undefined) return length === 0 ? 0 : this.#random.below(length);
    return at < 0 ? length + at : at;
  }

  #distort(fault: WireFault, pieces: readonly Piece[]): readonly Piece[] {
    if (fault.kind === 'merge') return this.#merge(fault, joined(pieces));
    if (fault.kind === 'truncate') return truncated(joined(pieces), fault);
    if (fault.kind === 'lose') return [];
    if (fault.kind === 'stall') return [{ bytes: new Uint8Array(0), delayMs: fault.forMs }, ...pieces];
    if (fault.kind === 'duplicate') return [...pieces, ...delayed(pieces, fault.afterMs)];
    if (isSplit(fault)) return split(pieces, () => this.#cut(fault));
    return [{ bytes: this.#corrupt(fault, joined(pieces)), delayMs: pieces[0]?.delayMs ?? 0 }];
  }

  #cut(fault: Split): Cut {
    if (fault.kind === 'dribble') return { size: 1, gapMs: fault.gapMs };
    if (fault.kind === 'pace') return { size: 1, gapMs: (BITS_PER_BYTE * 1_000) / fault.baudRate };
    return { size: 1 + this.#random.below(fault.bytesMax), gapMs: this.#random.below(fault.gapMaxMs + 1) };
  }

  #corrupt(fault: Corruption, frame: Uint8Array): Uint8Array {
    if (fault.kind === 'noise') return this.#withNoise(fault, frame);
    if (fault.kind === 'cutShort') return frame.subarray(0, fault.bytes ?? this.#random.below(frame.length));
    if (fault.kind === 'garble') return this.#random.bytes(Math.max(1, frame.length - this.#random.below(3)));
    const at = this.#position(fault.at, frame.length);
    const byte = frame[at];
    if (byte === undefined) return frame;
    return concatBytes(frame.subarray(0, at), this.#corruptByte(fault, byte), frame.subarray(at + 1));
  }

  #corruptByte(fault: Exclude<Corruption, FaultOf<'noise' | 'garble' | 'cutShort'>>, byte: number): Uint8Array {
    if (fault.kind === 'setByte') return Uint8Array.of(fault.value);
    if (fault.kind === 'dropByte') return new Uint8Array(0);
    if (fault.kind === 'doubleByte') return Uint8Array.of(byte, byte);
    return Uint8Array.of(byte ^ (1 << (fault.bit ?? this.#random.below(8))));
  }

  #withNoise(fault: FaultOf<'noise'>, frame: Uint8Array): Uint8Array {
    if (fault.where === 'before') return concatBytes(fault.bytes, frame);
    if (fault.where === 'after') return concatBytes(frame, fault.bytes);
    const at = 1 + this.#random.below(Math.max(1, frame.length - 1));
    return concatBytes(frame.subarray(0, at), fault.bytes, frame.subarray(at));
  }

  #merge(fault: FaultOf<'merge'>, frame: Uint8Array): readonly Piece[] {
    const merging = this.#merging ?? this.#startMerging(fault.holdMs);
    merging.frames.push(frame);
    if (merging.frames.length < fault.frames) return [];
    this.#merging = undefined;
    return [{ bytes: concatBytes(...merging.frames), delayMs: 0 }];
  }

  #startMerging(holdMs: number): { readonly frames: Uint8Array[] } {
    const merging = { frames: [] as Uint8Array[] };
    this.#merging = merging;
    this.#clock.setTimeout(() => {
      if (this.#merging !== merging) return;
      this.#merging = undefined;
      this.#enqueue({ bytes: concatBytes(...merging.frames), delayMs: 0 });
    }, holdMs);
    return merging;
  }

  /** Nothing overtakes: a piece is due its delay after the piece before it. */
  #enqueue(piece: Piece): void {
    const nowMs = this.#clock.monotonicMs();
    this.#lastDueMs = Math.max(this.#lastDueMs, nowMs) + piece.delayMs;
    this.#queue.push({ ...piece, dueMs: this.#lastDueMs });
    if (this.#lastDueMs <= nowMs) this.#pump();
    else this.#clock.setTimeout(() => this.#pump(), this.#lastDueMs - nowMs);
  }

  #pump(): void {
    const nowMs = this.#clock.monotonicMs();
    for (let next = this.#queue[0]; next !== undefined && next.dueMs <= nowMs; next = this.#queue[0]) {
      this.#queue.shift();
      if (next.pullPlug !== undefined) this.#pullPlug(next.pullPlug.replugAfterMs);
      else if (next.bytes.length > 0) this.#handOn(next.bytes);
    }
    // A real timer may fire a fraction of a millisecond early; what is left then gets another one.
    const rest = this.#queue[0];
    if (rest !== undefined) this.#clock.setTimeout(() => this.#pump(), rest.dueMs - nowMs);
  }

  #pullPlug(replugAfterMs: number | undefined): void {
    this.clear();
    this.#end.unplug();
    if (replugAfterMs !== undefined) this.#clock.setTimeout(() => this.#end.replug(), replugAfterMs);
  }
}

function joined(pieces: readonly Piece[]): Uint8Array {
  return concatBytes(...pieces.map((piece) => piece.bytes));
}

/** Cuts into pieces whose size and gap `next` tells; the first keeps its own delay. */
function split(pieces: readonly Piece[], next: () => Cut): Piece[] {
  const cut: Piece[] = [];
  for (const piece of pieces) {
    for (let at = 0; at < piece.bytes.length;) {
      const { size, gapMs } = next();
      cut.push({ ...piece, bytes: piece.bytes.subarray(at, at + size), delayMs: at === 0 ? piece.delayMs : gapMs });
      at += size;
    }
  }
  return cut;
}

function delayed(pieces: readonly Piece[], delayMs: number): Piece[] {
  return pieces.map((piece, i) => (i === 0 ? { ...piece, delayMs } : piece));
}

function truncated(frame: Uint8Array, fault: FaultOf<'truncate'>): Piece[] {
  return [
    { bytes: frame.subarray(0, fault.afterBytes), delayMs: 0 },
    // The rest of a millisecond, so that the host sees the bytes before it sees the loss.
    { bytes: new Uint8Array(0), delayMs: 1, pullPlug: { replugAfterMs: fault.replugAfterMs } },
  ];
}
