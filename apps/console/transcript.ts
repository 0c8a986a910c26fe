import type { Clock } from '../../firmware/hal/index.ts';
import type { ScenarioStep } from '../../simulator/scenario/format.ts';
import type { World } from '../../simulator/scenario/world.ts';
import { drawScreen, drawSlip } from './drawing.ts';

/** Columns of the paper that scenarios print on. */
const PAPER_COLUMNS = 32;

/** Writes down what happens in a world: who did what, what the screen said, what came out of the printer. */
export class Transcript {
  readonly #world: World;
  readonly #clock: Clock;
  readonly #print: (line: string) => void;
  readonly #startMs: number;
  #screensWritten = 0;
  #slipsWritten = 0;

  constructor(world: World, clock: Clock, print: (line: string) => void) {
    this.#world = world;
    this.#clock = clock;
    this.#print = print;
    this.#startMs = clock.monotonicMs();
  }

  /** Called before each step: catches up with the terminal, then says who acts. */
  step(step: ScenarioStep): void {
    this.#catchUp();
    const [who, what] = Object.entries(step)[0] ?? ['', ''];
    if (who !== 'expect') this.#print(`[${this.#seconds()}] ▶ ${who} ${said(what)}`);
  }

  end(): void {
    this.#catchUp();
    this.#print(`[${this.#seconds()}] ■ ${this.#world.terminal().statePath()}`);
  }

  #catchUp(): void {
    const screens = this.#world.screens();
    let last = '';
    for (const screen of screens.slice(this.#screensWritten)) {
      const box = drawScreen(screen, false).join('\n');
      if (box !== last) this.#print(box);
      last = box;
    }
    this.#screensWritten = screens.length;
    const slips = this.#world.printer.paper.slips();
    if (slips.length < this.#slipsWritten) this.#slipsWritten = 0;
    for (const slip of slips.slice(this.#slipsWritten)) this.#print(drawSlip(slip, PAPER_COLUMNS).join('\n'));
    this.#slipsWritten = slips.length;
  }

  #seconds(): string {
    return `${((this.#clock.monotonicMs() - this.#startMs) / 1000).toFixed(1).padStart(6)} s`;
  }
}

/** A step as a line; a PIN is typed where nobody looks. */
function said(what: unknown): string {
  if (typeof what !== 'object' || what === null) return String(what);
  return Object.entries(what)
    .map(([name, value]) => `${name} ${name === 'pin' || name === 'type' ? '······' : JSON.stringify(value)}`)
    .join(', ');
}
