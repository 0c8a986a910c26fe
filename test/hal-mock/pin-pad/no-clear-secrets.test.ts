import { describe, expect, it } from '@jest/globals';
import type { KeyStore, PinPad, VaultRef } from '../../../firmware/hal/index.ts';

/** What a call gives back, without the promise around it. */
type Given<Port, Member extends keyof Port> = Port[Member] extends (...args: never[]) => infer Result
  ? Awaited<Result>
  : Port[Member];

/** Whether a value of this type can carry digits or a key: free text or bytes anywhere in it. Literals and counts cannot. */
type CanCarrySecret<T> = T extends VaultRef
  ? false
  : T extends Uint8Array
    ? true
    : T extends string
      ? string extends T
        ? true
        : false
      : T extends number | boolean | undefined | null | void
        ? false
        : T extends readonly (infer Item)[]
          ? CanCarrySecret<Item>
          : T extends object
            ? true extends { [Key in keyof T]: CanCarrySecret<T[Key]> }[keyof T]
              ? true
              : false
            : true;

type Carriers<Port> = {
  [Member in keyof Port]: true extends CanCarrySecret<Given<Port, Member>> ? Member : never;
}[keyof Port];

/** Compiles only when both types are the same. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

describe('PIN pad and key store contracts', () => {
  it('have no member whose result could carry PIN digits or a clear key (checked by the compiler)', () => {
    const pinPadCarriesNothing: Same<Carriers<PinPad>, never> = true;
    // A MAC and enciphered blocks are bytes by nature; everything else in the key store is words and yes or no.
    const keyStoreCarriesTwo: Same<Carriers<KeyStore>, 'mac' | 'encryptTrack'> = true;
    const onDigitsTellsACount: Same<Parameters<Parameters<PinPad['enterPin']>[1]>, [count: number]> = true;
    expect([pinPadCarriesNothing, keyStoreCarriesTwo, onDigitsTellsACount]).toEqual([true, true, true]);
  });

  it('would notice a member that could', () => {
    interface Leaky {
      enterPin(): Promise<{ readonly kind: 'entered'; readonly pin: string }>;
      key(): Promise<{ readonly bytes: readonly Uint8Array[] }>;
      fine(): Promise<{ readonly kind: 'cancelled'; readonly count: number }>;
    }
    const leaks: Same<Carriers<Leaky>, 'enterPin' | 'key'> = true;
    expect(leaks).toBe(true);
  });
});
