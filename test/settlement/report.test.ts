import { describe, expect, it } from '@jest/globals';
import type { StampedRecord } from '../../firmware/journal/records.ts';
import type { SettlementRecord } from '../../firmware/journal/settlement-records.ts';
import type { SettlementTotals } from '../../firmware/protocol/cup/messages.ts';
import { type Disagreement, settlementReport } from '../../firmware/settlement/report.ts';
import { cardIntent, recordOf } from '../firmware/journal/samples.ts';
import { foldAll } from './settling-shop.ts';

const BATCH = '000001';
const NONE = { debitFen: 0, debitCount: 0, creditFen: 0, creditCount: 0 };

function sale(stan: number, amountFen: number, words: string): StampedRecord[] {
  const key = { batch: BATCH, stan };
  return [{ ...cardIntent(key), amountFen, wallMs: 1 }, ...words.split(' ').map((word) => recordOf(word, key))];
}

const half = (debitFen: number, debitCount: number): SettlementTotals => ({
  domestic: { ...NONE, debitFen, debitCount },
  foreign: NONE,
});

/** What a settled batch disagrees on, with our totals and the host's, and field 39 of uploads that it rejected by STAN. */
function disagreements(
  sales: readonly StampedRecord[],
  ours: SettlementTotals,
  theirs: SettlementTotals,
  rejected: Readonly<Record<number, string>> = {},
): string[] {
  const uploads = Object.entries(rejected).map(([stan, responseCode], index) => {
    return {
      type: 'uploadResult',
      batch: BATCH,
      index,
      stans: [Number(stan)],
      outcome: 'rejected',
      responseCode,
    } as const;
  });
  const settling: SettlementRecord[] = [
    { type: 'settlementBegun', batch: BATCH, stan: 90, totals: ours },
    { type: 'settlementAnswered', batch: BATCH, domestic: 'unbalanced', foreign: 'balanced', totals: theirs },
    ...uploads,
    { type: 'batchClosed', batch: BATCH, nextBatch: '000002' },
  ];
  const state = foldAll([...sales, ...settling.map((record) => ({ ...record, wallMs: 2 }))]);
  const { last } = state.settlement;
  if (last === undefined) throw new Error('nothing is settled');
  return settlementReport(state, last).disagreements.map(textOf);
}

function textOf(item: Disagreement): string {
  if (item.kind === 'rejected') return `rejected ${item.item.key.stan} ${item.responseCode}`;
  if (item.kind !== 'missingHere') return `${item.kind} ${item.item.key.stan}`;
  const { count, amountFen, candidates } = item;
  return `missingHere ${count} of ${amountFen} fen: ${candidates.map(({ key }) => key.stan).join()}`;
}

const STANDS = 'answer:approved stands';
const LOST = 'answer:unknown reverse:98 reversal:reversed';

describe('what a settlement disagrees on', () => {
  const one = sale(1, 100, STANDS);

  it('one sale more at the host: only a fallen one of just that amount explains it', () => {
    const sales = [...one, ...sale(2, 300, LOST), ...sale(3, 200, LOST), ...sale(4, 300, 'answer:notSent')];
    expect(disagreements(sales, half(100, 1), half(400, 2))).toEqual(['missingHere 1 of 300 fen: 2']);
  });

  it('several more at the host: none that explains it is larger than all together', () => {
    const sales = [...one, ...sale(2, 300, LOST), ...sale(3, 200, LOST), ...sale(4, 900, LOST)];
    expect(disagreements(sales, half(100, 1), half(600, 3))).toEqual(['missingHere 2 of 500 fen: 2,3']);
  });

  it('nobody can tell the amount that is missing where another sale differs in its amount', () => {
    const sales = [...one, ...sale(2, 300, LOST), ...sale(3, 900, LOST)];
    expect(disagreements(sales, half(100, 1), half(410, 2), { 1: '64' })).toEqual([
      'amountDiffers 1',
      'missingHere 1 of undefined fen: 2,3',
    ]);
  });

  it('an offline sale that the issuer refused is listed with the refusal, and is not in the totals', () => {
    const key = { batch: BATCH, stan: 5 };
    const refused: StampedRecord[] = [
      ...sale(5, 700, STANDS),
      { type: 'forwardResult', ...key, outcome: 'rejected', responseCode: '51', wallMs: 1 },
    ];
    expect(disagreements([...one, ...refused], half(100, 1), half(100, 1))).toEqual(['rejected 5 51']);
  });
});
