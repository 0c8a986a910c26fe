import type { Clock, ScreenModel } from '../../firmware/hal/index.ts';
import type { ScenarioStep } from '../../simulator/scenario/format.ts';
import { drawScreen, drawSlip } from './drawing.ts';

/** Columns of the paper that scenarios print on. */
const PAPER_COLUMNS = 32;

/** Writes down what happens in a world: who did what, what the screen said, what came out of the printer. */
export class Transcript {
  readonly #clock: Clock;
  readonly #print: (line: string) => void;
  readonly #startMs: number;
  /** The newest screen, not written yet: of screens that only count on, the last one says it all. */
  #screen: ScreenModel | undefined;

  constructor(clock: Clock, print: (line: string) => void) {
    this.#clock = clock;
    this.#print = print;
    this.#startMs = clock.monotonicMs();
  }

  /** Says who acts; what is expected stays unsaid. */
  step(step: ScenarioStep): void {
    const [who, what] = Object.entries(step)[0] ?? ['', ''];
    if (who === 'expect') return;
    this.flush();
    this.#print(`[${this.#seconds()}] ▶ ${who} ${said(what)}`);
  }

  screen(screen: ScreenModel): void {
    if (screen.id !== this.#screen?.id) this.flush();
    this.#screen = screen;
  }

  slip(lines: readonly string[]): void {
    this.flush();
    this.#print(drawSlip(lines, PAPER_COLUMNS).join('\n'));
  }

  /** Writes what is still held back. */
  flush(): void {
    if (this.#screen !== undefined) this.#print(drawScreen(this.#screen, false).join('\n'));
    this.#screen = undefined;
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
