import { describe, expect, it } from '@jest/globals';
import { TRACE_FORMAT, TRACE_VERSION, type TraceEvent, type TraceHeader } from '../../../visualizer/model/trace.ts';
import { PageStore } from '../../../visualizer/page/store.ts';

const HEADER: TraceHeader = {
  format: TRACE_FORMAT,
  version: TRACE_VERSION,
  title: 'npm start',
  startedAtMs: 0,
  language: 'zh',
};

const begins = (seq: number): TraceEvent => ({
  seq,
  atMs: seq,
  kind: 'step',
  lane: 'terminal',
  step: { kind: 'begins', actor: 'x:0', machine: 'terminal', state: 'booting' },
});

const moves = (seq: number, state: string, to: string): TraceEvent => ({
  seq,
  atMs: seq,
  kind: 'step',
  lane: 'terminal',
  step: { kind: 'moves', actor: 'x:0', machine: 'terminal', state, to, event: 'KEY', branch: 0 },
});

const EVENTS = [begins(0), moves(1, 'booting', 'idle'), moves(2, 'idle', 'usingMenu')];

function liveStore(): PageStore {
  const store = new PageStore();
  store.replace(HEADER, [], 'live');
  store.grow(EVENTS);
  return store;
}

const stateOf = (store: PageStore): string | undefined => store.moment.running[0]?.state;

describe('the store', () => {
  it('follows the newest event while it is live', () => {
    const store = liveStore();
    expect(stateOf(store)).toBe('usingMenu');
    store.grow([moves(3, 'usingMenu', 'idle')]);
    expect([store.seq, stateOf(store)]).toEqual([3, 'idle']);
  });

  it('shows the past as it was, however much comes', () => {
    const store = liveStore();
    store.goTo(1);
    store.grow([moves(3, 'usingMenu', 'idle')]);
    expect([store.seq, stateOf(store)]).toEqual([1, 'idle']);
    expect(store.moment.lastMove?.state).toBe('booting');
  });

  it('is live again at the newest event, and stops at both ends', () => {
    const store = liveStore();
    store.goTo(-5);
    expect([store.seq, stateOf(store)]).toEqual([0, 'booting']);
    store.goTo(99);
    expect([store.state.cursor, store.seq]).toEqual([undefined, 2]);
  });

  it('takes events that come twice once', () => {
    const store = liveStore();
    store.grow(EVENTS);
    expect(store.events).toHaveLength(3);
  });

  it('stands in a file where somebody has gone, at its end too', () => {
    const store = new PageStore();
    store.replace(HEADER, EVENTS, 'file');
    store.goTo(2);
    expect(store.state.cursor).toBe(2);
  });

  it('tells of changes, and tells components only of what they look at', () => {
    const store = liveStore();
    const { moment } = store;
    let calls = 0;
    const end = store.subscribe(() => (calls += 1));
    store.set({ notice: 'x' });
    expect([calls, store.moment === moment]).toEqual([1, true]);
    end();
    store.set({ notice: '' });
    expect(calls).toBe(1);
  });

  it('forgets where machines stood when the power goes', () => {
    const store = liveStore();
    store.grow([{ seq: 3, atMs: 3, kind: 'life', lane: 'terminal', what: 'powerCut' }]);
    expect([store.moment.running, store.moment.screen]).toEqual([[], undefined]);
  });
});
