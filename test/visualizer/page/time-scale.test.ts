import { describe, expect, it } from '@jest/globals';
import type { TraceEntry, TraceEvent } from '../../../visualizer/model/trace.ts';
import { gapText, markBeside, marksOf, thinMarks, timeText, wallText } from '../../../visualizer/page/time-scale.ts';

const BEEP: TraceEntry = { kind: 'beep', lane: 'devices', pattern: 'key' };
const ACT: TraceEntry = { kind: 'act', lane: 'cashier', act: { cashier: { press: 'confirm' } } };
const SOLD: TraceEntry = { kind: 'record', lane: 'journal', type: 'saleApproved', fields: [] };
const NOTED: TraceEntry = { kind: 'record', lane: 'journal', type: 'signedOn', fields: [] };
const CUT: TraceEntry = { kind: 'life', lane: 'terminal', what: 'powerCut' };

const run = (...entries: readonly TraceEntry[]): TraceEvent[] =>
  entries.map((entry, seq) => ({ seq, atMs: seq * 10, ...entry }));

describe('times', () => {
  it.each([
    [0, '0:00.000'],
    [61_250, '1:01.250'],
    [3_723_004, '1:02:03.004'],
  ])('%i ms since the beginning', (atMs, text) => {
    expect(timeText(atMs)).toBe(text);
  });

  it.each([
    [999, undefined],
    [4100, '+4.1 s'],
    [120_000, '+2 min'],
    [5_400_000, '+1.5 h'],
  ])('a pause of %i ms', (ms, text) => {
    expect(gapText(ms)).toBe(text);
  });

  it('reads clocks as shops in China do', () => {
    expect(wallText(Date.UTC(2026, 10, 20, 16, 0, 5))).toBe('2026-11-21 00:00:05');
  });
});

describe('marks', () => {
  const marks = marksOf(run(CUT, BEEP, ACT, NOTED, SOLD, BEEP));

  it('stand where hands moved, money moved and the power went', () => {
    expect(marks).toEqual([
      { seq: 0, kind: 'life' },
      { seq: 2, kind: 'act' },
      { seq: 4, kind: 'money' },
    ]);
  });

  it('lead from one to the next', () => {
    expect(markBeside(marks, 3, 1)?.seq).toBe(4);
    expect(markBeside(marks, 2, -1)?.seq).toBe(0);
    expect(markBeside(marks, 4, 1)).toBeUndefined();
    expect(markBeside(marks, 0, -1)).toBeUndefined();
  });

  it('are thinned by kind, so that one sale among many acts is still seen', () => {
    const many = marksOf(run(...Array.from({ length: 1000 }, () => ACT), SOLD));
    const thin = thinMarks(many, 1001, 100);
    expect(thin.length).toBeLessThanOrEqual(102);
    expect(thin).toContainEqual({ seq: 1000, kind: 'money' });
  });
});
