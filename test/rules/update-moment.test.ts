import { describe, expect, it } from '@jest/globals';
import { applyRecord, emptyJournal } from '../../firmware/journal/fold.ts';
import { updateObstacles } from '../../firmware/rules/update-moment.ts';
import { recordOf } from '../firmware/journal/samples.ts';

/** A journal in which these words happened to one sale. */
function journal(...words: readonly string[]) {
  const state = emptyJournal();
  for (const word of words) applyRecord(state, recordOf(word, { batch: '000001', stan: 1 }));
  return state;
}

describe('the moment for an update', () => {
  it.each([
    ['terminal.idle', [], []],
    ['terminal.signedOff', [], []],
    ['terminal.activating', [], []],
    ['terminal.booting', [], ['starting']],
    ['terminal.signingOn', [], ['starting']],
    ['terminal.enteringAmount', [], ['sale']],
    ['terminal.transacting/transaction.identifying/identify.waiting', [], ['sale']],
    ['terminal.aStateOfALaterVersion', [], ['sale']],
    ['', [], ['sale']],
    ['terminal.usingMenu/menu.choosing', [], ['menu']],
    ['terminal.settling/settle.begins', [], ['settlement']],
    ['terminal.idle', ['card'], ['openItem']],
    ['terminal.idle', ['wallet'], ['openItem']],
    ['terminal.recoveryWaiting', ['card', 'reverse:98'], ['openReversal']],
    ['terminal.idle', ['card', 'answer:approved', 'stands'], []],
    ['terminal.transacting/transaction.authorizingCard', ['card'], ['sale', 'openItem']],
  ] as const)('in %s after %j is hindered by %j', (path, words, obstacles) => {
    expect(updateObstacles(path, true, journal(...words))).toEqual(obstacles);
  });

  it('waits until offline sales are forwarded', () => {
    const state = journal('card', 'answer:notSent');
    const approved = { ...recordOf('stands', { batch: '000001', stan: 1 }), offline: true } as const;
    applyRecord(state, approved);
    expect(updateObstacles('terminal.idle', true, state)).toEqual(['notForwarded']);
  });

  it('waits until a settlement that the host has judged is uploaded', () => {
    const state = journal();
    const totals = {} as never;
    const batch = '000001';
    applyRecord(state, { type: 'settlementBegun', batch, stan: 1, totals, wallMs: 0 });
    expect(updateObstacles('terminal.idle', true, state)).toEqual([]);
    applyRecord(state, { type: 'settlementAnswered', batch, totals, domestic: '1', foreign: '1', wallMs: 0 } as never);
    expect(updateObstacles('terminal.idle', true, state)).toEqual(['uploadOwed']);
  });

  it('is never while nobody knows what the journal says', () => {
    expect(updateObstacles('terminal.outOfService', false, journal())).toEqual(['journalUnknown']);
    expect(updateObstacles('terminal.booting', false, journal())).toEqual(['starting']);
  });
});
