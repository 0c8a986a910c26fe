import { describe, expect, it } from '@jest/globals';
import type { JournaledSale, SaleStatus } from '../../firmware/journal/fold.ts';
import { saleTruth } from '../../firmware/rules/sale-truth.ts';
import { rowsOf } from './text-table.ts';

function sale(status: string, kind: string): JournaledSale {
  return { status: status as SaleStatus, intent: { type: kind } } as JournaledSale;
}

describe('saleTruth', () => {
  it.each(
    rowsOf(`
      sent       | cardIntent   | inDoubt  | reverse
      authorized | cardIntent   | inDoubt  | reverse
      reversing  | cardIntent   | inDoubt  | reverse
      handedOver | cardIntent   | inDoubt  | callAcquirer
      sent       | walletIntent | inDoubt  | query
      cancelling | walletIntent | inDoubt  | query
      uncollected | cardIntent  | inDoubt  | callAcquirer
      handedOver | walletIntent | inDoubt  | callAcquirer
      approved   | cardIntent   | approved |
      approved   | walletIntent | approved |
      declined   | cardIntent   | declined |
      notSent    | cardIntent   | declined |
      reversed   | cardIntent   | reversed |
      cancelled  | walletIntent | reversed |
    `),
  )('%s %s is %s %s', (status = '', kind = '', truth = '', next = '') => {
    const expected = next === '' ? { kind: truth } : { kind: truth, next };
    expect(saleTruth(sale(status, kind))).toEqual(expected);
  });

  it('knows nothing of a sale that is not in the journal', () => {
    expect(saleTruth(undefined)).toEqual({ kind: 'unknown' });
  });
});
