import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chartModel } from '../../apps/charts/chart-model.ts';
import { runChart } from '../../apps/cli/chart.ts';
import { runTool, type ToolRun } from './run-tool.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fenqi-charts-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

async function exported(...args: string[]): Promise<ToolRun> {
  return runTool(runChart, ['export', '--out', folder, ...args]);
}

const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

describe('fenqi chart export', () => {
  it.each([
    ['mermaid', 'mmd', /^%% .*\nstateDiagram-v2\n/],
    ['scxml', 'scxml', /<scxml xmlns="http:\/\/www.w3.org\/2005\/07\/scxml" version="1.0"/],
    ['svg', 'svg', /^<!-- .* -->\n<svg xmlns="http:\/\/www.w3.org\/2000\/svg".*<style>/],
    ['json', 'json', /^\{\n {2}"\$comment"/],
  ])(
    'writes a file for each machine as %s, and once more over them',
    async (format, ending, beginning) => {
      const { machines } = await chartModel();
      const names = machines.map(({ id }) => `${id}.${ending}`).toSorted();
      const { exitCode, out, err } = await exported('--format', format);
      expect({ exitCode, err }).toEqual({ exitCode: 0, err: [] });
      expect(out.toSorted()).toEqual(names.map((name) => join(folder, name)));
      expect(readdirSync(folder).toSorted()).toEqual(names);
      expect(names.filter((name) => !beginning.test(read(name)))).toEqual([]);
      expect((await exported('--format', format)).exitCode).toBe(0);
    },
    60_000,
  );

  it('writes one machine, as SCXML with those that it starts', async () => {
    await exported('--format', 'json', '--machine', 'plan');
    const { machines } = await chartModel();
    const { $comment: _, ...plan } = JSON.parse(read('plan.json')) as Readonly<Record<string, unknown>>;
    expect(plan).toEqual({ machines: machines.filter(({ id }) => id === 'plan') });
    await exported('--format', 'scxml', '--machine', 'plan');
    expect(readdirSync(folder).toSorted()).toEqual(['installment.scxml', 'plan.json', 'plan.scxml']);
  });

  it('makes the folder', async () => {
    const inner = join(folder, 'a', 'b');
    const args = ['export', '--format', 'mermaid', '--machine', 'voucher', '--out', inner];
    expect((await runTool(runChart, args)).exitCode).toBe(0);
    expect(existsSync(join(inner, 'voucher.mmd'))).toBe(true);
  });

  it('has the language that was asked for first', async () => {
    await exported('--format', 'svg', '--machine', 'voucher', '--language', 'en');
    expect(read('voucher.svg')).toMatch(/class="name"[^>]*>entering</);
    await exported('--format', 'svg', '--machine', 'voucher');
    expect(read('voucher.svg')).toMatch(/class="name"[^>]*>输入/);
  });

  it("leaves somebody else's file alone, and then writes nothing", async () => {
    writeFileSync(join(folder, 'terminal.mmd'), 'mine\n');
    const { exitCode, err } = await exported('--format', 'mermaid');
    expect(exitCode).toBe(1);
    expect(err[0]).toContain('terminal.mmd is not of this command');
    expect(readdirSync(folder)).toEqual(['terminal.mmd']);
    expect(read('terminal.mmd')).toBe('mine\n');
  });

  it('says what stands in its way', async () => {
    mkdirSync(join(folder, 'voucher.mmd'));
    const { exitCode, err } = await exported('--format', 'mermaid', '--machine', 'voucher');
    expect(exitCode).toBe(1);
    expect(err[0]).toMatch(/^fenqi chart: EISDIR/);
    const inFile = join(folder, 'file');
    writeFileSync(inFile, '');
    chmodSync(inFile, 0o444);
    const run = await runTool(runChart, ['export', '--format', 'json', '--out', join(inFile, 'charts')]);
    expect(run).toMatchObject({ exitCode: 1, err: [expect.stringMatching(/^fenqi chart: ENOTDIR/)] });
  });

  it.each([
    [['--format', 'png'], '--format is mermaid, scxml, svg or json'],
    [[], '--format is mermaid, scxml, svg or json'],
    [['--format', 'svg', '--language', 'de'], '--language is zh or en'],
    [['--format', 'svg', '--machine', 'till'], 'there is no machine "till"; there are terminal, bills'],
    [['--format', 'svg', '--out', ''], '--out is the folder'],
    [['--format', 'svg', 'again'], 'chart takes: export'],
  ])('refuses %j', async (args, problem) => {
    const { exitCode, out, err } = await exported(...args);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: [] });
    expect(err.join('\n')).toContain(problem);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('explains itself', async () => {
    const { exitCode, out } = await runTool(runChart, ['--help']);
    expect(exitCode).toBe(0);
    expect(out.join('\n')).toContain('--format mermaid|scxml|svg|json');
  });
});
