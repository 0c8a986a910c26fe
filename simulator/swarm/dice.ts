import { SeededRandom } from '../../hal-mock/random.ts';
import { type FaultSwitch, FAULTS } from './faults.ts';
import type { SwarmParameters } from './parameters.ts';

/** Spreads seeds of neighbouring streams over the generator's whole range (golden ratio, Knuth's multiplicative hash). */
export function streamOf(seed: number, name: string): SeededRandom {
  let mixed = seed >>> 0;
  for (let at = 0; at < name.length; at++) mixed = Math.imul(mixed ^ name.charCodeAt(at), 0x9e3779b1) >>> 0;
  return new SeededRandom(mixed ^ (mixed >>> 15));
}

interface Die {
  readonly fault: FaultSwitch;
  readonly rate: number;
  readonly random: SeededRandom;
  chances: number;
}

/**
 * Decides which faults strike. Every fault has a stream of its own, so that one that is switched off changes nothing
 * about the others; every chance has a name (`F24#17`), so that a run can be repeated with some of its hits alone.
 */
export class FaultDice {
  readonly #dice: ReadonlyMap<string, Die>;
  readonly #allowed: ReadonlySet<string> | undefined;
  readonly #hits = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #onStop: (() => void)[] = [];
  #isOn = true;

  constructor({ seed, faults, hits }: SwarmParameters) {
    this.#dice = new Map(
      FAULTS.filter(({ id }) => faults[id] !== undefined).map((fault) => [
        fault.id,
        { fault, rate: faults[fault.id] ?? 0, random: streamOf(seed, fault.id), chances: 0 },
      ]),
    );
    this.#allowed = hits === undefined ? undefined : new Set(hits);
  }

  /** Faults stop: from here on the terminals must come to rest. */
  stop(): void {
    this.#isOn = false;
    for (const listener of this.#onStop.splice(0)) listener();
  }

  /** Calls when the faults stop: for those that have their own dice. */
  onStop(listener: () => void): void {
    this.#onStop.push(listener);
  }

  isEnabled(id: string): boolean {
    return this.#dice.has(id);
  }

  /** Probability of one chance; 0 for a fault that is off. */
  rate(id: string): number {
    return this.#isOn ? (this.#dice.get(id)?.rate ?? 0) : 0;
  }

  /** The fault's own stream, for what it has to draw besides. */
  random(id: string): SeededRandom {
    const die = this.#dice.get(id);
    if (die === undefined) throw new RangeError('only a fault that is on has a stream');
    return die.random;
  }

  /** Whether the fault wants this chance; whoever carries it out calls {@link hit}, once it happened. */
  wants(id: string): boolean {
    const die = this.#dice.get(id);
    if (die === undefined || !this.#isOn) return false;
    die.chances++;
    const name = `${id}#${die.chances}`;
    if (!die.random.chance(die.rate) || this.#allowed?.has(name) === false) return false;
    this.#names.push(name);
    return true;
  }

  /** Counts what took place. */
  hit(id: string, times = 1): void {
    this.#hits.set(id, (this.#hits.get(id) ?? 0) + times);
  }

  /** Both at once, for faults that nothing can prevent. */
  strikes(id: string): boolean {
    const strikes = this.wants(id);
    if (strikes) this.hit(id);
    return strikes;
  }

  /** How often each fault struck. */
  hits(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#hits);
  }

  /** The names of all chances that were taken, in order. */
  names(): readonly string[] {
    return this.#names;
  }
}
