import type { Connection, Dial } from '../firmware/hal/index.ts';

/** The plug between a terminal and its network. Pulled, open connections end and no new one is made. */
export class NetworkCable {
  readonly #open = new Set<Connection>();
  #isOut = false;

  get isOut(): boolean {
    return this.#isOut;
  }

  pull(): void {
    this.#isOut = true;
    for (const connection of this.#open) connection.close();
    this.#open.clear();
  }

  plugIn(): void {
    this.#isOut = false;
  }

  /** Lays a way to a host along this cable. */
  along(dial: Dial): Dial {
    return async () => {
      if (this.#isOut) return { kind: 'failed', reason: 'unreachable' };
      const dialled = await dial();
      if (dialled.kind === 'connected') this.#open.add(dialled.connection);
      return dialled;
    };
  }
}
