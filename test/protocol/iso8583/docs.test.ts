import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { CJ, CUP_STANDARD, type FieldSpec } from '../../../firmware/protocol/iso8583/index.ts';

const PAGE = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');

function rowOf(field: string, { name, zh, encoding, length: { prefixBytes, max }, mask }: FieldSpec): string {
  const kind = encoding.kind === 'bcd' ? `bcd ${encoding.alignment}` : encoding.kind;
  const count = prefixBytes === 0 ? `${max}` : `${'L'.repeat(prefixBytes + 1)} ..${max}`;
  return `| ${field} | ${name} | ${zh} | ${kind} | ${count} | ${mask ?? '–'} |`;
}

describe('docs/protocol.md', () => {
  it('has every field of the dialects as the code has it, and no other', () => {
    const own = Object.entries(CJ.fields).filter(([field]) => CUP_STANDARD.fields[Number(field)] === undefined);
    const rows = [...Object.entries(CUP_STANDARD.fields), ...own].map(([field, spec]) => rowOf(field, spec));
    const written = PAGE.split('\n')
      .filter((line) => /^\| \d+ +\|/.test(line))
      .map((line) => line.replace(/ +/g, ' '));
    expect(written).toEqual(rows);
  });
});
