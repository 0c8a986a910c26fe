import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { CardholderVerification, CardInterface } from '../../firmware/hal/card-reader.ts';
import { chooseVerification, type VerificationInput } from '../../firmware/rules/verification.ts';
import { rowsOf } from './text-table.ts';

const AIDS: Readonly<Record<string, string | undefined>> = {
  none: undefined,
  debit: 'A000000333010101',
  credit: 'A000000333010102',
  foreign: 'A0000000031010',
};

function inputOf(entry: string, cvm: string, aid: string, amountFen: number): VerificationInput {
  return {
    interface: entry === 'fallback' ? 'swipe' : (entry as CardInterface),
    fallback: entry === 'fallback',
    cvm: cvm as CardholderVerification,
    aid: AIDS[aid],
    amountFen,
    noPinLimitFen: 100_000,
    capabilities: { onlinePin: true },
  };
}

describe('cardholder verification', () => {
  it.each(
    rowsOf(`
      tap      | none      | credit  | 99999  | none
      tap      | onlinePin | debit   | 99999  | none
      tap      | signature | credit  | 1      | none
      tap      | none      | credit  | 100000 | onlinePin
      tap      | onDevice  | debit   | 100000 | onlinePin
      tap      | onlinePin | foreign | 500    | onlinePin
      tap      | none      | foreign | 500    | none
      tap      | onDevice  | foreign | 500    | none
      tap      | signature | foreign | 500    | signature
      chip     | onlinePin | credit  | 500    | onlinePin
      chip     | signature | credit  | 500    | signature
      chip     | none      | credit  | 500    | none
      chip     | onDevice  | credit  | 500    | none
      chip     | none      | debit   | 500    | onlinePin
      chip     | signature | debit   | 500    | onlinePin
      chip     | signature | foreign | 900000 | signature
      swipe    | none      | none    | 1      | onlinePin
      swipe    | signature | none    | 500    | onlinePin
      fallback | none      | none    | 500    | onlinePin
    `),
  )('%s, card says %s, %s, %s fen: %s', (entry, cvm, aid, amount, expected) => {
    expect(chooseVerification(inputOf(entry ?? '', cvm ?? '', aid ?? '', Number(amount)))).toBe(expected);
  });

  it('says so when a PIN is due and there is no PIN pad', () => {
    const withoutPinPad = { capabilities: { onlinePin: false } };
    expect(chooseVerification({ ...inputOf('swipe', 'none', 'none', 500), ...withoutPinPad })).toBe('notPossible');
    expect(chooseVerification({ ...inputOf('tap', 'none', 'credit', 500), ...withoutPinPad })).toBe('none');
    expect(chooseVerification({ ...inputOf('chip', 'signature', 'credit', 500), ...withoutPinPad })).toBe('signature');
  });

  it('asks for no less when the amount grows', () => {
    const strength = { none: 0, signature: 1, onlinePin: 2, notPossible: 2 };
    fc.assert(
      fc.property(
        fc.constantFrom('tap', 'chip', 'swipe', 'fallback'),
        fc.constantFrom('none', 'signature', 'onlinePin', 'onDevice'),
        fc.constantFrom('debit', 'credit', 'foreign'),
        fc.nat(1_000_000),
        fc.nat(1_000_000),
        (entry, cvm, aid, amount, more) => {
          const before = chooseVerification(inputOf(entry, cvm, aid, amount));
          const after = chooseVerification(inputOf(entry, cvm, aid, amount + more));
          expect(strength[after]).toBeGreaterThanOrEqual(strength[before]);
        },
      ),
    );
  });
});
