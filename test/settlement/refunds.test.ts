import { describe, expect, it } from '@jest/globals';
import type { StampedRecord } from '../../firmware/journal/records.ts';
import type { RefundIntent } from '../../firmware/journal/refund-records.ts';
import type { SettlementAnswered, SettlementRecord } from '../../firmware/journal/settlement-records.ts';
import type { SettlementTotals } from '../../firmware/protocol/cup/messages.ts';
import { settlementReport } from '../../firmware/settlement/report.ts';
import { batchIsFull, batchTotals } from '../../firmware/settlement/totals.ts';
import { uploadPlan } from '../../firmware/settlement/upload-plan.ts';
import { cardIntent, recordOf, refundIntent, walletIntent } from '../firmware/journal/samples.ts';
import { foldAll } from './settling-shop.ts';

const BATCH = '000001';
const key = (stan: number, batch = BATCH) => ({ batch, stan });
const stamped = <T extends object>(record: T) => ({ ...record, wallMs: 1 });
const STANDS = ['answer:approved', 'stands'];

function cardSale(stan: number, amountFen = 10_000, maskedPan = '629999******0013'): StampedRecord[] {
  return [
    stamped({ ...cardIntent(key(stan)), amountFen, maskedPan }),
    ...STANDS.map((word) => recordOf(word, key(stan))),
  ];
}

function walletSale(stan: number, amountFen = 10_000, batch = BATCH): StampedRecord[] {
  const records = ['order:paid', 'stands'].map((word) => recordOf(word, key(stan, batch)));
  return [stamped({ ...walletIntent(key(stan, batch)), amountFen }), ...records];
}

type Ways = NonNullable<Parameters<typeof refundIntent>[2]>;

/** A void or refund and the words of what became of it. */
function back(stan: number, of: number, words: string, more: Ways = {}, batch = BATCH): StampedRecord[] {
  const intent: RefundIntent = refundIntent(key(stan, batch), key(of), more);
  return [stamped(intent), ...words.split(' ').map((word) => recordOf(word, key(stan, batch)))];
}

describe('totals with money that went back', () => {
  const state = foldAll([
    ...cardSale(1),
    ...cardSale(2, 20_000, '450000******0015'),
    ...walletSale(3),
    ...walletSale(4, 5_000),
    ...back(5, 1, 'back:done', { kind: 'void', amountFen: 10_000 }),
    ...back(6, 2, 'back:done', { amountFen: 3_000 }),
    ...back(7, 2, 'back:done', { amountFen: 4_000 }),
    ...back(8, 2, 'back:declined', { amountFen: 1_000 }),
    ...back(9, 3, 'back:done', { by: 'wallet', amountFen: 2_500 }),
    ...back(10, 4, 'back:unknown', { by: 'wallet', amountFen: 2_500 }),
  ]);

  it('counts sales as debits and what is done of the rest as credits, by the network of the sale', () => {
    const { card } = batchTotals(state, BATCH);
    expect(card).toEqual({
      domestic: { debitFen: 10_000, debitCount: 1, creditFen: 10_000, creditCount: 1 },
      foreign: { debitFen: 20_000, debitCount: 1, creditFen: 7_000, creditCount: 2 },
    });
  });

  it('keeps what wallets paid back apart from what they took', () => {
    expect(batchTotals(state, BATCH).wallets).toEqual([
      { method: 'alipay', amountFen: 15_000, count: 2, refundedFen: 2_500, refundCount: 1 },
    ]);
  });

  it('counts a refund in the batch that it was made in, whenever its sale was', () => {
    const later = foldAll([
      ...walletSale(3),
      stamped({ type: 'signedOn' as const, batch: '000002' }),
      ...back(4, 3, 'back:done', { by: 'wallet', amountFen: 100 }, '000002'),
    ]);
    expect(batchTotals(later, '000002').wallets).toEqual([
      { method: 'alipay', amountFen: 0, count: 0, refundedFen: 100, refundCount: 1 },
    ]);
    expect(batchTotals(later, BATCH).wallets).toMatchObject([{ refundCount: 0 }]);
  });

  it('says that a batch is full at 999 refunds as well', () => {
    const refunds = Array.from({ length: 999 }, (_, at) => back(at + 2, 1, 'back:done', { amountFen: 1 }));
    const sale = cardSale(1, 100_000);
    expect([
      batchIsFull(foldAll([...sale, ...refunds.flat()])),
      batchIsFull(foldAll([...sale, ...refunds.slice(1).flat()])),
    ]).toEqual([true, false]);
  });
});

describe('the upload of refunds', () => {
  it('comes after the sales and before chips and end, balanced or not, and has no voids and no refunds by wallet', () => {
    const state = foldAll([
      ...cardSale(1),
      ...walletSale(2),
      ...back(3, 1, 'back:done', { kind: 'void', amountFen: 1 }),
      ...back(4, 1, 'back:done'),
      ...back(5, 1, 'back:done', { by: 'code' }),
      ...back(6, 2, 'back:done', { by: 'wallet' }),
      ...back(7, 1, 'back:declined'),
    ]);
    const planned = (domestic: 'balanced' | 'unbalanced') => {
      const answer = { type: 'settlementAnswered', batch: BATCH, domestic, foreign: 'balanced' } as SettlementAnswered;
      return uploadPlan(state, state.settlement, answer).messages.map(({ content }) =>
        content.kind === 'refund'
          ? `refund ${content.refund.key.stan}`
          : content.kind === 'end'
            ? `end ${content.count}`
            : content.kind,
      );
    };
    expect(planned('unbalanced')).toEqual(['details', 'refund 4', 'refund 5', 'end 3']);
    expect(planned('balanced')).toEqual(['refund 4', 'refund 5', 'end 2']);
  });
});

describe('what a settlement disagrees on about refunds', () => {
  const NONE = { debitFen: 0, debitCount: 0, creditFen: 0, creditCount: 0 };
  const credit = (creditFen: number, creditCount: number): SettlementTotals => ({
    domestic: { ...NONE, debitFen: 10_000, debitCount: 1, creditFen, creditCount },
    foreign: NONE,
  });

  function settled(
    records: readonly StampedRecord[],
    theirs: SettlementTotals,
    more: readonly SettlementRecord[] = [],
  ) {
    const ours = batchTotals(foldAll(records), BATCH).card;
    const settling: SettlementRecord[] = [
      { type: 'settlementBegun', batch: BATCH, stan: 90, totals: ours },
      { type: 'settlementAnswered', batch: BATCH, domestic: 'unbalanced', foreign: 'balanced', totals: theirs },
      ...more,
      { type: 'batchClosed', batch: BATCH, nextBatch: '000002' },
    ];
    const state = foldAll([...records, ...settling.map(stamped)]);
    const { last } = state.settlement;
    if (last === undefined) throw new Error('nothing is settled');
    return settlementReport(state, last);
  }

  const rejected = (stan: number, responseCode: string): SettlementRecord => ({
    type: 'uploadResult',
    batch: BATCH,
    index: stan,
    stans: [stan],
    outcome: 'rejected',
    responseCode,
  });
  const textsOf = ({ disagreements }: ReturnType<typeof settled>) =>
    disagreements.map((each) =>
      each.kind === 'missingHere'
        ? `${each.of} ${each.count} of ${each.amountFen}: ${each.candidates.map((item) => item.key.stan).join()}`
        : `${each.kind} ${each.item.intent.type} ${each.item.key.stan}`,
    );

  it('a refund that the host does not have', () => {
    const records = [...cardSale(1), ...back(2, 1, 'back:done')];
    expect(textsOf(settled(records, credit(0, 0), [rejected(2, '25')]))).toEqual(['missingThere refundIntent 2']);
  });

  it('a refund of another amount there: what else is more cannot be told to the fen', () => {
    const records = [...cardSale(1), ...back(2, 1, 'back:done'), ...back(3, 1, 'back:declined', { amountFen: 70 })];
    expect(textsOf(settled(records, credit(4_100, 2), [rejected(2, '64')]))).toEqual([
      'amountDiffers refundIntent 2',
      'refunds 1 of undefined: 3',
    ]);
  });

  it('more refunds there, and which could be meant', () => {
    const records = [
      ...cardSale(1),
      ...back(2, 1, 'back:done'),
      ...back(3, 1, 'back:unknown reverse:98 reversal:reversed', { kind: 'void', amountFen: 100 }),
      ...back(4, 1, 'back:declined', { amountFen: 200 }),
      ...back(5, 1, 'back:notSent', { amountFen: 100 }),
    ];
    expect(textsOf(settled(records, credit(4_100, 2)))).toEqual(['refunds 1 of 100: 3']);
    expect(textsOf(settled(records, credit(4_300, 3)))).toEqual(['refunds 2 of 300: 3,4']);
  });

  it('lists what was taken over, and remembers its sale as long as the slip can be printed', () => {
    const taken = { type: 'closedByHand', ...key(2), supervisor: '01 店长' } as const;
    const settlement = (batch: string, nextBatch: string, stan: number): SettlementRecord[] => [
      { type: 'settlementBegun', batch, stan, totals: { domestic: NONE, foreign: NONE } },
      {
        type: 'settlementAnswered',
        batch,
        domestic: 'balanced',
        foreign: 'balanced',
        totals: { domestic: NONE, foreign: NONE },
      },
      { type: 'batchClosed', batch, nextBatch },
    ];
    const state = foldAll([
      ...cardSale(1),
      ...['M', 'C'].flatMap((copy) => ['print', 'printed'].map((word) => recordOf(`${word}:${copy}`, key(1)))),
      ...back(2, 1, 'back:unknown'),
      ...settlement(BATCH, '000002', 90).map(stamped),
      ...settlement('000002', '000003', 91).map(stamped),
      stamped(taken),
      ...settlement('000003', '000004', 92).map(stamped),
    ]);
    const { last } = state.settlement;
    if (last === undefined) throw new Error('nothing is settled');
    const { byHand } = settlementReport(state, last);
    expect(byHand.map(({ item, supervisor }) => [item.key.stan, item.status, supervisor])).toEqual([
      [2, 'handedOver', '01 店长'],
    ]);
  });
});
