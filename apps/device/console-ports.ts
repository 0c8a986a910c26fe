/** Display, keypad and beeper of a device with a text console. */
import type { Indicators, Key, Keypad } from '../../firmware/hal/index.ts';
import { cashierKey } from '../console/cashier-keys.ts';

/** Keys from a console. A key that is pressed while nobody listens is lost. */
export class ConsoleKeypad implements Keypad {
  #listener: ((key: Key) => void) | undefined;

  onKey(listener: (key: Key) => void): () => void {
    this.#listener = listener;
    return () => {
      if (this.#listener === listener) this.#listener = undefined;
    };
  }

  /** A keystroke that stands for no key is nothing. */
  stroke(stroke: string): void {
    const key = cashierKey(stroke);
    if (key !== undefined) this.#listener?.(key);
  }
}

/** Rings the console's bell for what somebody should notice; the light is the colour of the screen. */
export function consoleIndicators(write: (text: string) => void, hasBell: boolean): Indicators {
  return {
    beep(pattern) {
      if (hasBell && (pattern === 'attention' || pattern === 'failure')) write('\u0007');
    },
    light: () => undefined,
  };
}
