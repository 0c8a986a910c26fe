import type { Clock } from '../../firmware/hal/index.ts';
import { traceText } from '../../visualizer/model/trace-file.ts';
import {
  type Act,
  TRACE_FORMAT,
  TRACE_VERSION,
  type TraceEntry,
  type TraceEvent,
  type TraceHeader,
} from '../../visualizer/model/trace.ts';

export interface RecorderOptions {
  /** The terminal's: its monotonic time is that of the trace. */
  readonly clock: Clock;
  readonly title: string;
  readonly language: TraceHeader['language'];
  /** As a scenario file writes it, where a scenario starts alike. */
  readonly given?: Readonly<Record<string, unknown>>;
  /** `false` for whoever writes events down as they come: {@link TraceRecorder.events} then stays empty. */
  readonly keepsEvents?: boolean;
}

export type ActLane = Extract<TraceEvent, { kind: 'act' }>['lane'];

/**
 * Collects what the taps of a world or of a device tell, numbers it and stamps it. It filters nothing: taps build events
 * from names and masks alone.
 */
export class TraceRecorder {
  readonly header: TraceHeader;
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #keepsEvents: boolean;
  #count = 0;
  readonly #events: TraceEvent[] = [];
  readonly #listeners = new Set<(event: TraceEvent) => void>();

  constructor({ clock, title, language, given, keepsEvents = true }: RecorderOptions) {
    this.#keepsEvents = keepsEvents;
    this.#clock = clock;
    this.#startMs = clock.monotonicMs();
    this.header = {
      format: TRACE_FORMAT,
      version: TRACE_VERSION,
      title,
      startedAtMs: Math.round(clock.wallMs()),
      language,
      ...(given === undefined ? {} : { given }),
    };
  }

  get events(): readonly TraceEvent[] {
    return this.#events;
  }

  add(entry: TraceEntry): void {
    const atMs = Math.floor(this.#clock.monotonicMs() - this.#startMs);
    const event: TraceEvent = { seq: this.#count++, atMs, ...entry };
    if (this.#keepsEvents) this.#events.push(event);
    for (const listener of this.#listeners) listener(event);
  }

  /** For whoever performs a step of a scenario, at the moment in which the hand moves. */
  act(lane: ActLane, act: Act): void {
    this.add({ kind: 'act', lane, act });
  }

  /** Calls for every event from now on; returns what ends it. */
  onEvent(listener: (event: TraceEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The trace file so far. */
  text(): string {
    return traceText({ header: this.header, events: this.#events });
  }
}
