import { describe, expect, it } from '@jest/globals';
import { LANES, type TraceEntry, type TraceEvent } from '../../../visualizer/model/trace.ts';
import { endsOf, labelOf } from '../../../visualizer/page/lanes/arrows.ts';
import { isShown, KIND_GROUPS, toggled } from '../../../visualizer/page/lanes/filter.ts';

const at = (entry: TraceEntry): TraceEvent => ({ seq: 0, atMs: 0, ...entry });
const MESSAGE = { kind: 'message', lane: 'host', host: 'acquirer', title: '0200', bytes: 87, fields: [] } as const;

describe('arrows', () => {
  it.each<[entry: TraceEntry, from: string, to: string, label: string]>([
    [{ kind: 'act', lane: 'customer', act: { customer: { insert: 'debit' } } }, 'customer', 'devices', 'insert debit'],
    [{ kind: 'act', lane: 'cashier', act: { cashier: { tear: true } } }, 'cashier', 'terminal', 'tear'],
    [{ kind: 'act', lane: 'devices', act: { power: 'cut' } }, 'devices', 'devices', 'power cut'],
    [{ kind: 'key', lane: 'terminal', key: 'private' }, 'cashier', 'terminal', '•'],
    [{ ...MESSAGE, direction: 'out' }, 'terminal', 'host', 'acquirer 0200'],
    [{ ...MESSAGE, direction: 'in' }, 'host', 'terminal', 'acquirer 0200'],
    [
      { kind: 'silence', lane: 'host', host: 'acquirer', outcome: 'unknown', reason: 'deadline' },
      'host',
      'terminal',
      'acquirer unknown (deadline)',
    ],
    [{ kind: 'record', lane: 'journal', type: 'cardIntent', fields: [] }, 'terminal', 'journal', 'cardIntent'],
    [{ kind: 'slip', lane: 'devices', lines: ['  ', '  银联POS签购单'] }, 'devices', 'customer', '银联POS签购单'],
  ])('%j', (entry, from, to, label) => {
    expect(endsOf(at(entry))).toEqual({ from, to });
    expect(labelOf(at(entry))).toBe(label);
  });

  it('cuts what is too long for a line', () => {
    expect(labelOf(at({ kind: 'slip', lane: 'devices', lines: ['x'.repeat(500)] })).length).toBeLessThan(130);
  });
});

describe('the filter', () => {
  const all = { kinds: new Set(KIND_GROUPS), lanes: new Set(LANES) };
  const reply = at({ ...MESSAGE, direction: 'in' });

  it('hides a kind with what belongs to it', () => {
    const silent = at({ kind: 'silence', lane: 'wallet', host: 'jd', outcome: 'notSent', reason: 'network' });
    expect(isShown(silent, all)).toBe(true);
    expect(isShown(silent, { ...all, kinds: toggled(all.kinds, 'message') })).toBe(false);
  });

  it('hides an arrow with either of its lanes', () => {
    expect(isShown(reply, all)).toBe(true);
    expect(isShown(reply, { ...all, lanes: toggled(all.lanes, 'host') })).toBe(false);
    expect(isShown(reply, { ...all, lanes: toggled(all.lanes, 'terminal') })).toBe(false);
    expect(isShown(reply, { ...all, lanes: toggled(all.lanes, 'wallet') })).toBe(true);
  });

  it('never hides that the terminal lost its power', () => {
    expect(isShown(at({ kind: 'life', lane: 'terminal', what: 'powerCut' }), { ...all, kinds: new Set() })).toBe(true);
  });
});
