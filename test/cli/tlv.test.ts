import { describe, expect, it } from '@jest/globals';
import { runTlv } from '../../apps/cli/tlv.ts';
import { vectors, joined } from '../protocol/iso8583/samples.ts';
import { runTool } from './run-tool.ts';

const { cases: VECTORS } = vectors('ber-tlv') as {
  cases: { id: string; hex: string; tree?: unknown; reject?: true }[];
};

describe('tlv decode', () => {
  it.each(VECTORS)('$id', async ({ hex, tree, reject }) => {
    const { out, exitCode } = await runTool(runTlv, ['decode', '--unmasked'], [hex]);
    const result = JSON.parse(out[0] ?? '') as unknown;
    if (reject === true) expect(result).toMatchObject({ error: { path: expect.any(Array) } });
    else expect(result).toEqual(tree);
    expect(exitCode).toBe(reject === true ? 1 : 0);
  });

  it('hides sensitive values in their lengths, inside templates as well', async () => {
    const { out } = await runTool(runTlv, ['decode'], [joined('9C0100', '7009', '5A0462284804', '5F2000')]);
    expect(JSON.parse(out[0] ?? '')).toEqual([
      ['9C', '00'],
      [
        '70',
        [
          ['5A', '********'],
          ['5F20', ''],
        ],
      ],
    ]);
  });

  it('goes on after a bad line and ends with 1', async () => {
    const { out, exitCode } = await runTool(runTlv, ['decode'], ['9C01', '', 'zz', '9C0100']);
    expect(out).toEqual([
      '{"error":{"path":["9C"],"reason":"is longer than what is there"}}',
      '[]',
      '{"error":{"path":["line"],"reason":"is not hex of whole bytes"}}',
      '[["9C","00"]]',
    ]);
    expect(exitCode).toBe(1);
  });

  it.each([[['encode']], [[]], [['decode', 'x']], [['decode', '--loud']]])('refuses %j with 2', async (args) => {
    const { err, exitCode } = await runTool(runTlv, args);
    expect(err.length).toBeGreaterThan(0);
    expect(exitCode).toBe(2);
  });

  it('--help explains itself', async () => {
    const { out, exitCode } = await runTool(runTlv, ['--help']);
    expect(out[0]).toMatch(/^tlv decode/);
    expect(exitCode).toBe(0);
  });
});
