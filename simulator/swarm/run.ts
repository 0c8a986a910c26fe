import process from 'node:process';
import type { Ports } from '../../firmware/hal/index.ts';
import { FaultDice, streamOf } from './dice.ts';
import { Hands } from './hands.ts';
import { SwarmAcquirer } from './hosts.ts';
import { judge, type Violation } from './invariants.ts';
import type { LifeListener } from './life.ts';
import { beginMischief } from './mischief.ts';
import type { SwarmParameters } from './parameters.ts';
import type { SwarmParts } from './parts.ts';
import { Station } from './station.ts';
import { SwarmClock } from './swarm-clock.ts';
import { Trace } from './trace.ts';
import { SwarmWallets } from './wallets.ts';
import type { SwarmEvent } from './witness.ts';
import { openWhole } from '../../hal-mock/journal-store.ts';

export interface RunOptions {
  readonly parameters: SwarmParameters;
  readonly parts: SwarmParts;
  /** Sees every line of the trace. */
  readonly onTrace?: (line: string) => void;
  /** Breaks the terminals on purpose. */
  readonly sabotage?: (ports: Ports) => Ports;
  readonly listener?: LifeListener | undefined;
}

/** What became of one seed. */
export interface RunResult {
  readonly parameters: SwarmParameters;
  readonly violation: Violation | undefined;
  /** The last lines before the violation; of a good run, its last lines. */
  readonly trace: readonly string[];
  readonly traceHash: string;
  /** Sales that got as far as the journal. */
  readonly sales: number;
  readonly faultHits: Readonly<Record<string, number>>;
  /** Names of the hits, for replays with some of them. */
  readonly hits: readonly string[];
  readonly sometimes: Readonly<Record<string, number>>;
  readonly virtualMs: number;
  /** Of a run over days: the heap at the end of each, in MB, after a collection where the process allows one. */
  readonly heapMb: readonly number[];
}

/** I21: once faults stop, a terminal is idle with nothing open within this. */
const LIVENESS_MS = 120_000;
/** Longest that one visit may take with faults about, hosts being down for ten minutes among them. */
const VISIT_MS = 1_800_000;
const DAY_MS = 86_400_000;
const COUNTED_SCREENS: ReadonlySet<string> = new Set([
  'enterSmsCode',
  'faceCheck',
  'lateApproval',
  'numbersDiffer',
  'refundConfirmed',
  'voidReversed',
]);

/** One seed: terminals, hosts and people under one clock. Safety first, then liveness. */
export class SwarmRun {
  readonly parameters: SwarmParameters;
  readonly parts: SwarmParts;
  readonly sabotage: ((ports: Ports) => Ports) | undefined;
  readonly listener: LifeListener | undefined;
  readonly clock: SwarmClock;
  readonly dice: FaultDice;
  readonly acquirer: SwarmAcquirer;
  readonly wallets: SwarmWallets;
  readonly #trace: Trace;
  readonly #sometimes = new Map<string, number>();
  readonly #stations: Station[] = [];
  readonly #hands: Hands[] = [];
  readonly #heapMb: number[] = [];
  #violation: Violation | undefined;
  #sales = 0;
  #downUntilMs = 0;
  /** Faults are over. */
  isCalm = false;

  constructor({ parameters, parts, onTrace, sabotage, listener }: RunOptions) {
    const { seed, level, terminals } = parameters;
    this.parameters = parameters;
    this.parts = parts;
    this.sabotage = sabotage;
    this.listener = listener;
    this.clock = new SwarmClock(level === 'ports' ? 1 : 3);
    this.dice = new FaultDice(parameters);
    this.acquirer = new SwarmAcquirer(this.clock, streamOf(seed, 'acquirer'), terminals, this.dice);
    const { walletSignatures: signatures } = parts;
    const mindsClock = parameters.hostsMindClock;
    this.wallets = new SwarmWallets(this.clock, terminals, this.dice, { signatures, mindsClock });
    this.#trace = new Trace(onTrace);
  }

  get isOver(): boolean {
    return this.#violation !== undefined;
  }

  /** Notes the first violation, which ends the run. */
  violated(violation: Violation): void {
    this.#violation ??= violation;
  }

  trace(station: Station, text: string): void {
    if (this.isOver) return;
    const path = station.life?.terminal.statePath() ?? 'off';
    this.#trace.add(`${this.clock.monotonicMs()} ${station.terminalId} ${path}: ${text}`);
  }

  sometimes(what: string): void {
    this.#sometimes.set(what, (this.#sometimes.get(what) ?? 0) + 1);
  }

  counted(event: SwarmEvent): void {
    if (event.kind === 'slip' && event.text.includes('重打印')) this.sometimes('reprint');
    if (event.kind === 'screen' && COUNTED_SCREENS.has(event.screen.id)) this.sometimes(event.screen.id);
    if (event.kind !== 'record') return;
    const { record } = event;
    if (record.type === 'cardIntent' || record.type === 'walletIntent') this.#sales++;
    const detail = 'result' in record ? record.result : 'outcome' in record ? record.outcome : undefined;
    this.sometimes(detail === undefined ? record.type : `${record.type} ${detail}`);
    if (record.type !== 'cardIntent' && record.type !== 'walletIntent') return;
    if (record.plan !== undefined) this.sometimes(`instalment ${record.plan.method}`);
    if (record.type === 'cardIntent') return this.sometimes(`card by ${record.entry}`);
    const { wallet, host, presented } = record;
    this.sometimes(`order of ${wallet} by ${String(presented)} at ${String(host)}`);
  }

  /** Nobody reaches the hosts for so long. */
  hostsDown(forMs: number): void {
    this.#downUntilMs = Math.max(this.#downUntilMs, this.clock.monotonicMs() + forMs);
    this.#setDown(true);
    this.clock.setTimeout(() => {
      if (this.clock.monotonicMs() >= this.#downUntilMs) this.#setDown(false);
    }, forMs);
  }

  async play(): Promise<RunResult> {
    await this.#open();
    const shopping = (): boolean => this.isOver || this.#hands.every((hands) => hands.isDone);
    const { sales, days } = this.parameters;
    const withinMs = sales * VISIT_MS + 2 * days * DAY_MS;
    const isOver = await this.clock.runUntil(() => shopping() && (this.isOver || this.#areIdle()), withinMs);
    if (!isOver) this.#notAtRest('within the time of its sales');
    if (!this.isOver) await this.#calmDown();
    if (!this.isOver) await this.#audit();
    await this.#close();
    return this.#result();
  }

  /** A month must not leave more behind than a week. */
  #weighDaily(): void {
    this.clock.setTimeout(() => {
      globalThis.gc?.();
      this.#heapMb.push(Math.round(process.memoryUsage().heapUsed / 1e6));
      if (this.#heapMb.length < this.parameters.days) this.#weighDaily();
    }, DAY_MS);
  }

  async #open(): Promise<void> {
    if (this.parameters.days > 0) this.#weighDaily();
    const { clock, dice, acquirer, wallets, parameters } = this;
    for (let number = 0; number < parameters.terminals; number++) {
      const random = streamOf(parameters.seed, `counter ${number}`);
      const counter = await this.parts.openCounter({ clock, random, dice, acquirer, wallets });
      const station = new Station(this, number, counter);
      this.#stations.push(station);
      this.#hands.push(new Hands(this, station));
      station.begin();
      beginMischief(this, station);
    }
  }

  #areIdle(): boolean {
    return this.#stations.every(({ life }) => life?.terminal.statePath() === 'terminal.idle');
  }

  /** Faults stop, people help, and every terminal comes to rest. */
  async #calmDown(): Promise<void> {
    this.isCalm = true;
    this.dice.stop();
    this.#setDown(false);
    this.acquirer.faults.clear();
    this.wallets.clearFaults();
    // Hosts refuse a terminal whose clock is wrong; somebody sets it.
    for (const station of this.#stations) station.wallOffsetMs = 0;
    for (const hands of this.#hands) hands.help();
    const atRest = (): boolean => this.isOver || this.#stations.every((station) => station.isAtRest);
    if (!(await this.clock.runUntil(atRest, LIVENESS_MS))) this.#notAtRest('within 120 s after the faults');
    await this.#sellAgain(atRest);
    await this.clock.runUntil(() => this.isOver, LIVENESS_MS);
    if (!atRest()) this.#notAtRest('any more, though it was');
    for (const station of this.#stations) {
      const { life } = station;
      if (life !== undefined && !this.isOver) {
        station.see({ kind: 'rest', secrets: life.vault.count(), timers: this.#timersOfOne() });
      }
    }
  }

  /** A terminal that is at rest for ever is of no use. */
  async #sellAgain(atRest: () => boolean): Promise<void> {
    for (const hands of this.#hands) hands.beginLastSale();
    const haveSold = (): boolean => this.isOver || (atRest() && this.#hands.every((hands) => hands.hasSoldAgain));
    if (!(await this.clock.runUntil(haveSold, VISIT_MS))) this.#notAtRest('after one more sale');
  }

  #timersOfOne(): number {
    return Math.ceil(this.clock.pendingTimers / this.parameters.terminals);
  }

  #notAtRest(when: string): void {
    // One that is at rest and yet not done with its sales takes no keys any more.
    const station = this.#stations.find((each) => !each.isAtRest) ?? this.#stations[0];
    if (station === undefined) return;
    const path = station.life?.terminal.statePath() ?? 'off';
    const open = [...station.witness.books.open].join() || 'nothing';
    const detail = `in ${path} with ${open} open, not at rest ${when}`;
    this.violated({ invariant: 'I21', terminalId: station.terminalId, detail });
  }

  /** A last power cut: what the disks hold is all that counts. */
  async #audit(): Promise<void> {
    for (const station of this.#stations) {
      const { witness, disk } = station;
      const { life } = station;
      station.life = undefined;
      if (life !== undefined) await this.#while(life.end());
      station.mend();
      disk.powerCut();
      const store = this.parts.openJournal(disk, this.parameters.segmentBytes);
      station.sawOpening(await this.#while(openWhole(store)));
      const violation = judge({ kind: 'rest', secrets: 0, timers: 0 }, witness);
      if (violation !== undefined) this.violated(violation);
    }
  }

  async #close(): Promise<void> {
    for (const { life } of this.#stations) if (life !== undefined) await this.#while(life.end());
  }

  /** Moves time until the promise settles: disks and devices take theirs. */
  async #while<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settled = promise.finally(() => {
      isSettled = true;
    });
    settled.catch(() => undefined);
    await this.clock.runUntil(() => isSettled, LIVENESS_MS);
    return settled;
  }

  #setDown(isDown: boolean): void {
    this.acquirer.faults.down = isDown;
    this.wallets.setDown(isDown);
  }

  #result(): RunResult {
    return {
      parameters: this.parameters,
      violation: this.#violation,
      trace: this.#trace.last(),
      traceHash: this.#trace.digest(),
      sales: this.#sales,
      faultHits: this.dice.hits(),
      hits: this.dice.names(),
      sometimes: Object.fromEntries(this.#sometimes),
      virtualMs: this.clock.monotonicMs(),
      heapMb: this.#heapMb,
    };
  }
}

/** Plays one set of parameters. The same ones give the same trace hash. */
export function playSwarm(options: RunOptions): Promise<RunResult> {
  return new SwarmRun(options).play();
}
