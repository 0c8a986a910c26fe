import type { CancelSignal } from '../../../firmware/base/cancel.ts';
import {
  type Clock,
  HalError,
  SIGNATURE_HEIGHT_DOTS_MAX,
  SIGNATURE_WIDTH_DOTS_MAX,
  type SignaturePad,
  type SignatureResult,
  type SlipImage,
} from '../../../firmware/hal/index.ts';
import type { SignaturePadControls } from './controls.ts';
import { testSignature } from './test-signature.ts';

type Ending =
  | { readonly kind: 'signed'; readonly image: SlipImage }
  | { readonly kind: 'refused' | 'timedOut' | 'cancelled' | 'unplugged' };

/** A signature panel without any bytes. */
export class MockSignaturePad implements SignaturePad, SignaturePadControls {
  /** To be set before the terminal starts. */
  isPresent: boolean;
  readonly #clock: Clock;
  #plugged = true;
  #end: ((ending: Ending) => void) | undefined;

  constructor(clock: Clock, isPresent = true) {
    this.#clock = clock;
    this.isPresent = isPresent;
  }

  get capturing(): boolean {
    return this.#end !== undefined;
  }

  sign(image: SlipImage = testSignature()): boolean {
    return this.#ends({ kind: 'signed', image });
  }

  refuse(): boolean {
    return this.#ends({ kind: 'refused' });
  }

  unplug(): void {
    this.#plugged = false;
    this.#ends({ kind: 'unplugged' });
  }

  replug(): void {
    this.#plugged = true;
  }

  async capture({ timeoutMs }: { readonly timeoutMs: number }, signal: CancelSignal): Promise<SignatureResult> {
    if (!this.isPresent) throw new HalError('unsupported', 'signaturePad', 'no panel');
    if (!this.#plugged) throw new HalError('disconnected', 'signaturePad', 'not open');
    if (this.#end !== undefined) throw new HalError('busy', 'signaturePad', 'one signature at a time');
    if (signal.aborted) return { kind: 'cancelled' };
    const ending = await this.#ask(timeoutMs, signal);
    if (ending.kind === 'unplugged') throw new HalError('disconnected', 'signaturePad', 'lost while asking');
    if (ending.kind !== 'signed') return { kind: ending.kind };
    if (!isSignature(ending.image)) throw new HalError('protocol', 'signaturePad', 'image out of bounds');
    return { kind: 'signed', image: { ...ending.image, bits: ending.image.bits.slice() } };
  }

  #ends(ending: Ending): boolean {
    const isAsking = this.#end !== undefined;
    this.#end?.(ending);
    return isAsking;
  }

  async #ask(timeoutMs: number, signal: CancelSignal): Promise<Ending> {
    const cancel = (): void => void this.#ends({ kind: 'cancelled' });
    const timer = this.#clock.setTimeout(() => void this.#ends({ kind: 'timedOut' }), timeoutMs);
    signal.addEventListener('abort', cancel);
    const ending = await new Promise<Ending>((resolve) => {
      this.#end = (ending) => {
        this.#end = undefined;
        resolve(ending);
      };
    });
    this.#clock.clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
    return ending;
  }
}

/** Whether a panel may hand this over: something on it, within the limits, in whole rows. */
function isSignature({ widthDots, heightDots, bits }: SlipImage): boolean {
  return (
    widthDots > 0 &&
    widthDots <= SIGNATURE_WIDTH_DOTS_MAX &&
    heightDots > 0 &&
    heightDots <= SIGNATURE_HEIGHT_DOTS_MAX &&
    bits.length === Math.ceil(widthDots / 8) * heightDots &&
    bits.some((byte) => byte !== 0)
  );
}
