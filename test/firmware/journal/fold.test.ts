import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  applyRecord,
  emptyJournal,
  type JournalState,
  nextStan,
  openSales,
  owedCopies,
} from '../../../firmware/journal/fold.ts';
import { rowsOf } from '../../rules/text-table.ts';
import { recordOf } from './samples.ts';

const KEY = { batch: '000001', stan: 5 };

function folded(words: readonly string[], state: JournalState = emptyJournal()): JournalState {
  for (const word of words) applyRecord(state, recordOf(word, KEY));
  return state;
}

/** Status, open items, owed copies with their state, next STAN. */
function summary(state: JournalState): string[] {
  const sale = state.sales.get('000001-000005');
  const owed = owedCopies(state).map(({ copy }) => {
    const stands = copy === 'settlement' ? state.settlement.last?.slip : sale?.copies[copy];
    return `${copy.charAt(0).toUpperCase()}${stands}`;
  });
  return [sale?.status ?? '', String(openSales(state).length), owed.join(' '), String(nextStan(state))];
}

/** Records of one sale | status | open | owed copies | next STAN */
const HISTORIES = rowsOf(`
                                                              |            | 0 |                 | 1
  signOn:4                                                    |            | 0 |                 | 5
  signOn:4 batch:000007                                       |            | 0 |                 | 5
  late fault                                                  |            | 0 |                 | 1
  card                                                        | sent       | 1 |                 | 6
  card answer:approved                                        | authorized | 1 |                 | 6
  card answer:approved stands                                 | approved   | 0 | Mowed Cowed     | 6
  card answer:declined                                        | declined   | 0 |                 | 6
  card answer:notSent                                         | notSent    | 0 |                 | 6
  card answer:unknown                                         | sent       | 1 |                 | 6
  card answer:untrusted                                       | sent       | 1 |                 | 6
  card late                                                   | sent       | 1 |                 | 6
  card answer:unknown reverse:98                              | reversing  | 1 |                 | 6
  card answer:approved reverse:06                             | reversing  | 1 |                 | 6
  card reverse:98 reversal:unanswered                         | reversing  | 1 |                 | 6
  card reverse:98 reversal:refused                            | reversing  | 1 |                 | 6
  card reverse:98 reversal:unanswered reversal:reversed       | reversed   | 0 |                 | 6
  card answer:approved stands print:M                         | approved   | 0 | Mstarted Cowed  | 6
  card answer:approved stands print:M unprinted:M             | approved   | 0 | Mowed Cowed     | 6
  card answer:approved stands print:M printed:M               | approved   | 0 | Cowed           | 6
  card answer:approved stands print:M printed:M print:M       | approved   | 0 | Mstarted Cowed  | 6
  card answer:approved stands print:C printed:C print:M printed:M | approved | 0 |               | 6
  wallet                                                      | sent       | 1 |                 | 6
  wallet order:pending                                        | sent       | 1 |                 | 6
  wallet order:unknown                                        | sent       | 1 |                 | 6
  wallet order:notSent                                        | notSent    | 0 |                 | 6
  wallet order:failed                                         | declined   | 0 |                 | 6
  wallet order:paid                                           | authorized | 1 |                 | 6
  wallet order:paid stands                                    | approved   | 0 | Mowed Cowed     | 6
  wallet order:unknown cancel                                 | cancelling | 1 |                 | 6
  wallet order:unknown cancel order:unknown                   | cancelling | 1 |                 | 6
  wallet order:unknown cancel order:cancelled                 | cancelled  | 0 |                 | 6
  wallet order:pending order:cancelled                        | cancelled  | 0 |                 | 6
`);

const WORDS = [...new Set(HISTORIES.flatMap(([words]) => words?.split(' ') ?? []))];

describe('the journal folded', () => {
  it.each(HISTORIES)('%s → %s, %s open, owed "%s", next %s', (words, ...expected) => {
    const history = words === '' ? [] : (words?.split(/ +/) ?? []);
    expect(summary(folded(history))).toEqual(expected);
  });

  it('keeps the sales of two batches apart', () => {
    const state = emptyJournal();
    for (const batch of ['000001', '000002']) applyRecord(state, recordOf('card', { batch, stan: 5 }));
    expect(openSales(state).map(({ key }) => key.batch)).toEqual(['000001', '000002']);
  });

  it('folds a beginning and then the rest to what folding all gives', () => {
    const history = fc.array(fc.constantFrom(...WORDS.filter((word) => !/^(card|wallet)?$/.test(word))));
    fc.assert(
      fc.property(history, fc.constantFrom('card', 'wallet'), fc.nat(), (rest, intent, at) => {
        const words = [intent, ...rest];
        const cut = at % (words.length + 1);
        const inTwo = folded(words.slice(cut), folded(words.slice(0, cut)));
        expect(inTwo).toEqual(folded(words));
        expect(inTwo.recordCount).toBe(words.length);
      }),
    );
  });

  it('never forgets a sale, and never calls one closed and open at once', () => {
    const history = fc.array(fc.constantFrom(...WORDS.filter((word) => !/^(card|wallet)?$/.test(word))));
    fc.assert(
      fc.property(history, (rest) => {
        const state = folded(['card', ...rest]);
        const [sale] = state.sales.values();
        const isClosed = ['approved', 'declined', 'notSent', 'reversed', 'cancelled'].includes(sale?.status ?? '');
        expect(openSales(state).length).toBe(isClosed ? 0 : 1);
      }),
    );
  });

  it('refuses a result without an intent, and one key for two sales', () => {
    expect(() => folded(['answer:approved'])).toThrow('a result follows its intent');
    expect(() => folded(['card', 'wallet'])).toThrow('batch and STAN name one sale');
  });
});

describe('nextStan', () => {
  it('goes from 999999 to 1', () => {
    expect(nextStan({ ...emptyJournal(), lastStan: 999_998 })).toBe(999_999);
    expect(nextStan({ ...emptyJournal(), lastStan: 999_999 })).toBe(1);
  });

  it('passes over a number that names a sale of this batch already', () => {
    const state = folded(['card', 'answer:declined']);
    expect(nextStan({ ...state, lastStan: 4 })).toBe(6);
    expect(nextStan({ ...state, lastStan: 4, batch: '000002' })).toBe(5);
  });
});
