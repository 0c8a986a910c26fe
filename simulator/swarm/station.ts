import { SimulatedDisk } from '../../hal-mock/disk.ts';
import { type JournalOpening, openWhole } from '../../hal-mock/journal-store.ts';
import { MockKeypad } from '../../hal-mock/keypad.ts';
import type { SeededRandom } from '../../hal-mock/random.ts';
import { streamOf } from './dice.ts';
import { customersOf } from './customers.ts';
import { profileOf } from './hosts.ts';
import { copyOf, judge } from './invariants.ts';
import { Life, type LifeHooks, type LifeOptions } from './life.ts';
import { pick } from './parameters.ts';
import type { SwarmCounter } from './parts.ts';
import type { SwarmRun } from './run.ts';
import { flipSomeBit, type Mending, rearrange } from './tampering.ts';
import { callName } from './wallets.ts';
import { type SwarmEvent, Witness } from './witness.ts';

/** Power comes back after so long; a killed process is started again by its supervisor sooner. */
const POWER_OFF_MS = 3_000;
const RESTART_MS = 500;
const PAUSE_MS = 10_000;
const TEAR_WITHIN_MS = 400;
const HOUR_MS = 3_600_000;
const JUMPS_MS = [1_000, HOUR_MS, 24 * HOUR_MS, 87_600 * HOUR_MS].flatMap((ms) => [ms, -ms]);

/** How a life ends: the page cache outlives a kill, and neither cache nor devices a power cut. */
export type Death = 'kill' | 'powerCut';

/** One terminal of a swarm in its shop, through all its lives. */
export class Station {
  readonly number: number;
  readonly terminalId: string;
  readonly counter: SwarmCounter;
  readonly keypad = new MockKeypad();
  readonly disk: SimulatedDisk;
  readonly random: SeededRandom;
  readonly witness: Witness;
  readonly customers;
  life: Life | undefined;
  screenId = '';
  wallOffsetMs = 0;
  pausedUntilMs = 0;
  onScreen: (event: Extract<SwarmEvent, { readonly kind: 'screen' }>) => void = () => undefined;
  readonly #run: SwarmRun;
  #mending: Mending | undefined;
  #isMarked = false;
  /** The power fails once more, before the next life has written anything. */
  #diesAgain = false;

  constructor(run: SwarmRun, number: number, counter: SwarmCounter) {
    const { parameters, clock, acquirer, wallets } = run;
    this.#run = run;
    this.number = number;
    this.terminalId = profileOf(number).terminalId;
    this.counter = counter;
    this.random = streamOf(parameters.seed, `station ${number}`);
    this.customers = customersOf(number);
    this.disk = new SimulatedDisk({ random: this.random, clock, syncMs: parameters.syncMs });
    this.witness = new Witness(this.terminalId, acquirer, wallets, parameters.sellsOffline);
    counter.pinPad.loadMasterKey(profileOf(number).masterKey);
  }

  /** Power on. */
  begin(): void {
    const { parts, parameters, sabotage, listener } = this.#run;
    const hooks = this.#hooks();
    const store = parts.openJournal(this.disk, parameters.segmentBytes);
    const devices = this.counter.openLife(hooks.clock);
    const options: LifeOptions = {
      hooks,
      parts: devices,
      keypad: this.keypad,
      random: this.random,
      settings: parts.settings(parameters, this.terminalId),
      journalStore: {
        open: async (take) => {
          const opening = await openWhole(store);
          for (const record of opening.records) take(record);
          this.sawOpening(opening);
          return opening.damage;
        },
        append: (record) => store.append(record),
      },
      sabotage,
      listener,
    };
    this.life = new Life(options);
    this.life.terminal.start();
  }

  /** The process ends at once and begins again after a while. */
  die(death: Death): void {
    const { life } = this;
    if (life === undefined) return;
    this.life = undefined;
    this.#run.trace(this, death);
    const ended = life.end();
    // Without the mark behind the last record, which a power cut or a stopped disk may cost, damage passes for a torn write.
    this.#isMarked = death === 'kill' && !this.disk.isHalted;
    if (death === 'powerCut') this.#unplug();
    if (death === 'powerCut') this.disk.powerCut();
    else this.disk.killProcess();
    this.#run.clock.setTimeout(
      () => void ended.then(() => this.#return()),
      death === 'powerCut' ? POWER_OFF_MS : RESTART_MS,
    );
  }

  /** The wall clock goes wrong, by a second or by ten years. */
  jump(): void {
    this.wallOffsetMs = pick(this.#run.dice.random('F45'), JUMPS_MS);
  }

  pause(): void {
    this.pausedUntilMs = this.#run.clock.monotonicMs() + PAUSE_MS;
  }

  /** Whether the terminal is idle and the durable records leave nothing open. */
  get isAtRest(): boolean {
    const { open, settlements } = this.witness.books;
    const isQuiet = open.size === 0 && settlements.answer === undefined && !this.#hasStored();
    return this.life?.terminal.statePath() === 'terminal.idle' && isQuiet;
  }

  #hasStored(): boolean {
    return [...this.witness.books.sales.values()].some(({ isStored }) => isStored);
  }

  /** A damaged journal is put right by the people who look into it. */
  mend(): void {
    const mending = this.#mending;
    this.#mending = undefined;
    mending?.();
  }

  get isTamperedWith(): boolean {
    return this.#mending !== undefined;
  }

  /** A journal was read from the disk. */
  sawOpening({ records, damage }: JournalOpening): void {
    const { acknowledged, inFlight } = this.witness;
    const isDamaged = damage !== undefined && damage.kind !== 'tornTail';
    if (damage !== undefined) this.#run.sometimes(`journal ${damage.kind}`);
    this.see({ kind: 'opened', records, acknowledged, inFlight, isDamaged, isTamperedWith: this.isTamperedWith });
    // What did no harm is not put right later, when something else may stand there.
    if (!isDamaged) this.#mending = undefined;
  }

  see(event: SwarmEvent): void {
    if (event.kind === 'walletRequest') this.#run.wallets.calledAhead(this.wallOffsetMs);
    this.#run.trace(this, describe(event));
    const violation = judge(event, this.witness);
    if (violation !== undefined) this.#run.violated(violation);
    this.witness.note(event);
    this.#run.counted(event);
    if (event.kind !== 'screen') return;
    this.screenId = event.screen.id;
    this.onScreen(event);
  }

  async #return(): Promise<void> {
    this.#plugIn();
    if (this.#isMarked) await this.#tamper();
    this.begin();
  }

  #unplug(): void {
    for (const device of this.#plugs()) device.unplug();
  }

  #plugIn(): void {
    for (const device of this.#plugs()) device.replug();
  }

  #plugs() {
    const { reader, pinPad, scanner, printer } = this.counter;
    return [reader, pinPad, scanner, printer];
  }

  async #tamper(): Promise<void> {
    const { dice } = this.#run;
    if (this.isTamperedWith) return;
    for (const [id, tamper] of [
      ['F40', flipSomeBit],
      ['F41', rearrange],
    ] as const) {
      if (!dice.wants(id)) continue;
      this.#mending = await tamper(this.disk, dice.random(id));
      if (this.#mending !== undefined) return dice.hit(id);
    }
  }

  #hooks(): LifeHooks {
    const { clock, dice } = this.#run;
    return {
      clock,
      wallOffsetMs: () => this.wallOffsetMs,
      pausedUntilMs: () => this.pausedUntilMs,
      see: (event) => this.see(event),
      diesNow: () => this.#diesNow(),
      diskStopped: () => {
        dice.hit('F37');
        this.die(this.random.chance(0.5) ? 'kill' : 'powerCut');
        this.#diesAgain = this.random.chance(0.3);
      },
      beforeAppend: (text) => this.#beforeAppend(text),
      beforePrint: (slip) => this.#beforePrint(slip),
      strikes: (id) => dice.strikes(id),
      answered: () => {
        if (dice.strikes('F45')) this.jump();
      },
      pullCardSoon: () => {
        clock.setTimeout(() => this.counter.reader.pull(), dice.random('F20').below(TEAR_WITHIN_MS));
      },
      restartNeeded: () => this.die('kill'),
    };
  }

  #diesNow(): boolean {
    const { dice } = this.#run;
    if (this.#diesAgain && !this.#run.isCalm) {
      this.#diesAgain = false;
      this.die('powerCut');
      return true;
    }
    if (!dice.strikes('F43')) return false;
    this.die(pick(dice.random('F43'), ['kill', 'powerCut']));
    return true;
  }

  #beforeAppend(text: string): void {
    const { dice } = this.#run;
    this.witness.inFlight.push(text);
    if (dice.isEnabled('F42')) dice.hit('F42');
    // Write, sync and the mark behind them, or the making of another segment before: the next operations of the disk.
    if (dice.wants('F37')) this.disk.haltAfter(dice.random('F37').below(6));
    if (dice.strikes('F38')) this.disk.failAfter(dice.random('F38').below(2), 'ENOSPC');
    if (dice.strikes('F39')) this.disk.failAfter(dice.random('F39').below(2), 'EIO');
  }

  /** Lets the printer fail, and notes afterwards whether anything of the copy came to paper. */
  #beforePrint(slip: string): () => void {
    const { printer } = this.counter;
    const { prints } = this.witness;
    const print = { isOnPaper: false };
    const copy = copyOf(slip);
    prints.set(copy, [...(prints.get(copy) ?? []), print]);
    const linesBefore = printer.paper.lineCount;
    this.#spoilPrint();
    return () => {
      print.isOnPaper = printer.paper.lineCount > linesBefore;
    };
  }

  #spoilPrint(): void {
    const { dice, clock } = this.#run;
    const { printer } = this.counter;
    const soon = (id: string, action: () => void): void => {
      if (dice.strikes(id)) clock.setTimeout(action, dice.random(id).below(300));
    };
    if (dice.strikes('F12')) printer.endPaperAfterLines(dice.random('F12').below(50));
    soon('F13', () => printer.openCover());
    soon('F14', () => printer.overheat(8_000));
    soon('F16', () => {
      printer.unplug();
      clock.setTimeout(() => printer.replug(), 1_500);
    });
  }
}

/** One line for the trace; it names what happened and keeps texts short. */
function describe(event: SwarmEvent): string {
  switch (event.kind) {
    case 'record':
      return `record ${event.text}`;
    case 'opened':
      return `opened ${event.records.length} records${event.isDamaged ? ', damaged' : ''}`;
    case 'cardRequest': {
      const { mti, fields } = event.message;
      return `request ${mti} stan ${String(fields[11])} fen ${String(fields[4])} 60 ${String(fields[60])}`;
    }
    case 'walletRequest':
      return `request ${event.call === undefined ? 'of no host' : callName(event.call)}`;
    case 'smsCodeTyped':
      return 'SMS code typed';
    case 'screen':
      return `screen ${event.screen.id} ${JSON.stringify(event.screen.params)}`;
    case 'pinAsked':
      return 'PIN asked';
    case 'chipAnswered':
      return `chip ${event.accepted ? 'accepts' : 'refuses'}${event.scriptRan ? ' after a script' : ''}`;
    case 'supervisorKnown':
      return `supervisor ${event.supervisor}`;
    case 'slip':
      return `slip ${copyOf(event.text)}${event.text.includes('重打印') ? ' reprint' : ''}`;
    case 'rest':
      return 'rest';
  }
}
