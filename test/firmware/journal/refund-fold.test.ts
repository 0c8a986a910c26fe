import { describe, expect, it } from '@jest/globals';
import {
  applyRecord,
  emptyJournal,
  nextStan,
  openItems,
  owedCopies,
  refundedFen,
} from '../../../firmware/journal/fold.ts';
import { rowsOf } from '../../rules/text-table.ts';
import { recordOf, refundIntent } from './samples.ts';

const SALE = { batch: '000001', stan: 5 };
const KEY = { batch: '000001', stan: 6 };
const AMOUNT_FEN = 4_000;

/** A standing sale, a refund of 40 yuan of it, and what the records after that say of the refund. */
function folded(words: readonly string[]) {
  const state = emptyJournal();
  for (const word of ['card', 'answer:approved', 'stands', 'print:M', 'printed:M', 'print:C', 'printed:C']) {
    applyRecord(state, recordOf(word, SALE));
  }
  applyRecord(state, { ...refundIntent(KEY, SALE, { amountFen: AMOUNT_FEN }), wallMs: 1_000 });
  for (const word of words) applyRecord(state, recordOf(word, KEY));
  return state;
}

describe('a refund in the journal', () => {
  // Records of the refund | its status | open items | owed copies | yuan that are gone from the sale
  it.each(
    rowsOf(`
                                                   | sent      | 1 |                       | 40
      back:unknown                                 | sent      | 1 |                       | 40
      back:notSent                                 | notSent   | 0 |                       | 0
      back:declined                                | declined  | 0 |                       | 0
      back:done                                    | done      | 0 | Mowed Cowed           | 40
      reverse:98                                   | reversing | 1 |                       | 40
      reverse:98 reversal:unanswered               | reversing | 1 |                       | 40
      reverse:98 reversal:refused                  | reversing | 1 |                       | 40
      reverse:98 reversal:unanswered reversal:reversed | reversed | 0 |                    | 0
      back:done print:M                            | done      | 0 | Mstarted Cowed        | 40
      back:done print:M unprinted:M                | done      | 0 | Mowed Cowed           | 40
      back:done print:M printed:M                  | done      | 0 | Cowed                 | 40
      back:done print:M printed:M print:C printed:C | done     | 0 |                       | 40
      back:done print:M back:done                  | done      | 0 | Mstarted Cowed        | 40
    `),
  )('%s: %s, %s open, owed %s, %s yuan gone', (words = '', status, open, owed, goneYuan) => {
    const state = folded(words.split(' ').filter((word) => word !== ''));
    const refund = state.refunds.get('000001-000006');
    const copies = owedCopies(state).map(
      ({ copy }) => `${copy.charAt(0).toUpperCase()}${copy === 'settlement' ? '' : refund?.copies[copy]}`,
    );
    expect([refund?.status, String(openItems(state).length), copies.join(' ')]).toEqual([status, open, owed]);
    expect(refundedFen(state, SALE)).toBe(Number(goneYuan) * 100);
    expect(refund?.reversalReason).toBe(words.includes('reverse:98') ? '98' : undefined);
    expect(state.sales.get('000001-000005')?.status).toBe('approved');
    expect(nextStan(state)).toBe(7);
  });

  it('has a number that no sale and no other refund has, and follows its own', () => {
    const state = folded([]);
    const again = { ...refundIntent(KEY, SALE), wallMs: 1_000 };
    expect(() => applyRecord(state, again)).toThrow('batch and STAN name one sale or refund');
    expect(() => applyRecord(state, { ...refundIntent(SALE, SALE), wallMs: 1_000 })).toThrow('name one sale or refund');
    expect(() => applyRecord(state, recordOf('back:done', { ...KEY, stan: 9 }))).toThrow('a result follows its intent');
  });
});
