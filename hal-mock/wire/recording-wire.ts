import { hexOf } from '../../firmware/base/bytes.ts';
import type { Clock } from '../../firmware/hal/index.ts';
import type { WireEnd } from './wire-end.ts';

/** Bytes that crossed the wire in one piece. */
export interface Transmission {
  /** Monotonic milliseconds since recording began. */
  readonly atMs: number;
  readonly direction: 'toDevice' | 'toHost';
  readonly bytes: Uint8Array;
}

/** A wire that keeps a byte transcript. For emulators only: what it holds may contain test cards in clear. */
export interface RecordingWire extends WireEnd {
  readonly transmissions: readonly Transmission[];
  /** One line each, `+250 > 7E0007…` to the device and `<` to the host, for golden tests. */
  transcript(): string;
}

/** Records everything that passes `end`, faults of an inner {@link faultyWire} included. */
export function recordingWire(end: WireEnd, clock: Clock): RecordingWire {
  const transmissions: Transmission[] = [];
  const startMs = clock.monotonicMs();
  const record = (direction: Transmission['direction'], bytes: Uint8Array): void => {
    transmissions.push({ atMs: clock.monotonicMs() - startMs, direction, bytes: new Uint8Array(bytes) });
  };
  return {
    transmissions,
    transcript: () =>
      transmissions.map((t) => `+${t.atMs} ${t.direction === 'toDevice' ? '>' : '<'} ${hexOf(t.bytes)}`).join('\n'),
    onData: (listener) =>
      end.onData((bytes) => {
        record('toDevice', bytes);
        listener(bytes);
      }),
    write: (bytes) => {
      record('toHost', bytes);
      end.write(bytes);
    },
    unplug: () => end.unplug(),
    replug: () => end.replug(),
  };
}
