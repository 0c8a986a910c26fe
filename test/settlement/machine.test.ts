import { describe, expect, it } from '@jest/globals';
import { columnsOf } from '../../firmware/base/columns.ts';
import { HalError } from '../../firmware/hal/index.ts';
import { SCREEN_COLUMNS } from '../../firmware/screens/screen-spec.ts';
import { settleMachine } from '../../firmware/settlement/settle.machine.ts';
import { SETTLEMENT_SCREENS } from '../../firmware/screens/settlement-screens.ts';
import { describeChart, NEVER } from '../firmware/machines/chart.ts';
import { TIMING } from '../firmware/machines/samples.ts';

const DEAD_JOURNAL = new HalError('media', 'journal');
const input = { timing: TIMING };
const quiet = { pending: [{ kind: 'settled' }], sendScriptNotice: [{ kind: 'none' }] };
const answered = { kind: 'answered', balanced: true };
const sent = { kind: 'sent', done: 1, total: 2 };
const complete = { kind: 'complete' };
const unanswered = { kind: 'unanswered' };
const closed = { batch: '000001', balanced: true, disagreements: 0 };
const printed = { kind: 'printed' };
const owed = { kind: 'owed' };
const settled = { ...quiet, settleTotals: [answered], uploadBatch: [complete], closeBatch: [closed] };

describeChart(settleMachine, [
  {
    name: 'open items, notices, totals, upload, batch change, slip: in this order',
    input,
    effects: {
      ...settled,
      sendScriptNotice: [{ kind: 'told', left: 1 }, { kind: 'told', left: 0 }, { kind: 'none' }],
      uploadBatch: [sent, sent, complete],
      receipt: [printed],
    },
    hands: 'confirm',
    states: 'flushing noticing comparing uploading closing printing showingSettled ended',
    screens: 'settling settling settling settling settling settling settling settled settled',
    inputs: { receipt: [{ copies: [{ copy: 'settlement', batch: '000001' }], announcesFirst: false }] },
    output: { kind: 'settled', balanced: true },
  },
  {
    name: 'a result that nobody confirms goes away by itself',
    input,
    effects: { ...settled, receipt: [printed] },
    hands: '5s',
    states: 'flushing noticing comparing uploading closing printing showingSettled ended',
    output: { kind: 'settled' },
  },
  {
    name: 'nothing is settled while money is in doubt',
    input,
    effects: { pending: [{ kind: 'waiting', openItems: 1 }] },
    hands: 'cancel',
    states: 'flushing showingFailure ended',
    screens: 'settlementFailed',
    output: { kind: 'unsettled', reason: 'openItems' },
  },
  {
    name: 'open items that need a sign-on come first',
    input,
    effects: { pending: [{ kind: 'signOnNeeded' }] },
    states: 'flushing ended',
    output: { kind: 'signOnNeeded' },
  },
  ...[{ kind: 'faulted' }, DEAD_JOURNAL].map((outcome) => ({
    name: `a recovery that cannot write ends it: ${outcome instanceof Error ? 'rejected' : 'told'}`,
    input,
    effects: { pending: [outcome] },
    states: 'flushing ended',
    output: { kind: 'faulted' },
  })),
  {
    name: 'a script notice that nobody answers holds no money up',
    input,
    effects: { ...settled, sendScriptNotice: [unanswered], receipt: [NEVER] },
    states: 'flushing noticing comparing uploading closing printing',
  },
  {
    name: 'a script notice under wrong keys asks for a sign-on',
    input,
    effects: { ...quiet, sendScriptNotice: [{ kind: 'signOnNeeded' }] },
    states: 'flushing noticing ended',
    output: { kind: 'signOnNeeded' },
  },
  {
    name: 'totals are sent three times, then the settlement waits',
    input,
    effects: { ...quiet, settleTotals: [unanswered, unanswered, unanswered] },
    hands: '2s 4s 5s',
    states:
      'flushing noticing comparing weighing backingOff comparing weighing backingOff comparing weighing backingOff showingFailure ended',
    screens: 'settling settling settling settling settlementFailed',
    output: { kind: 'unsettled', reason: 'unanswered' },
  },
  {
    name: 'a refusal to settle is shown',
    input,
    effects: { ...quiet, settleTotals: [{ kind: 'refused', responseCode: '97' }] },
    hands: 'confirm',
    states: 'flushing noticing comparing weighing showingFailure ended',
    output: { kind: 'unsettled', reason: 'refused' },
  },
  {
    name: 'totals of another batch ask for a sign-on',
    input,
    effects: { ...quiet, settleTotals: [{ kind: 'signOnNeeded' }] },
    states: 'flushing noticing comparing weighing ended',
    output: { kind: 'signOnNeeded' },
  },
  {
    name: 'an upload goes on where an answer was missing, and an answer gives it all its tries again',
    input,
    effects: {
      ...settled,
      uploadBatch: [sent, unanswered, unanswered, sent, unanswered, unanswered, complete],
      receipt: [NEVER],
    },
    hands: '2s 4s 2s 4s',
    states:
      'flushing noticing comparing uploading weighing backingOff uploading weighing backingOff uploading ' +
      'weighing backingOff uploading weighing backingOff uploading closing printing',
  },
  {
    name: 'an upload that nobody answers waits',
    input,
    effects: { ...settled, uploadBatch: [unanswered, unanswered, unanswered] },
    hands: '2s 4s confirm',
    states:
      'flushing noticing comparing uploading weighing backingOff uploading weighing backingOff uploading weighing backingOff showingFailure ended',
    output: { kind: 'unsettled', reason: 'unanswered' },
  },
  {
    name: 'an upload of another batch asks for a sign-on',
    input,
    effects: { ...settled, uploadBatch: [{ kind: 'signOnNeeded' }] },
    states: 'flushing noticing comparing uploading weighing ended',
    output: { kind: 'signOnNeeded' },
  },
  {
    name: 'an end that the host refuses closes no batch',
    input,
    effects: { ...settled, uploadBatch: [{ kind: 'refused', responseCode: '79' }], closeBatch: [] },
    hands: 'confirm',
    states: 'flushing noticing comparing uploading weighing showingFailure ended',
    output: { kind: 'unsettled', reason: 'refused' },
  },
  {
    name: 'without paper the batch changes all the same, and the slip stays owed',
    input,
    effects: { ...settled, receipt: [owed] },
    hands: 'confirm',
    states: 'flushing noticing comparing uploading closing printing showingSettled ended',
    output: { kind: 'settled' },
  },
  {
    name: 'keys belong to the slip while it prints',
    input,
    effects: { ...settled, receipt: [NEVER] },
    hands: 'confirm cancel',
    states: 'flushing noticing comparing uploading closing printing',
    keys: 'receipt confirm, receipt cancel',
  },
  ...(
    [
      ['sendScriptNotice', 'flushing noticing ended'],
      ['settleTotals', 'flushing noticing comparing ended'],
      ['uploadBatch', 'flushing noticing comparing uploading ended'],
      ['closeBatch', 'flushing noticing comparing uploading closing ended'],
      ['receipt', 'flushing noticing comparing uploading closing printing ended'],
    ] as const
  ).map(([effect, states]) => ({
    name: `a journal that dies in ${effect} is a fault`,
    input,
    effects: { ...settled, [effect]: [DEAD_JOURNAL] },
    states,
    output: { kind: 'faulted' },
  })),
]);

describe('screens of the settlement', () => {
  const failures = ['openItems', 'unanswered', 'refused', 'signOnNeeded'] as const;
  const linesOf = (pick: (zh: string, en: string) => string): string[] => [
    ...(['notices', 'totals', 'upload'] as const).flatMap((step) =>
      SETTLEMENT_SCREENS.settling.lines({ step, done: 1, total: 12 }, pick),
    ),
    ...[0, 3].flatMap((disagreements) =>
      SETTLEMENT_SCREENS.settled.lines({ batch: '000001', balanced: disagreements === 0, disagreements }, pick),
    ),
    ...failures.flatMap((reason) =>
      SETTLEMENT_SCREENS.settlementFailed.lines(
        { reason, responseCode: reason === 'refused' ? '97' : undefined },
        pick,
      ),
    ),
  ];

  it('say everything in both languages, each line within the narrowest display', () => {
    const zh = linesOf((text) => text);
    const en = linesOf((_, text) => text);
    expect(zh.length).toBe(en.length);
    for (const line of [...zh, ...en]) expect([line, columnsOf(line) <= SCREEN_COLUMNS]).toEqual([line, true]);
    for (const line of en) expect(line).not.toMatch(/\p{Script=Han}/u);
  });

  it('warn when something does not agree', () => {
    const { tone } = SETTLEMENT_SCREENS.settled;
    const toneOf = (disagreements: number) =>
      typeof tone === 'function' ? tone({ batch: '000001', balanced: true, disagreements }) : tone;
    expect([toneOf(0), toneOf(1)]).toEqual(['neutral', 'attention']);
  });
});
