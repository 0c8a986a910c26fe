import { describe, expect, it } from '@jest/globals';
import type { JournaledRefund, JournaledSale } from '../../firmware/journal/fold.ts';
import { recoveryOf } from '../../firmware/rules/recovery.ts';
import { rowsOf } from './text-table.ts';

function textOf(recovery: ReturnType<typeof recoveryOf>): string {
  return recovery.do === 'openReversal' ? `${recovery.do} ${recovery.reason}` : recovery.do;
}

describe('recoveryOf', () => {
  it.each(
    rowsOf(`
      cardIntent   | sent       |            |          | openReversal 98
      cardIntent   | sent       | unknown    |          | openReversal 98
      cardIntent   | sent       | untrusted  | mac      | openReversal A0
      cardIntent   | sent       | untrusted  | mismatch | openReversal 06
      cardIntent   | authorized | approved   |          | openReversal 96
      cardIntent   | reversing  | unknown    |          | sendReversal
      walletIntent | sent       |            |          | resolveOrder
      walletIntent | cancelling |            |          | resolveOrder
    `),
  )('%s %s %s %s: %s', (type, status, result, why, expected) => {
    const cardResult = result === '' ? undefined : { result, why };
    expect(textOf(recoveryOf({ status, cardResult, intent: { type } } as JournaledSale))).toBe(expected);
  });

  it.each(
    rowsOf(`
      void   | card   | sent      |           | openReversal 98
      void   | card   | sent      | unknown   | openReversal 98
      void   | card   | sent      | untrusted | openReversal 06
      void   | card   | reversing | unknown   | sendReversal
      void   | wallet | sent      | unknown   | repeatRefund
      refund | card   | sent      |           | repeatRefund
      refund | card   | sent      | untrusted | repeatRefund
      refund | wallet | sent      |           | repeatRefund
    `),
  )('a %s by %s that is %s, answer "%s": %s', (kind, by, status, result, expected) => {
    const intent = { type: 'refundIntent', kind, way: { by } };
    const refund = { status, intent, result: result === '' ? undefined : { result } } as unknown as JournaledRefund;
    expect(textOf(recoveryOf(refund))).toBe(expected);
  });
});
