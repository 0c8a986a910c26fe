import type { Key, Keypad } from '../firmware/hal/index.ts';

/** A keypad whose keys a test presses. */
export class MockKeypad implements Keypad {
  #listener: ((key: Key) => void) | undefined;

  onKey(listener: (key: Key) => void): () => void {
    this.#listener = listener;
    return () => {
      if (this.#listener === listener) this.#listener = undefined;
    };
  }

  /** A key pressed while nobody listens is lost, as on a real keypad. */
  press(key: Key): void {
    this.#listener?.(key);
  }

  /** Presses one key after the other. */
  type(...keys: readonly Key[]): void {
    for (const key of keys) this.press(key);
  }

  get isListenedTo(): boolean {
    return this.#listener !== undefined;
  }
}
