import { bytesOfLatin1 } from '../../firmware/base/bytes.ts';
import type { CancelSignal } from '../../firmware/base/cancel.ts';
import type { CardVault, Clock, CodeScanner, Scan } from '../../firmware/hal/index.ts';

/** A scanner that reads what a test holds to it while it looks, and nothing else. */
export class HandScanner implements CodeScanner {
  readonly #clock: Clock;
  readonly #vault: CardVault;
  #end: ((scan: Scan) => void) | undefined;

  constructor(clock: Clock, vault: CardVault) {
    this.#clock = clock;
    this.#vault = vault;
  }

  get looks(): boolean {
    return this.#end !== undefined;
  }

  show(code: string): void {
    if (this.#end === undefined) return;
    this.#end({ kind: 'scanned', codeRef: this.#vault.seal('payCode', bytesOfLatin1(code)), length: code.length });
  }

  scan(timeoutMs: number, signal: CancelSignal): Promise<Scan> {
    return new Promise((resolve) => {
      const end = (scan: Scan): void => {
        this.#end = undefined;
        this.#clock.clearTimeout(timer);
        resolve(scan);
      };
      const timer = this.#clock.setTimeout(() => end({ kind: 'timedOut' }), timeoutMs);
      signal.addEventListener('abort', () => end({ kind: 'cancelled' }));
      this.#end = end;
    });
  }
}
