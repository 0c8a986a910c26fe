import { describe, expect, it } from '@jest/globals';
import { FLOWS } from './crash/flows.ts';
import { crashMatrix, MOMENTS } from './crash/matrix.ts';
import { DEATHS } from './crash/stand.ts';

/** Hundreds of whole lives in virtual time; a busy machine takes a while for them. */
const TIMEOUT_MS = 300_000;
const TAP = FLOWS.find(({ name }) => name === 'tap without PIN')!;
const SETTLEMENT = FLOWS.find(({ name }) => name === 'settlement, balanced')!;

describe('a terminal that dies before, during or after any call, by a kill or a power cut, ends with books that agree', () => {
  let tornTails = 0;

  it.each(FLOWS)(
    '$name',
    async (flow) => {
      const report = await crashMatrix(flow);
      expect(report.wrongs).toEqual([]);
      expect(report.chargedFen).toBe(flow.paidFen);
      expect(report.points).toBeGreaterThan(10);
      expect(report.runs).toBe(report.points * MOMENTS.length * DEATHS.length);
      expect(report.acknowledged).toBeGreaterThan(report.runs);
      tornTails += report.tornTails;
    },
    TIMEOUT_MS,
  );

  it('tore records on the way', () => {
    expect(tornTails).toBeGreaterThan(20);
  });

  it('would notice a disk that does not sync', async () => {
    const { wrongs } = await crashMatrix(TAP, 1, async (call, work) => {
      if (!call.what.startsWith('sync')) return work();
      return undefined as Awaited<ReturnType<typeof work>>;
    });
    expect(wrongs.filter((wrong) => wrong.endsWith('an acknowledged record is lost'))).not.toEqual([]);
    expect(wrongs.filter((wrong) => wrong.includes('the host charged'))).not.toEqual([]);
  });

  it('would notice a printer that says of a settlement slip what is not true', async () => {
    const { wrongs } = await crashMatrix(SETTLEMENT, 1, async (call, work) => {
      if (call.what !== 'print') return work();
      return { kind: 'printed', evidence: 'confirmed' } as Awaited<ReturnType<typeof work>>;
    });
    expect(wrongs.filter((wrong) => wrong.endsWith('there is no settlement slip of 000001'))).not.toEqual([]);
  });

  it('would notice a link that calls unsent what was sent', async () => {
    const { wrongs } = await crashMatrix(TAP, 1, async (call, work, fail) => {
      const answer = await work();
      return call.port === 'acquirer' ? fail('notSent') : answer;
    });
    expect(wrongs.filter((wrong) => wrong.endsWith('the customer was charged'))).not.toEqual([]);
  });
});
