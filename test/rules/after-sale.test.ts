import { describe, expect, it } from '@jest/globals';
import type { JournaledRefund, JournaledSale } from '../../firmware/journal/fold.ts';
import { afterRefund, afterSaleRefusal, amountRefusal, DEFAULT_REFUNDS } from '../../firmware/rules/after-sale.ts';
import type { PlanMethod } from '../../firmware/rules/installment/settings.ts';
import { rowsOf } from './text-table.ts';

const REFERENCE = { retrievalReference: '261121000001' };

function sale(status: string, type: string, more: object): JournaledSale {
  const key = { batch: '000001', stan: 7 };
  return { key, status, intent: { type, amountFen: 10_000 }, cardResult: REFERENCE, ...more } as JournaledSale;
}

const refund = (status: string): JournaledRefund => ({ status }) as JournaledRefund;

describe('afterSaleRefusal', () => {
  it.each(
    rowsOf(`
      approved    | refund | cardIntent   |           | 0     | 000001 |
      approved    | void   | cardIntent   |           | 0     | 000001 |
      approved    | void   | walletIntent |           | 0     | 000001 |
      approved    | refund | walletIntent |           | 0     | 000001 |
      approved    | refund | cardIntent   | done      | 4000  | 000001 |
      approved    | refund | cardIntent   | declined  | 0     | 000001 |
      approved    | refund | cardIntent   |           | 0     | 000002 |
      approved    | void   | cardIntent   | reversed  | 0     | 000001 |
      approved    | void   | cardIntent   |           | 0     | 000002 | batchClosed
      approved    | void   | cardIntent   | done      | 4000  | 000001 | alreadyRefunded
      approved    | refund | cardIntent   | done      | 10000 | 000001 | nothingLeft
      approved    | void   | cardIntent   | done      | 10000 | 000001 | nothingLeft
      approved    | refund | cardIntent   | sent      | 4000  | 000001 | refundInDoubt
      approved    | refund | cardIntent   | reversing | 10000 | 000001 | refundInDoubt
      sent        | refund | cardIntent   |           | 0     | 000001 | inDoubt
      authorized  | refund | cardIntent   |           | 0     | 000001 | inDoubt
      reversing   | void   | cardIntent   |           | 0     | 000001 | inDoubt
      cancelling  | refund | walletIntent |           | 0     | 000001 | inDoubt
      handedOver  | refund | cardIntent   |           | 0     | 000001 | inDoubt
      declined    | refund | cardIntent   |           | 0     | 000001 | notStanding
      notSent     | refund | cardIntent   |           | 0     | 000001 | notStanding
      reversed    | refund | cardIntent   |           | 0     | 000001 | notStanding
      cancelled   | refund | walletIntent |           | 0     | 000001 | notStanding
      uncollected | refund | cardIntent   |           | 0     | 000001 | notStanding
    `),
  )(
    '%s, %s of a %s, before it "%s" of %s, batch %s: "%s"',
    (status, kind, type, before, backFen, openBatch, reason) => {
      const refunds = before === '' ? [] : [refund(before ?? '')];
      const asked = {
        kind: kind as 'void',
        sale: sale(status ?? '', type ?? '', {}),
        refunds,
        openBatch: openBatch ?? '',
      };
      expect(afterSaleRefusal({ ...asked, refundedFen: Number(backFen) }) ?? '').toBe(reason);
    },
  );

  it('needs the acquirer to have the sale, under a number of its own', () => {
    const state = { kind: 'refund', refunds: [], refundedFen: 0, openBatch: '000001' } as const;
    const stored = sale('approved', 'cardIntent', { forwarding: 'due' });
    const forwarded = sale('approved', 'cardIntent', { forwarding: 'done', cardResult: undefined });
    expect(afterSaleRefusal({ ...state, sale: stored })).toBe('notForwarded');
    expect(afterSaleRefusal({ ...state, sale: forwarded })).toBe('noReference');
  });
});

describe('amountRefusal', () => {
  it.each(
    rowsOf(`
      refund | 1       | 10000   | 0     |         |
      refund | 10000   | 10000   | 0     |         |
      refund | 6000    | 10000   | 4000  |         |
      refund | 6001    | 10000   | 4000  |         | aboveSale
      refund | 10001   | 10000   | 0     |         | aboveSale
      refund | 5000    | 10000   | 0     | huabei  |
      refund | 5000    | 10000   | 0     | card    | wholeOnly
      refund | 10000   | 10000   | 0     | card    |
      refund | 1000000 | 2000000 | 0     |         |
      refund | 1000001 | 2000000 | 0     |         | aboveLimit
      void   | 2000000 | 2000000 | 0     |         |
    `),
  )('%s of %s from %s, %s before, plan "%s": "%s"', (kind, amount, saleFen, before, method, reason) => {
    const asked = {
      kind: kind as 'void',
      amountFen: Number(amount),
      saleFen: Number(saleFen),
      refundedFen: Number(before),
      method: method === '' ? undefined : (method as PlanMethod),
    };
    expect(amountRefusal(asked, DEFAULT_REFUNDS) ?? '').toBe(reason);
  });
});

describe('afterRefund', () => {
  it('gives no fee back where there is no plan', () => {
    expect(afterRefund({ amountFen: 4_000, saleFen: 10_000, refundedFen: 1_000 }, undefined)).toEqual({
      feeBackFen: 0,
      remainingPrincipalFen: 5_000,
      remainingFeeFen: 0,
    });
  });

  it('gives the fee of a plan back with the price', () => {
    const first = afterRefund({ amountFen: 5_000, saleFen: 10_000, refundedFen: 0 }, { feeFen: 451 });
    const second = afterRefund({ amountFen: 5_000, saleFen: 10_000, refundedFen: 5_000 }, { feeFen: 451 });
    expect([first.feeBackFen, second.feeBackFen, second.remainingFeeFen]).toEqual([225, 226, 0]);
  });
});
