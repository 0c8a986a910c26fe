import { randomFillSync, randomInt } from 'node:crypto';
import type { Random } from '../../firmware/hal/index.ts';

/** The operating system's secure generator, through OpenSSL. */
export class SystemRandom implements Random {
  bytes(count: number): Uint8Array {
    return randomFillSync(new Uint8Array(count));
  }

  /** `max` up to 2^48 − 1; throws `RangeError` otherwise. */
  below(max: number): number {
    return randomInt(max);
  }
}
