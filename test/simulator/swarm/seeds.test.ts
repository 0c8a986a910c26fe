import { describe, expect, it } from '@jest/globals';
import { Tally } from '../../../simulator/swarm/report.ts';
import { drawParameters } from '../../../simulator/swarm/parameters.ts';
import { ONE_BY_ONE, play, playSeed, quietParameters } from './swarm.ts';

/** After its sales every terminal sells once more, to show that it still can. */
const LAST_SALE = 1;

describe('seeds', () => {
  it('break no invariant, while most faults strike and most things happen that can', async () => {
    const tally = new Tally();
    for (let seed = 1; seed <= 60; seed++) tally.add(await playSeed(seed), 1);
    const { violations, sales, faultHits, sometimes } = tally.report(1, '');
    expect(violations).toEqual([]);
    expect(sales).toBeGreaterThan(1_000);
    expect(Object.keys(faultHits).length).toBeGreaterThan(30);
    expect(Object.keys(sometimes)).toEqual(
      expect.arrayContaining([
        'cardResult unknown',
        'cardResult untrusted',
        'instalment huabei',
        'journal tornTail',
        'lateReply',
        'reprint',
        'reversalResult reversed',
        'walletResult cancelled',
        'walletResult paid',
      ]),
    );
  }, 120_000);

  it('without faults approve every sale of people who know what they do', async () => {
    const { violation, sales, sometimes, faultHits } = await play(quietParameters(3, { sales: 12 }));
    expect([violation, sales, sometimes['saleApproved'], faultHits]).toEqual([
      undefined,
      12 + LAST_SALE,
      12 + LAST_SALE,
      {},
    ]);
  });

  it('play several terminals against the same hosts, and days with a reboot in each', async () => {
    const result = await play({ ...drawParameters(4, { level: 'ports', terminals: 3, days: 2 }), faults: {} });
    expect([result.violation, result.sales > 20]).toEqual([undefined, true]);
    expect(result.sometimes['signedOn']).toBeGreaterThanOrEqual(6);
  }, 30_000);

  it('play the shipped drivers over lines that misbehave', async () => {
    const parameters = quietParameters(5, { level: 'bytes', sales: 3, faults: { F3: 0.3 } });
    const { violation, sales, faultHits } = await play(parameters);
    expect([violation, sales]).toEqual([undefined, 3 + LAST_SALE]);
    expect(faultHits['F3']).toBeGreaterThan(10);
  }, 30_000);
});

describe('a wall clock that jumps by years', () => {
  it.each([5, 6, 8])('changes nothing that is decided: seed %i', async (seed) => {
    const decided = async (faults: Readonly<Record<string, number>>): Promise<string[]> => {
      const lines: string[] = [];
      const { violation } = await play(quietParameters(seed, { faults, hostsMindClock: false }), undefined, (line) =>
        lines.push(line),
      );
      expect(violation).toBeUndefined();
      return lines
        .map((line) => line.split(' ').slice(0, 5).join(' ').split('{')[0] ?? '')
        .filter((line) => !/ request /.test(line));
    };
    expect(await decided({ F45: 0.5 })).toEqual(await decided({}));
  });
});

describe('the same seed', () => {
  it.each([2, 11, 31])('goes the same way every time: %i', async (seed) => {
    const [first, second] = [await playSeed(seed), await playSeed(seed)];
    expect(second).toEqual(first);
  });

  it('goes the same way with the drivers', async () => {
    const parameters = quietParameters(9, { level: 'bytes', sales: 2, faults: { F1: 0.02, F43: 0.01 } });
    expect((await play(parameters)).traceHash).toBe((await play(parameters)).traceHash);
  }, 30_000);

  it('goes another way than the next one', async () => {
    const hashes = await Promise.all([1, 2, 3].map(async (seed) => (await playSeed(seed)).traceHash));
    expect(new Set(hashes).size).toBe(3);
  });

  it('draws the same faults whatever else is switched off', async () => {
    const { faults, ...rest } = drawParameters(2, ONE_BY_ONE);
    const all = await play({ ...rest, faults });
    const some = await play({ ...rest, faults, hits: all.hits });
    expect(some.traceHash).toBe(all.traceHash);
    expect((await play({ ...rest, faults, hits: [] })).hits).toEqual([]);
  });
});
