/** One terminal that somebody plays with at the page: its world, its trace, and how it stands. */
import type { ChartModel } from '../../visualizer/model/chart.ts';
import type { Coverage } from '../../visualizer/model/coverage.ts';
import type { Act, DeviceId, TraceEvent } from '../../visualizer/model/trace.ts';
import type { Now } from '../../visualizer/model/page-protocol.ts';
import { PacedClock, type TimerSource } from '../../hal-mock/paced-clock.ts';
import { parseStep, type ScenarioStep } from '../../simulator/scenario/format.ts';
import { Hands } from '../../simulator/scenario/hands.ts';
import { StepFailure } from '../../simulator/scenario/step-failure.ts';
import type { World, WorldTime } from '../../simulator/scenario/world.ts';
import { CoverageCollector } from '../coverage/collector.ts';
import { TraceRecorder } from '../trace/recorder.ts';
import { realTime } from '../world/time.ts';
import { createWorld, type WorldOptions } from '../world/world.ts';
import { nowOf } from './now.ts';

/** How often the state of things is looked at when nothing happens: a phone that waits, a fault that is used up. */
const LOOK_EVERY_MS = 100;

export interface SessionMessage {
  readonly events?: readonly TraceEvent[];
  readonly now?: Now;
}

export type SessionOptions = Omit<WorldOptions, 'clock' | 'record'>;

export class Session {
  readonly recorder: TraceRecorder;
  readonly clock: PacedClock;
  readonly #source: TimerSource;
  readonly #world: World;
  readonly #hands: Hands;
  readonly #unplugged = new Set<DeviceId>();
  readonly #listeners = new Set<(message: SessionMessage) => void>();
  #lastNow = '';
  #isLookDue = false;
  #lookTimer: unknown;

  private constructor(world: World, recorder: TraceRecorder, clock: PacedClock, source: TimerSource) {
    this.recorder = recorder;
    this.clock = clock;
    this.#source = source;
    this.#world = world;
    this.#hands = new Hands(atOnce(world, clock), (lane, act) => recorder.act(lane, act));
    recorder.onEvent((event) => {
      this.#tell({ events: [event] });
      this.#lookSoon();
    });
    this.#lookAgain();
  }

  static async open(options: SessionOptions, source: TimerSource, wallMs: number): Promise<Session> {
    const clock = new PacedClock(source, wallMs);
    const recorder = new TraceRecorder({ clock, title: 'npm start', language: options.settings.language });
    const world = await createWorld({ ...options, clock, record: recorder });
    return new Session(world, recorder, clock, source);
  }

  /** Calls with what happens and how things stand from now on; returns what ends it. */
  listen(listener: (message: SessionMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  now(): Now {
    return nowOf(this.#world, this.clock, this.#unplugged);
  }

  /** Throws `ScenarioError` for what is no step, `StepFailure` for one that cannot be done now. */
  async act(step: Act): Promise<void> {
    const checked = parseStep(step);
    if ('expect' in checked || 'wait' in checked) throw new StepFailure('hands neither expect nor wait');
    if ('customer' in checked && usesPinPad(checked.customer) && !this.#world.pinPad.prompting) {
      throw new StepFailure('the PIN pad does not ask for a PIN');
    }
    this.#notePlugs(checked);
    await this.#hands.carryOut(checked);
    this.#lookSoon();
  }

  /** What of the charts and of the faults this session has tried so far. */
  coverage(model: ChartModel): Coverage {
    const collector = new CoverageCollector(model, 'npm start');
    let count = collector.stepCounter();
    for (const event of this.recorder.events) {
      // Another life has other actors.
      if (event.kind === 'life') count = collector.stepCounter();
      if (event.kind === 'step')
        count(event.step.kind === 'begins' ? { parent: undefined, ...event.step } : event.step);
      if (event.kind === 'act') collector.act(event.act);
    }
    return collector.coverage();
  }

  /** The paper that hangs out of the printer; `undefined` for none. */
  paperPng(): Uint8Array | undefined {
    const { paper } = this.#world.printer;
    return paper.bitmap().heightDots === 0 ? undefined : paper.toPng();
  }

  setSpeed(speed: number): void {
    this.clock.setSpeed(speed);
    this.#lookSoon();
  }

  async leap(ms: number): Promise<void> {
    await this.clock.leap(ms);
    this.#lookSoon();
  }

  async close(): Promise<void> {
    this.#source.clearTimeout(this.#lookTimer);
    this.#listeners.clear();
    await this.#world.close();
  }

  #notePlugs(step: ScenarioStep): void {
    if (!('device' in step)) return;
    const { unplug, replug } = step.device;
    if (unplug !== undefined) this.#unplugged.add(unplug);
    if (replug !== undefined) this.#unplugged.delete(replug);
  }

  #tell(message: SessionMessage): void {
    for (const listener of this.#listeners) listener(message);
  }

  /** Once after everything that happens in the same turn. */
  #lookSoon(): void {
    if (this.#isLookDue) return;
    this.#isLookDue = true;
    setImmediate(() => {
      this.#isLookDue = false;
      this.#look();
    });
  }

  #lookAgain(): void {
    this.#lookTimer = this.#source.setTimeout(() => {
      this.#look();
      this.#lookAgain();
    }, LOOK_EVERY_MS);
  }

  #look(): void {
    if (this.#listeners.size === 0) return;
    const now = this.now();
    // Time passes always; it is told with what else has changed, and the page counts on by itself.
    const text = JSON.stringify({ ...now, wallMs: 0 });
    if (text === this.#lastNow) return;
    this.#lastNow = text;
    this.#tell({ now });
  }
}

type CustomerStep = Extract<ScenarioStep, { customer: unknown }>['customer'];

function usesPinPad({ type, pin, press }: CustomerStep): boolean {
  return type !== undefined || pin !== undefined || press !== undefined;
}

/** A person at the page is the pause; only what waits for the terminal itself takes time. */
function atOnce(world: World, clock: PacedClock): World {
  const time = realTime(clock);
  const advance: WorldTime['advance'] = () => new Promise((resolve) => setImmediate(resolve));
  return {
    ...world,
    time: { isVirtual: false, advance, until: (condition, withinMs) => time.until(condition, withinMs) },
  };
}
