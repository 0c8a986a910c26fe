import { bytesOfLatin1 } from '../../../firmware/base/bytes.ts';
import type { CancelSignal } from '../../../firmware/base/cancel.ts';
import { type CardVault, type Clock, type CodeScanner, HalError, type Scan } from '../../../firmware/hal/index.ts';
import type { ScannerControls } from './controls.ts';

/** Printable ASCII, no longer than the port allows. */
const CODE = /^[\x20-\x7e]{1,512}$/;

type Ending =
  { readonly kind: 'seen'; readonly code: string } | { readonly kind: 'timedOut' | 'cancelled' | 'unplugged' };

/** A scanner without any bytes: it sees what is shown the moment it looks. */
export class MockScanner implements CodeScanner, ScannerControls {
  readonly #clock: Clock;
  readonly #vault: CardVault;
  #shown: string | undefined;
  #plugged = true;
  #end: ((ending: Ending) => void) | undefined;

  constructor(clock: Clock, vault: CardVault) {
    this.#clock = clock;
    this.#vault = vault;
  }

  /** Whether it is looking now. */
  get scanning(): boolean {
    return this.#end !== undefined;
  }

  show(code: string): void {
    this.#shown = code;
    this.#end?.({ kind: 'seen', code });
  }

  hide(): void {
    this.#shown = undefined;
  }

  unplug(): void {
    this.#plugged = false;
    this.#end?.({ kind: 'unplugged' });
  }

  replug(): void {
    this.#plugged = true;
  }

  async scan(timeoutMs: number, signal: CancelSignal): Promise<Scan> {
    if (!this.#plugged) throw new HalError('disconnected', 'scanner', 'not open');
    if (this.#end !== undefined) throw new HalError('busy', 'scanner', 'one scan at a time');
    if (signal.aborted) return { kind: 'cancelled' };
    const ending = await this.#look(timeoutMs, signal);
    if (ending.kind === 'unplugged') throw new HalError('disconnected', 'scanner', 'lost while scanning');
    return ending.kind === 'seen' ? this.#scanOf(ending.code) : { kind: ending.kind };
  }

  async #look(timeoutMs: number, signal: CancelSignal): Promise<Ending> {
    const cancel = (): void => this.#end?.({ kind: 'cancelled' });
    const timer = this.#clock.setTimeout(() => this.#end?.({ kind: 'timedOut' }), timeoutMs);
    signal.addEventListener('abort', cancel);
    const ending = await new Promise<Ending>((resolve) => {
      this.#end = (ending) => {
        this.#end = undefined;
        resolve(ending);
      };
      if (this.#shown !== undefined) this.#end({ kind: 'seen', code: this.#shown });
    });
    this.#clock.clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
    return ending;
  }

  #scanOf(code: string): Scan {
    if (!CODE.test(code)) return { kind: 'unreadable' };
    return { kind: 'scanned', codeRef: this.#vault.seal('payCode', bytesOfLatin1(code)), length: code.length };
  }
}
