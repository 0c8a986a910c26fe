import type { ScreenModel } from '../../firmware/hal/index.ts';
import { drawScreen, drawSlip } from './drawing.ts';

/** Prints screens and slips as they come. On a real terminal a screen that only counts on is redrawn in its place. */
export class LiveView {
  readonly #write: (text: string) => void;
  readonly #isTerminal: boolean;
  readonly #paperColumns: number;
  #lastId = '';
  #lastHeight = 0;
  #lastText = '';

  constructor(write: (text: string) => void, isTerminal: boolean, paperColumns: number) {
    this.#write = write;
    this.#isTerminal = isTerminal;
    this.#paperColumns = paperColumns;
  }

  show(screen: ScreenModel): void {
    const lines = drawScreen(screen, this.#isTerminal);
    const text = `${lines.join('\n')}\n`;
    if (text === this.#lastText) return;
    if (this.#isTerminal && screen.id === this.#lastId) this.#write(`\u001B[${this.#lastHeight}A\u001B[0J`);
    this.#write(text);
    this.#lastId = screen.id;
    this.#lastHeight = lines.length;
    this.#lastText = text;
  }

  slip(lines: readonly string[]): void {
    this.say(drawSlip(lines, this.#paperColumns).join('\n'));
  }

  say(line: string): void {
    this.#write(`${line}\n`);
    this.#lastId = '';
    this.#lastText = '';
  }
}
