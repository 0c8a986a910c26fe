import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { SaleKey, StampedRecord } from '../../firmware/journal/records.ts';
import type { SettlementAnswered } from '../../firmware/journal/settlement-records.ts';
import type { Balance } from '../../firmware/protocol/cup/messages.ts';
import { nextBatchOf } from '../../firmware/settlement/batch-number.ts';
import {
  announcedTotals,
  batchIsFull,
  batchTotals,
  compareTotals,
  isCardSale,
  networkOf,
} from '../../firmware/settlement/totals.ts';
import { nextUpload, uploadPlan, uploadVerdict } from '../../firmware/settlement/upload-plan.ts';
import { cardIntent, recordOf, walletIntent } from '../firmware/journal/samples.ts';
import { rowsOf } from '../rules/text-table.ts';
import { foldAll } from './settling-shop.ts';

const BATCH = '000001';
const WALL_MS = 1_000;

interface Life {
  readonly how: 'card' | 'foreign' | 'wallet' | 'huabei';
  readonly amountFen: number;
  readonly end: string;
  readonly batch: string;
}

const PLAN = { periods: 3, feePayer: 'customer', feeFen: 0, totalFen: 0, perPeriodFen: 0, firstPaymentFen: 0 } as const;

function intentOf({ how, amountFen }: Life, key: SaleKey): StampedRecord {
  if (how === 'card') return { ...cardIntent(key), amountFen, wallMs: WALL_MS };
  if (how === 'foreign') return { ...cardIntent(key), amountFen, maskedPan: '450000******0015', wallMs: WALL_MS };
  const plan = how === 'huabei' ? { method: 'huabei' as const, ...PLAN, firstDueDate: undefined } : undefined;
  return { ...walletIntent(key), amountFen, plan, wallMs: WALL_MS };
}

const CARD_ENDS = ['answer:approved stands', 'answer:approved', 'answer:declined', 'answer:notSent', 'answer:unknown'];
const REVERSED = ['answer:unknown reverse:98', 'answer:unknown reverse:98 reversal:reversed'];
const WALLET_ENDS = ['order:paid stands', 'order:failed', 'order:pending', 'order:pending cancel order:cancelled'];

const life: fc.Arbitrary<Life> = fc
  .record({
    how: fc.constantFrom('card' as const, 'foreign' as const, 'wallet' as const, 'huabei' as const),
    amountFen: fc.integer({ min: 1, max: 500_000_00 }),
    batch: fc.constantFrom(BATCH, BATCH, '000002'),
    at: fc.nat(),
  })
  .map(({ at, ...each }) => {
    const ends = each.how === 'card' || each.how === 'foreign' ? [...CARD_ENDS, ...REVERSED] : WALLET_ENDS;
    return { ...each, end: ends[at % ends.length] ?? '' };
  });

function journalOf(lives: readonly Life[]) {
  return foldAll(
    lives.flatMap((each, at) => {
      const key = { batch: each.batch, stan: at + 1 };
      return [intentOf(each, key), ...each.end.split(' ').map((word) => recordOf(word, key))];
    }),
  );
}

describe('batchTotals', () => {
  it('is the sum of the sales of the batch that stand, cards by network, wallets apart', () => {
    fc.assert(
      fc.property(fc.array(life, { maxLength: 30 }), (lives) => {
        const totals = batchTotals(journalOf(lives), BATCH);
        const standing = lives.filter(({ end, batch }) => end.endsWith('stands') && batch === BATCH);
        const sumOf = (how: Life['how']) => {
          const amounts = standing.filter((each) => each.how === how).map(({ amountFen }) => amountFen);
          return [amounts.reduce((sum, fen) => sum + fen, 0), amounts.length];
        };
        const { domestic, foreign } = totals.card;
        expect([domestic.debitFen, domestic.debitCount]).toEqual(sumOf('card'));
        expect([foreign.debitFen, foreign.debitCount]).toEqual(sumOf('foreign'));
        expect([domestic.creditFen, domestic.creditCount, foreign.creditFen, foreign.creditCount]).toEqual([
          0, 0, 0, 0,
        ]);
        for (const [method, how] of [['alipay', 'wallet'] as const, ['huabei', 'huabei'] as const]) {
          const sum = totals.wallets.find((each) => each.method === method);
          expect([sum?.amountFen ?? 0, sum?.count ?? 0]).toEqual(sumOf(how));
        }
      }),
    );
  });

  it('goes beyond what field 48 can count, and is announced so that the batch does not balance', () => {
    const sale: Life = { how: 'card', amountFen: 100, end: 'answer:approved stands', batch: BATCH };
    const state = journalOf(Array.from({ length: 1001 }, () => sale));
    const { card } = batchTotals(state, BATCH);
    expect([card.domestic.debitCount, announcedTotals(card).domestic.debitCount]).toEqual([1001, 999]);
  });

  it('says that a batch is full at 999 card sales, not before', () => {
    const sale: Life = { how: 'card', amountFen: 100, end: 'answer:approved stands', batch: BATCH };
    const sales = Array.from({ length: 999 }, () => sale);
    expect([batchIsFull(journalOf(sales)), batchIsFull(journalOf(sales.slice(1)))]).toEqual([true, false]);
  });
});

describe('nextBatchOf', () => {
  it.each([
    ['000001', '000002'],
    ['000999', '001000'],
    ['999999', '000001'],
  ])('%s is %s', (batch, next) => {
    expect(nextBatchOf(batch)).toBe(next);
  });
});

describe('networkOf', () => {
  it.each(
    rowsOf(`
      622202******0128 |                  | domestic
      450000******0015 |                  | foreign
      529999******0015 |                  | foreign
      912345******0015 |                  | domestic
      450000******0015 | A000000333010102 | domestic
      450000******0015 | A0000000031010   | foreign
    `),
  )('counts %s with chip application "%s" as %s', (maskedPan, aid, network) => {
    const sale = [
      ...journalOf([{ how: 'card', amountFen: 1, end: 'answer:approved', batch: BATCH }]).sales.values(),
    ][0];
    if (sale === undefined || !isCardSale(sale)) throw new Error('the sale is by card');
    const details = { applicationLabel: '', cryptogram: '', cryptogramType: 'tc', tvr: '', tsi: '', atc: '' } as const;
    const chip = aid === '' || aid === undefined ? undefined : { aid, ...details };
    expect(networkOf({ ...sale, intent: { ...sale.intent, maskedPan: maskedPan ?? '', chip } })).toBe(network);
  });
});

describe('compareTotals', () => {
  const half = { debitFen: 500, debitCount: 2, creditFen: 0, creditCount: 0 };
  const ours = { domestic: half, foreign: half };

  it('says what the host has more, and what it has less', () => {
    const totals = { domestic: { ...half, debitFen: 900, debitCount: 3 }, foreign: { ...half, debitFen: 200 } };
    expect(compareTotals(ours, { domestic: 'unbalanced', foreign: 'unbalanced', totals })).toMatchObject({
      balanced: false,
      domestic: { debitFen: 400, debitCount: 1 },
      foreign: { debitFen: -300, debitCount: 0 },
    });
  });

  it('balances only when both halves do', () => {
    const balances = (domestic: Balance, foreign: Balance) =>
      compareTotals(ours, { domestic, foreign, totals: ours }).balanced;
    expect([balances('balanced', 'balanced'), balances('balanced', 'error')]).toEqual([true, false]);
  });

  it('leaves the last word to the host, also where it only repeats our totals', () => {
    const repeated = compareTotals(ours, { domestic: 'unbalanced', foreign: 'balanced', totals: ours });
    expect(repeated).toMatchObject({ balanced: false, domestic: { balance: 'unbalanced', debitFen: 0 } });
  });
});

describe('uploadPlan', () => {
  const answer = (domestic: 'balanced' | 'unbalanced' | 'error', foreign: 'balanced' | 'unbalanced' | 'error') =>
    ({ type: 'settlementAnswered', batch: BATCH, domestic, foreign }) as SettlementAnswered;
  const stands = 'answer:approved stands';
  const mixed = journalOf([
    { how: 'card', amountFen: 1, end: stands, batch: BATCH },
    { how: 'foreign', amountFen: 2, end: stands, batch: BATCH },
    { how: 'card', amountFen: 3, end: 'answer:declined', batch: BATCH },
    { how: 'card', amountFen: 4, end: stands, batch: '000002' },
    { how: 'wallet', amountFen: 5, end: 'order:paid stands', batch: BATCH },
  ]);

  it.each(
    rowsOf(`
      balanced   | balanced   |     | true
      unbalanced | balanced   | 1   | false
      balanced   | unbalanced | 2   | false
      unbalanced | unbalanced | 1,2 | false
      error      | error      | 1,2 | false
    `),
  )('of a batch that is %s and %s uploads sales "%s" of cards that stand', (domestic, foreign, stans, balanced) => {
    const plan = uploadPlan(mixed, mixed.settlement, answer(domestic as 'balanced', foreign as 'balanced'));
    const first = plan.messages[0]?.content;
    expect(first?.kind === 'details' ? first.sales.map(({ key }) => key.stan).join() : '').toBe(stans);
    expect([String(plan.balanced), plan.messages.at(-1)?.content.kind]).toEqual([balanced, 'end']);
  });

  it('sends a sale alone only after the host has rejected it among others', () => {
    const plan = uploadPlan(mixed, mixed.settlement, answer('unbalanced', 'unbalanced'));
    const indexes = (outcome: 'accepted' | 'rejected'): number[] => {
      const results = new Map<number, { readonly outcome: 'accepted' | 'rejected' }>();
      for (let next = nextUpload(plan, results); next !== undefined; next = nextUpload(plan, results)) {
        results.set(next.index, { outcome });
      }
      return [...results.keys()];
    };
    expect(indexes('accepted')).toEqual([0, 3]);
    expect(indexes('rejected')).toEqual([0, 1, 2, 3]);
  });

  it('sends a chip that accepted without its issuer as a failure, behind the certificates', () => {
    const chipSale = (stan: number, tvr: string | undefined): Parameters<typeof foldAll>[0] => {
      const key = { batch: BATCH, stan };
      return [
        { ...cardIntent(key), entry: 'chip', wallMs: WALL_MS },
        recordOf('answer:approved', key),
        { type: 'chipEvidence', ...key, scriptRan: false, chipData: '9F270140', wallMs: WALL_MS },
        { type: 'saleApproved', ...key, tvr, tsi: undefined, scriptResult: undefined, wallMs: WALL_MS },
      ];
    };
    const state = foldAll([...chipSale(1, '0000008040'), ...chipSale(2, '0000008000'), ...chipSale(3, undefined)]);
    const plan = uploadPlan(state, state.settlement, answer('balanced', 'balanced'));
    const said = plan.messages.map(({ content }) =>
      'sale' in content ? [content.kind, content.sale.key.stan] : content,
    );
    expect(said).toEqual([['certificate', 2], ['certificate', 3], ['failure', 1], { kind: 'end', count: 3 }]);
  });
});

describe('uploadVerdict', () => {
  it.each(
    rowsOf(`
      00 | accepted
      94 | accepted
      25 | rejected
      64 | rejected
      30 | rejected
      96 | later
      91 | later
      09 | later
      77 | signOn
      A0 | signOn
      ZZ | rejected
    `),
  )('%s is %s', (code, verdict) => {
    expect(uploadVerdict(code ?? '')).toBe(verdict);
  });
});
