import type { Key } from './hal/index.ts';

/**
 * Keys that somebody types a secret with. While an effect holds them they go to it and to nobody else: no chart, no
 * inspector and no trace sees which they were.
 */
export class PrivateKeys {
  #listener: ((key: Key) => void) | undefined;

  /** Takes the keys until the returned function is called; one holder at a time, the newest. */
  claim(listener: (key: Key) => void): () => void {
    this.#listener = listener;
    return () => {
      if (this.#listener === listener) this.#listener = undefined;
    };
  }

  /** Hands a key to its holder; `false` when nobody holds the keys. */
  take(key: Key): boolean {
    // The holder may give the keys back while it takes this one.
    const listener = this.#listener;
    listener?.(key);
    return listener !== undefined;
  }
}
