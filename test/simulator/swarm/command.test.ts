import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runSimulate } from '../../../apps/cli/simulate.ts';
import { parseReplay, ReplayError } from '../../../simulator/swarm/replay.ts';
import { quietParameters } from './swarm.ts';

/** After its sales every terminal sells once more, to show that it still can. */
const LAST_SALE = 1;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fenqi-swarm-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function* nothing(): AsyncGenerator<string> {}

async function simulate(...args: readonly string[]): Promise<{ status: number; out: string[]; err: string[] }> {
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    lines: nothing(),
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
  };
  return { status: await runSimulate(args, io), out, err };
}

describe('fenqi simulate', () => {
  it('reports as JSON what a pipeline wants to know, twice the same', async () => {
    const run = async (): Promise<Record<string, unknown>> => {
      const { status, out } = await simulate('--seeds', '3', '--first-seed', '21', '--json');
      expect([status, out.length]).toEqual([0, 1]);
      return JSON.parse(out[0] ?? '') as Record<string, unknown>;
    };
    const report = await run();
    expect(Object.keys(report)).toEqual([
      'seeds',
      'sales',
      'faults',
      'violations',
      'salesPerSecond',
      'timeFactor',
      'wallSeconds',
      'faultHits',
      'sometimes',
      'traceHash',
      'commit',
    ]);
    expect(report).toMatchObject({ seeds: 3, violations: [], traceHash: (await run())['traceHash'] });
  });

  it('reports the same whoever plays the seeds', async () => {
    const run = async (jobs: string): Promise<Record<string, unknown>> => {
      const { status, out } = await simulate('--seeds', '5', '--first-seed', '47', '--jobs', jobs, '--json');
      expect(status).toBe(0);
      const { salesPerSecond: _, timeFactor: __, wallSeconds: ___, ...rest } = JSON.parse(out[0] ?? '');
      return rest as Record<string, unknown>;
    };
    expect(await run('2')).toEqual(await run('1'));
  }, 30_000);

  it('shows the trace of one seed, and of a file with its parameters', async () => {
    const file = join(folder, 'replay.json');
    await writeFile(file, JSON.stringify(quietParameters(14, { sales: 1 })));
    const replayed = await simulate('--replay', file);
    expect([replayed.status, replayed.out[0]]).toEqual([0, '0 10000001 terminal.booting: screen booting {}']);
    expect(replayed.out.filter((line) => line.includes('"saleApproved"')).length).toBe(1 + LAST_SALE);
    expect((await simulate('--seed', '14')).out.join('\n')).toContain('screen approved');
  });

  it.each([
    [['--level', 'wire'], '--level is ports, bytes or mixed'],
    [['--seeds', '0'], 'seeds is a whole number'],
    [['--jobs', '0'], 'jobs is a whole number'],
    [['--seed', 'one'], 'firstSeed is a whole number'],
    [['--mutant', 'nobody'], 'there is no mutant nobody'],
  ])('says what is wrong with %j', async (args, problem) => {
    expect(await simulate(...args)).toEqual({
      status: 2,
      out: [],
      err: [`fenqi simulate: ${problem}; see fenqi simulate --help`],
    });
  });

  it('says which file is missing or damaged', async () => {
    const file = join(folder, 'damaged.json');
    await writeFile(file, '{');
    expect((await simulate('--replay', file)).err).toEqual(['fenqi simulate: this is no JSON']);
    expect((await simulate('--replay', join(folder, 'none'))).err).toEqual(['fenqi simulate: there is no such file']);
  });
});

describe('a replay file', () => {
  it('gives back what was written', () => {
    const parameters = quietParameters(1, { faults: { F24: 0.5 }, hits: ['F24#3'] });
    expect(parseReplay(JSON.stringify(parameters))).toEqual(parameters);
  });

  it('names what it does not understand', () => {
    const text = JSON.stringify({ ...quietParameters(1), faults: { F99: 1 }, sales: -1 });
    expect(() => parseReplay(text)).toThrow(ReplayError);
    expect(() => parseReplay(text)).toThrow(/sales/);
  });
});
