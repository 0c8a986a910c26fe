import { type ChainPosition, HEADER_BYTES, isAcknowledgedBehind, readSlot } from './record.ts';

/** How the written part of a segment ends. */
export type SegmentEnding =
  /** Goes on here. `marked`: the last record is known to have been acknowledged. */
  | { readonly kind: 'open'; readonly marked: boolean }
  /** Goes on in the next segment. */
  | { readonly kind: 'sealed' }
  /** The write that was going on when the power failed. */
  | { readonly kind: 'torn' }
  /** A record that was acknowledged does not check. */
  | { readonly kind: 'corrupt' };

export interface SegmentReading {
  readonly payloads: readonly Uint8Array[];
  /** Where the last good record starts; undefined without one. */
  readonly lastAt: number | undefined;
  /** Behind the last good record. */
  readonly end: number;
  readonly chain: ChainPosition;
  readonly ending: SegmentEnding;
}

/** Reads a segment whose header was checked, from the chain position that the header states. */
export function readSegment(bytes: Uint8Array, before: ChainPosition): SegmentReading {
  const payloads: Uint8Array[] = [];
  let chain = before;
  let lastAt: number | undefined;
  let at = HEADER_BYTES;
  for (;;) {
    const slot = readSlot(bytes, at, chain);
    if (slot.kind !== 'record') return { payloads, lastAt, end: at, chain, ending: endingOf(slot, bytes, at, chain) };
    payloads.push(slot.payload);
    chain = slot.after;
    lastAt = at;
    at = slot.end;
  }
}

function endingOf(
  slot: Exclude<ReturnType<typeof readSlot>, { readonly kind: 'record' }>,
  bytes: Uint8Array,
  at: number,
  chain: ChainPosition,
): SegmentEnding {
  if (slot.kind === 'blank') return { kind: 'open', marked: slot.marked };
  if (slot.kind === 'seal') return { kind: 'sealed' };
  return { kind: isAcknowledgedBehind(bytes, at, chain.sequence + 1) ? 'corrupt' : 'torn' };
}
