import { describe, expect, it } from '@jest/globals';
import { columnsOf } from '../../firmware/base/columns.ts';
import { HalError } from '../../firmware/hal/index.ts';
import { SCREEN_COLUMNS } from '../../firmware/screens/screen-spec.ts';
import { settleMachine } from '../../firmware/settlement/settle.machine.ts';
import { SETTLEMENT_SCREENS } from '../../firmware/settlement/settlement-screens.ts';
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
const noPaper = { kind: 'stopped', reason: 'paperOut' };
const settled = { ...quiet, settleTotals: [answered], uploadBatch: [complete], closeBatch: [closed] };

describeChart(settleMachine, [
  {
    name: 'open items, notices, totals, upload, batch change, slip: in this order',
    input,
    effects: {
      ...settled,
      sendScriptNotice: [{ kind: 'told', left: 1 }, { kind: 'told', left: 0 }, { kind: 'none' }],
      uploadBatch: [sent, sent, complete],
      printSettlement: [printed],
    },
    hands: 'confirm',
    states: 'flushing noticing comparing uploading closing printing showingSettled ended',
    screens: 'settling settling settling settling settling settling settling settled',
    output: { kind: 'settled', balanced: true, slip: 'printed' },
  },
  {
    name: 'a result that nobody confirms goes away by itself',
    input,
    effects: { ...settled, printSettlement: [printed] },
    hands: '5s',
    states: 'flushing noticing comparing uploading closing printing showingSettled ended',
    output: { kind: 'settled', slip: 'printed' },
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
    effects: { ...settled, sendScriptNotice: [unanswered], printSettlement: [NEVER] },
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
    states: 'flushing noticing comparing backingOff comparing backingOff comparing backingOff showingFailure ended',
    screens: 'settling settling settling settling settlementFailed',
    output: { kind: 'unsettled', reason: 'unanswered' },
  },
  {
    name: 'a refusal to settle is shown',
    input,
    effects: { ...quiet, settleTotals: [{ kind: 'refused', responseCode: '97', signOnAgain: false }] },
    hands: 'confirm',
    states: 'flushing noticing comparing showingFailure ended',
    output: { kind: 'unsettled', reason: 'refused' },
  },
  {
    name: 'totals of another batch ask for a sign-on',
    input,
    effects: { ...quiet, settleTotals: [{ kind: 'refused', responseCode: '77', signOnAgain: true }] },
    states: 'flushing noticing comparing ended',
    output: { kind: 'signOnNeeded' },
  },
  {
    name: 'an upload goes on where an answer was missing, and an answer gives it all its tries again',
    input,
    effects: {
      ...settled,
      uploadBatch: [sent, unanswered, unanswered, sent, unanswered, unanswered, complete],
      printSettlement: [NEVER],
    },
    hands: '2s 4s 2s 4s',
    states:
      'flushing noticing comparing uploading backingOff uploading backingOff uploading ' +
      'backingOff uploading backingOff uploading closing printing',
  },
  {
    name: 'an upload that nobody answers waits',
    input,
    effects: { ...settled, uploadBatch: [unanswered, unanswered, unanswered] },
    hands: '2s 4s confirm',
    states:
      'flushing noticing comparing uploading backingOff uploading backingOff uploading backingOff showingFailure ended',
    output: { kind: 'unsettled', reason: 'unanswered' },
  },
  {
    name: 'an upload of another batch asks for a sign-on',
    input,
    effects: { ...settled, uploadBatch: [{ kind: 'signOnNeeded' }] },
    states: 'flushing noticing comparing uploading ended',
    output: { kind: 'signOnNeeded' },
  },
  {
    name: 'an end that the host refuses closes no batch',
    input,
    effects: { ...settled, uploadBatch: [{ kind: 'refused', responseCode: '79' }], closeBatch: [] },
    hands: 'confirm',
    states: 'flushing noticing comparing uploading showingFailure ended',
    output: { kind: 'unsettled', reason: 'refused' },
  },
  {
    name: 'without paper the batch changes all the same; new paper prints the slip',
    input,
    effects: { ...settled, printSettlement: [noPaper, printed] },
    hands: 'confirm confirm',
    states: 'flushing noticing comparing uploading closing printing showingProblem printing showingSettled ended',
    output: { kind: 'settled', slip: 'printed' },
  },
  ...['cancel', '60s'].map((hands) => ({
    name: `a slip that is not printed stays owed: ${hands}`,
    input,
    effects: { ...settled, printSettlement: [noPaper] },
    hands,
    states: 'flushing noticing comparing uploading closing printing showingProblem ended',
    output: { kind: 'settled', slip: 'owed' },
  })),
  ...(
    [
      ['sendScriptNotice', 'flushing noticing ended'],
      ['settleTotals', 'flushing noticing comparing ended'],
      ['uploadBatch', 'flushing noticing comparing uploading ended'],
      ['closeBatch', 'flushing noticing comparing uploading closing ended'],
      ['printSettlement', 'flushing noticing comparing uploading closing printing ended'],
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
    expect([toneOf(0), toneOf(1)]).toEqual(['success', 'attention']);
  });
});
