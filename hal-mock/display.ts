import type { Display, ScreenModel } from '../firmware/hal/index.ts';

/** A display that remembers every screen it was given. */
export class MockDisplay implements Display {
  readonly #history: ScreenModel[] = [];
  readonly #listeners = new Set<(screen: ScreenModel) => void>();

  show(screen: ScreenModel): void {
    this.#history.push(screen);
    for (const listener of this.#listeners) listener(screen);
  }

  /** What stands on the display now; `undefined` before the first screen. */
  get current(): ScreenModel | undefined {
    return this.#history.at(-1);
  }

  /** Every screen shown, in order. */
  get history(): readonly ScreenModel[] {
    return this.#history;
  }

  /** Calls for every screen from now on; returns what ends it. */
  onShow(listener: (screen: ScreenModel) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
