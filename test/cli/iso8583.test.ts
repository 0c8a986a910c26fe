import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { runIso8583 } from '../../apps/cli/iso8583.ts';
import { CHIP_SALE, KNOWN_MESSAGES, MALFORMED, MESSAGES, vectors, joined } from '../protocol/iso8583/samples.ts';
import { runTool, type ToolRun } from './run-tool.ts';

const iso8583 = (args: string[], input: readonly string[] = []): Promise<ToolRun> => runTool(runIso8583, args, input);

const { vectors: MACS } = vectors('unionpay-mac') as {
  vectors: { from: string; key: string; data: string; f64: string }[];
};
const BAD_HEX = { error: { path: ['line'], reason: 'is not hex of whole bytes' } };

describe('iso8583 decode', () => {
  it('gives the fields of every message, one JSON object a line', async () => {
    const { out, exitCode } = await iso8583(
      ['decode', '--unmasked'],
      MESSAGES.map(({ iso }) => iso),
    );
    expect(out.map((line) => JSON.parse(line) as unknown)).toEqual(
      MESSAGES.map(({ mti, fields }) => ({ mti, fields })),
    );
    expect(exitCode).toBe(0);
  });

  it('gives address and header of framed messages', async () => {
    const { out } = await iso8583(
      ['decode', '--framed', '--unmasked'],
      MESSAGES.map(({ frame }) => frame),
    );
    const [first] = MESSAGES;
    expect(JSON.parse(out[0] ?? '')).toEqual({
      tpdu: '6005010000',
      header: '603100310000',
      mti: first?.mti,
      fields: first?.fields,
    });
    expect(out).toHaveLength(MESSAGES.length);
  });

  it('has its fields in ascending order', async () => {
    const { out } = await iso8583(['decode'], [CHIP_SALE]);
    const { fields } = JSON.parse(out[0] ?? '') as { fields: object };
    const numbers = Object.keys(fields).map(Number);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(numbers).toHaveLength(18);
  });

  it('hides card data unless told otherwise', async () => {
    const { out } = await iso8583(['decode'], [CHIP_SALE]);
    expect(out.join('')).not.toMatch(/6228480402564890018|F1E2D3C4B5A69788/);
    expect(out[0]).toContain('"2":"622848*********0018"');
  });

  it('gives each bad line an error in its place and ends with 1', async () => {
    const [first] = MESSAGES;
    const input = ['0A0', '', 'zz', first?.iso ?? '', `${CHIP_SALE}00`];
    const { out, exitCode } = await iso8583(['decode', '--unmasked'], input);
    expect(out.map((line) => JSON.parse(line) as unknown)).toEqual([
      BAD_HEX,
      { error: { path: ['mti'], reason: 'the message ends inside the message type' } },
      BAD_HEX,
      { mti: first?.mti, fields: first?.fields },
      { error: { path: ['end'], reason: '1 bytes after the last field' } },
    ]);
    expect(exitCode).toBe(1);
  });

  it.each(MALFORMED)('$id: $rule', async ({ iso, rule }) => {
    const { out, exitCode } = await iso8583(['decode'], [iso]);
    expect('error' in (JSON.parse(out[0] ?? '') as object)).toBe(rule === 'reject');
    expect(exitCode).toBe(rule === 'reject' ? 1 : 0);
  });

  it.each([
    ['a length that lies', '0075600501', ['length']],
    ['a frame without a header', '00056005010000', ['header']],
    ['half a length', '00', ['length']],
  ])('refuses %s', async (_what, frame, path) => {
    const { out } = await iso8583(['decode', '--framed'], [frame]);
    expect(JSON.parse(out[0] ?? '')).toMatchObject({ error: { path } });
  });

  it('speaks the dialect that it is told', async () => {
    const message = joined('0210', '0000002000000000', '01');
    expect((await iso8583(['decode'], [message])).exitCode).toBe(1);
    expect((await iso8583(['decode', '--dialect', 'cj'], [message])).out).toEqual([
      '{"mti":"0210","fields":{"27":"1"}}',
    ]);
  });
});

describe('iso8583 encode', () => {
  it('is undone by decode, framed or not', async () => {
    const messages = MESSAGES.map(({ iso }) => iso);
    const frames = MESSAGES.map(({ frame }) => frame);
    const json = await iso8583(['decode', '--unmasked'], messages);
    const framedJson = await iso8583(['decode', '--unmasked', '--framed'], frames);
    expect((await iso8583(['encode'], json.out)).out).toEqual(messages);
    expect((await iso8583(['encode', '--framed'], framedJson.out)).out).toEqual(frames);
  });

  it('has an address and a header for messages that name none', async () => {
    const { out } = await iso8583(['encode', '--framed'], ['{"mti":"0820","fields":{"11":"000001"}}']);
    expect(out).toEqual([joined('0018', '6000030000', '603100311305', '0820', '0020000000000000', '000001')]);
  });

  it.each([
    ['no JSON', '{"mti":"0200"', ['line']],
    ['a list', '[]', ['line']],
    ['no message type', '{"fields":{}}', ['mti']],
    ['no fields', '{"mti":"0200"}', ['fields']],
    ['a number for a text', '{"mti":"0200","fields":{"4":100}}', ['4']],
    ['a binary field that is not hex', '{"mti":"0200","fields":{"52":"xyz"}}', ['52']],
    ['a wrong length', '{"mti":"0200","fields":{"4":"100"}}', ['4', 'length']],
    ['a field number with a zero in front', '{"mti":"0200","fields":{"04":"000000000100"}}', ['fields']],
    ['a card number for a field number', '{"mti":"0200","fields":{"6225760012345676":"1"}}', ['fields']],
    ['a key of the language', '{"mti":"0200","fields":{"__proto__":"1"}}', ['fields']],
  ])('refuses %s', async (_what, line, path) => {
    const { out, exitCode } = await iso8583(['encode'], [line]);
    expect(JSON.parse(out[0] ?? '')).toMatchObject({ error: { path } });
    expect(out.join('')).not.toContain('6225760012345676');
    expect(exitCode).toBe(1);
  });
});

describe('iso8583 mac', () => {
  it.each(MACS)('computes field 64 of $from', async ({ key, data, f64 }) => {
    const { out, exitCode } = await iso8583(['mac'], [JSON.stringify({ algorithm: 'cup-ecb', key, data })]);
    expect(JSON.parse(out[0] ?? '')).toEqual({ mac: f64 });
    expect(exitCode).toBe(0);
  });

  it.each([
    ['an unknown algorithm', { algorithm: 'md5', key: '11', data: '' }, ['algorithm']],
    ['a key of a wrong length', { algorithm: 'cup-ecb', key: '1111', data: '00' }, ['key']],
    ['no key', { algorithm: 'cup-ecb', data: '00' }, ['key']],
    ['data that are no hex', { algorithm: 'cup-ecb', key: '1111111111111111', data: 'x' }, ['data']],
  ])('refuses %s', async (_what, input, path) => {
    const { out, exitCode } = await iso8583(['mac'], [JSON.stringify(input)]);
    expect(JSON.parse(out[0] ?? '')).toMatchObject({ error: { path } });
    expect(exitCode).toBe(1);
  });
});

describe('iso8583 view', () => {
  it('explains codes, sub-fields and chip tags without card data', async () => {
    const { out, exitCode } = await iso8583(['view'], [CHIP_SALE]);
    const text = out.join('\n');
    expect(out[0]).toBe('0200 financial request');
    for (const part of [
      '主账号',
      '622848*********0018',
      '05 chip',
      'PIN entered',
      '¥10.00',
      '6 triple DES',
      'track enciphered',
      '60.1 transaction type 22 sale',
      '60.2 batch 000002',
      '60.4 read capability 5 magnetic and chip',
      '95   008004E800 Terminal Verification Results 终端验证结果',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toMatch(/6228480402564890018|F1E2D3C4B5A69788/);
    expect(exitCode).toBe(0);
  });

  it('tells a response code from a reversal reason', async () => {
    const [response, reversal] = ['sale_resp_approved', 'reversal_timeout'].map(
      (id) => MESSAGES.find((message) => message.id === id)?.iso ?? '',
    );
    expect((await iso8583(['view'], [response ?? ''])).out.join('\n')).toContain('交易成功');
    expect((await iso8583(['view'], [reversal ?? ''])).out.join('\n')).toContain('reversal reason: no answer in time');
  });

  it('says in which header the host asks for a new sign-on', async () => {
    const iso = KNOWN_MESSAGES['V11'] ?? '';
    const length = (iso.length / 2 + 11).toString(16).padStart(4, '0');
    const { out } = await iso8583(['view', '--framed'], [`${length}6000000003603103310000${iso}`]);
    expect(out.slice(0, 2)).toEqual(['TPDU 6000000003', 'header 603103310000: the host wants: sign on again']);
  });

  it('lets no control byte of a private field through', async () => {
    const { out } = await iso8583(['view', '--unmasked'], [KNOWN_MESSAGES['V10'] ?? '']);
    expect(out.join('\n')).not.toMatch(/(?!\n)\p{Cc}/u);
    expect(out.join('\n')).toContain('PI057··P3099');
  });

  it('sends whoever has a broken message to the doctor', async () => {
    const { err, exitCode } = await iso8583(['view'], [CHIP_SALE.slice(0, 100)]);
    expect(err.join('')).toContain('doctor');
    expect(exitCode).toBe(1);
  });
});

describe('iso8583 diff', () => {
  it('is silent about equal messages', async () => {
    expect(await iso8583(['diff'], [CHIP_SALE, CHIP_SALE.toLowerCase()])).toEqual({ exitCode: 0, out: [], err: [] });
  });

  it('shows changed, added and missing fields', async () => {
    const first = joined('0200', '3000000000000000', '000000', '000000001000');
    const second = joined('0210', '1000000002000000', '000000002000', '3030');
    const { out, exitCode } = await iso8583(['diff'], [first, second]);
    const text = out.join('\n');
    expect(text).toMatch(/message type\n +- 0200\n +\+ 0210/);
    expect(text).toMatch(/3 processingCode.*\n +- 000000\n +\+ \(absent\)/);
    expect(text).toMatch(/4 amountFen.*\n +- 000000001000\n +\+ 000000002000/);
    expect(text).toMatch(/39 responseCode.*\n +- \(absent\)\n +\+ 00/);
    expect(exitCode).toBe(1);
  });

  it('says that hidden values differ and hides them', async () => {
    const second = CHIP_SALE.replace('F1E2D3C4B5A69788', 'F1E2D3C4B5A69799');
    const { out } = await iso8583(['diff'], [CHIP_SALE, second]);
    expect(out).toEqual([expect.stringContaining('52 pinBlock'), '  - ****************', '  + ****************']);
  });

  it('takes two messages, no less and no more', async () => {
    expect((await iso8583(['diff'], [CHIP_SALE])).exitCode).toBe(2);
    expect((await iso8583(['diff'], [CHIP_SALE, CHIP_SALE, CHIP_SALE])).exitCode).toBe(2);
  });

  it('takes two files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'diff-'));
    const [first, second] = [join(folder, 'a.hex'), join(folder, 'b.hex')];
    await writeFile(first, `${CHIP_SALE}\n`);
    await writeFile(second, CHIP_SALE.replace('303030313135', '303030323135'));
    const { out, exitCode } = await iso8583(['diff', first, second]);
    expect(out).toEqual([expect.stringContaining('42 merchantId'), '  - 898310058120001', '  + 898310058120002']);
    expect(exitCode).toBe(1);
  });

  it('says which files it cannot read', async () => {
    const { err, exitCode } = await iso8583(['diff', '/nowhere/a.hex', '/nowhere/b.hex']);
    expect(err[0]).toContain('/nowhere/a.hex');
    expect(exitCode).toBe(2);
  });
});

describe('iso8583 doctor', () => {
  const asciiHex = (text: string): string => Buffer.from(text, 'latin1').toString('hex').toUpperCase();
  const [mti, bitmap, rest] = [CHIP_SALE.slice(0, 4), CHIP_SALE.slice(4, 20), CHIP_SALE.slice(20)];
  const frame = MESSAGES[0]?.frame ?? '';

  it('is content with a sound message', async () => {
    expect(await iso8583(['doctor'], [CHIP_SALE])).toEqual({
      exitCode: 0,
      out: ['sound: 0200 with 18 fields'],
      err: [],
    });
  });

  it.each([
    ['the length is left on', frame.slice(0, 4) + CHIP_SALE, 'the length of two bytes is still in front'],
    ['the TPDU is left on', '6000030000' + CHIP_SALE, 'the TPDU is still in front'],
    ['the header is left on', '603100311305' + CHIP_SALE, 'the header is still in front'],
    ['TPDU and header are left on', frame.slice(4), 'TPDU and header are still in front'],
    ['the whole frame is left on', frame, 'length, TPDU and header are still in front'],
    ['it is hex of hex', asciiHex(CHIP_SALE), 'turned into hex twice'],
    ['the message type is ASCII', asciiHex(mti) + bitmap + rest, 'the message type is ASCII'],
    ['head and bitmap are hex text', asciiHex(mti + bitmap) + rest, 'message type and bitmap are hex text'],
    ['the bitmap is hex text', mti + asciiHex(bitmap) + rest, 'the bitmap is hex text'],
    [
      'odd digits are aligned right',
      joined('0200', '4000000000000010', '19', '06228480402564890018', '0013', '02200000200050'),
      'digits of odd count are aligned right',
    ],
    ['field 22 is aligned right', joined('0200', '0000040000000000', '0021'), 'field 22 is aligned right'],
    ['bytes follow', CHIP_SALE + '0000', 'bytes follow the message'],
  ])('finds out that %s', async (_what, line, cause) => {
    const { out, exitCode } = await iso8583(['doctor'], [line]);
    expect(out[0]).toMatch(/^broken: /);
    expect(out.filter((finding) => finding.startsWith('cause: ')).join('\n')).toContain(cause);
    expect(out.some((finding) => finding.startsWith('do: '))).toBe(true);
    expect(exitCode).toBe(1);
  });

  it('says at which byte the reading stopped and what came before', async () => {
    const { out } = await iso8583(['doctor'], [joined('0200', '3020000000000000', '000000', '0000000010AA', '000001')]);
    expect(out[0]).toBe('broken: 4: a nibble is no digit at byte 13 (hex digit 26)');
    expect(out[1]).toBe('read until there: message type 0200, fields 3');
    expect(out[2]).toBe('the bitmap announces: 3 4 11');
    expect(out.join('\n')).toContain('none of the usual ones');
  });

  it('looks behind a frame that does not add up', async () => {
    const { out } = await iso8583(['doctor', '--framed'], [CHIP_SALE]);
    expect(out[0]).toMatch(/^broken: length: /);
  });

  it('doubts what does not fit together', async () => {
    const noPin = joined('0200', '3000040000009000', '000000', '000000001000', '0210', '313536', 'F1E2D3C4B5A69788');
    const { out, exitCode } = await iso8583(['doctor'], [noPin]);
    expect(out[0]).toBe('sound: 0200 with 5 fields');
    expect(out.slice(1)).toEqual([
      'doubtful: a message of this type carries a MAC, field 64 is absent',
      'doubtful: field 52 is there, field 53 that says how it is enciphered is absent',
    ]);
    expect(exitCode).toBe(0);
  });

  it('suspects a card sequence number in tens', async () => {
    const { out } = await iso8583(['doctor'], [joined('0820', '0000020000000000', '0010')]);
    expect(out[1]).toContain('field 23');
  });

  it('never repeats a card number', async () => {
    const lines = Array.from({ length: CHIP_SALE.length / 2 }, (_, i) => CHIP_SALE.slice(0, 2 * i));
    const { out } = await iso8583(['doctor'], lines);
    expect(out.join('\n')).not.toMatch(/\d{12}/);
  });
});

describe('iso8583', () => {
  it.each(['decode', 'encode', 'mac', 'view', 'diff', 'doctor'])('%s --help explains itself', async (name) => {
    const { out, exitCode } = await iso8583([name, '--help']);
    expect(out[0]).toMatch(new RegExp(`^iso8583 ${name}`));
    expect(exitCode).toBe(0);
  });

  it('--help explains all', async () => {
    const { out } = await iso8583(['--help']);
    for (const name of ['decode', 'encode', 'mac', 'view', 'diff', 'doctor'])
      expect(out.join('\n')).toContain(`iso8583 ${name}`);
  });

  it.each([
    ['no subcommand', []],
    ['an unknown subcommand', ['toString']],
    ['an unknown option', ['decode', '--loud']],
    ['an option of another subcommand', ['mac', '--framed']],
    ['an unknown dialect', ['decode', '--dialect', 'constructor']],
    ['a stray argument', ['decode', 'file.hex']],
  ])('refuses %s with 2', async (_what, args) => {
    const { out, err, exitCode } = await iso8583(args);
    expect(err.length).toBeGreaterThan(0);
    expect([exitCode, out]).toEqual([2, []]);
  });

  it('repeats no card number given as an option', async () => {
    const { err } = await iso8583(['decode', '--6228480402564890018']);
    expect(err.join('')).not.toContain('6228480402564890018');
  });
});
