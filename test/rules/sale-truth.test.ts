import { describe, expect, it } from '@jest/globals';
import type { JournaledRefund, JournaledSale, RefundStatus, SaleStatus } from '../../firmware/journal/fold.ts';
import { isRefund, kindOf, refundTruth, saleTruth } from '../../firmware/rules/sale-truth.ts';
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

function refund(status: string, amountFen = 300): JournaledRefund {
  const intent = { type: 'refundIntent', kind: 'refund', amountFen, feeBackFen: 3 };
  return { status: status as RefundStatus, intent } as JournaledRefund;
}

describe('the truth about refunds', () => {
  it.each(
    rowsOf(`
      done       | refunded |
      declined   | declined |
      notSent    | declined |
      reversed   | reversed |
      sent       | inDoubt  | refund
      reversing  | inDoubt  | refund
      handedOver | inDoubt  | callAcquirer
    `),
  )('one that is %s is %s %s', (status = '', kind = '', next = '') => {
    const more = kind === 'refunded' ? { backFen: 300, feeBackFen: 3 } : {};
    expect(refundTruth(refund(status))).toEqual(next === '' ? { kind, ...more } : { kind, next });
  });

  it.each(
    rowsOf(`
                      | approved
      declined        | approved
      reversed        | approved
      done            | refunded 300
      done done       | refunded 600
      done declined   | refunded 300
      done sent       | inDoubt refund
      handedOver sent | inDoubt refund
      done handedOver | inDoubt callAcquirer
    `),
  )('a standing sale with "%s" is %s', (statuses = '', expected) => {
    const refunds = statuses === '' ? [] : statuses.split(' ').map((status) => refund(status));
    const truth = saleTruth(sale('approved', 'cardIntent'), refunds);
    const detail = truth.kind === 'refunded' ? truth.backFen : truth.kind === 'inDoubt' ? truth.next : '';
    expect(`${truth.kind} ${detail}`.trim()).toBe(expected);
  });

  it('a sale that does not stand is not saved by a refund', () => {
    expect(saleTruth(sale('declined', 'cardIntent'), [refund('sent')])).toEqual({ kind: 'declined' });
  });

  it('tells a refund from a sale', () => {
    expect([refund('done'), sale('approved', 'cardIntent')].map((item) => [isRefund(item), kindOf(item)])).toEqual([
      [true, 'refund'],
      [false, 'sale'],
    ]);
  });
});
