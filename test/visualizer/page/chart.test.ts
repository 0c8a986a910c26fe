import { describe, expect, it } from '@jest/globals';
import type { BranchModel } from '../../../visualizer/model/chart.ts';
import { closedKeys, passesKeysOn } from '../../../visualizer/page/chart/chances.ts';
import { foundStates, litStates } from '../../../visualizer/page/chart/lit.ts';
import { fitted, focused, zoomed } from '../../../visualizer/page/chart/viewport.ts';
import { groupOf, missingGroups, stateOf } from '../../../visualizer/page/coverage-groups.ts';

const TERMINAL = { actor: 'a', machine: 'terminal', parent: undefined, state: 'transacting' };
const SALE = { actor: 'b', machine: 'transaction', parent: 'a', state: 'proving' };
const PROOF = { actor: 'c', machine: 'prove', parent: 'b', state: 'enteringPin' };

describe('lights of the chart', () => {
  it('are lit all the way down the whole drawing', () => {
    expect(litStates([TERMINAL, SALE, PROOF], 'terminal')).toEqual([
      { path: 'terminal', state: 'transacting' },
      { path: 'terminal/transacting/transaction', state: 'proving' },
      { path: 'terminal/transacting/transaction/proving/prove', state: 'enteringPin' },
    ]);
  });

  it('are those below the machine that is drawn alone', () => {
    expect(litStates([TERMINAL, SALE, PROOF], 'transaction').map(({ path }) => path)).toEqual([
      'transaction',
      'transaction/proving/prove',
    ]);
  });
});

describe('the view of the chart', () => {
  const window = { width: 800, height: 600 };

  it('has the whole in the middle when it is fitted', () => {
    expect(fitted({ width: 1600, height: 600 }, window)).toEqual({ x: 0, y: 150, scale: 0.5 });
  });

  it('zooms around the finger', () => {
    const at = { x: 300, y: 200 };
    const before = { x: 10, y: 20, scale: 1 };
    const after = zoomed(before, 2, at);
    expect((at.x - after.x) / after.scale).toBeCloseTo(at.x - before.x);
    expect((at.y - after.y) / after.scale).toBeCloseTo(at.y - before.y);
  });

  it('has a focused state in the middle', () => {
    const { x, y, scale } = focused({ x: 1000, y: 500, width: 100, height: 40 }, window);
    expect([x + 1050 * scale, y + 520 * scale]).toEqual([400, 300]);
  });
});

describe('names', () => {
  const machines = [
    {
      id: 'terminal',
      path: '',
      about: '',
      initial: 'idle',
      everywhere: [],
      delays: [],
      states: [
        {
          key: 'idle',
          zh: '待机',
          en: 'idle',
          tags: [],
          isFinal: false,
          invokes: [],
          entry: [],
          exit: [],
          branches: [],
        },
      ],
    },
  ];

  it.each(['IDLE', '待', 'terminal.i'])('finds a state by %s', (typed) => {
    expect(foundStates(machines, typed)).toEqual(['terminal.idle']);
  });

  it('finds nothing for nothing', () => {
    expect(foundStates(machines, ' ')).toEqual([]);
  });

  it('puts together what is missing, by its machine or device', () => {
    const missing = ['terminal.idle · KEY · 2', 'printer/openCover', 'terminal.booting · boot done · 1'];
    expect(missingGroups(missing, '').map(({ name, ids }) => [name, ids.length])).toEqual([
      ['terminal', 2],
      ['printer', 1],
    ]);
    expect(missingGroups(missing, 'key')).toEqual([{ name: 'terminal', ids: ['terminal.idle · KEY · 2'] }]);
    expect(groupOf('host')).toBe('host');
  });

  it('knows which of them has a place on the chart', () => {
    expect(['terminal.idle · KEY · 2', 'terminal.idle', 'printer/openCover'].map(stateOf)).toEqual([
      'terminal.idle',
      'terminal.idle',
      undefined,
    ]);
  });
});

describe('closed keys', () => {
  it('stand together by the guards that say no', () => {
    const chance = { actor: 'a', machine: 'terminal', state: 'idle' };
    const chances = [
      { ...chance, key: '0', isOpen: false, closedBy: ['', 'maySell', 'maySell'] },
      { ...chance, key: '1', isOpen: true, closedBy: ['maySell'] },
      { ...chance, key: '2', isOpen: false, closedBy: ['maySell'] },
    ];
    expect(closedKeys(chances)).toEqual([{ keys: ['0', '2'], guards: 'maySell' }]);
  });
});

describe('a state that passes keys on', () => {
  const onKey = (more: Partial<BranchModel>): BranchModel => ({
    id: 'terminal.transacting · KEY · 1',
    event: 'KEY',
    kind: 'key',
    branch: 0,
    guard: '',
    target: undefined,
    reenter: false,
    actions: ['sendTo'],
    ...more,
  });
  const invokes = [{ src: 'transaction', machine: 'transaction' }];

  it('gives every key to the machine inside', () => {
    expect(passesKeysOn({ branches: [onKey({})], invokes })).toBe(true);
  });

  it.each([
    ['goes somewhere itself', { branches: [onKey({}), onKey({ target: 'idle' })], invokes }],
    ['does something else with a key', { branches: [onKey({ actions: ['assign'] })], invokes }],
    ['hears no keys', { branches: [], invokes }],
    ['has no machine inside', { branches: [onKey({})], invokes: [{ src: 'boot', machine: undefined }] }],
  ])('is none that %s', (_, state) => {
    expect(passesKeysOn(state)).toBe(false);
  });
});
