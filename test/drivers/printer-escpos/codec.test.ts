import { describe, expect, it } from '@jest/globals';
import { decodeQR } from 'qr/decode.js';
import * as fc from 'fast-check';
import { encodeSlip, PRINTER_PROFILES, printableText } from '../../../drivers/printer-escpos/codec.ts';
import { COMMANDS, findRealTimeCommand } from '../../../drivers/printer-escpos/commands.ts';
import { columnsOf } from '../../../firmware/base/columns.ts';
import { bytesOfLatin1, concatBytes, hex, hexOf } from '../../../firmware/base/bytes.ts';
import { bytesOfGbk } from '../../../firmware/base/text.ts';
import type { Slip, SlipLine } from '../../../firmware/hal/slip.ts';
import { dotAt, type Bitmap } from '../../../hal-mock/devices/printer/bitmap.ts';
import { openBench } from './bench.ts';

const slipOf = (...lines: readonly SlipLine[]): Slip => ({ jobId: 'AB12', lines });
const bytesOf = (slip: Slip, name: keyof typeof PRINTER_PROFILES = 'epson-58'): Uint8Array =>
  concatBytes(...encodeSlip(slip, PRINTER_PROFILES[name]).bands.map((band) => band.bytes));

/** What the camera of a phone makes of the paper. */
function readCode(bitmap: Bitmap): string {
  const { widthDots, heightDots } = bitmap;
  const grey = new Uint8Array(widthDots * heightDots * 3).map((_, i) => {
    const dot = Math.floor(i / 3);
    return dotAt(bitmap, dot % widthDots, Math.floor(dot / widthDots)) ? 0 : 255;
  });
  return decodeQR({ width: widthDots, height: heightDots, data: grey });
}

describe('a slip as bytes', () => {
  it('is what the command reference says', () => {
    const slip = slipOf(
      { kind: 'text', text: '分期', align: 'center', size: 'large', bold: true },
      { kind: 'pair', label: '金额', value: '¥1.00' },
      { kind: 'feed', lines: 4 },
      { kind: 'image', widthDots: 8, heightDots: 2, bits: hex('A5 5A') },
    );
    const spaces = '20'.repeat(32 - 4 - 6);
    expect(hexOf(bytesOf(slip))).toBe(
      [
        '1B401C26',
        '1B61011D21111B4501B7D6C6DA0A',
        `1B61001D21001B4500BDF0B6EE${spaces}A3A4312E30300A`,
        '1B6404',
        '1B6101',
        '1D763000010002 00A55A'.replace(' ', ''),
      ].join(''),
    );
  });

  it('stores and prints a code natively, as in the printed example of a 27-character code', () => {
    const data = 'https://example.com/a/bc/de';
    expect(data).toHaveLength(27);
    const bytes = hexOf(bytesOf(slipOf({ kind: 'qr', data })));
    expect(bytes).toContain(`1D286B1E00315030${hexOf(bytesOfLatin1(data))}1D286B0300315130`);
  });

  it('names the job with the bytes of the printed example', () => {
    expect(hexOf(COMMANDS.processId(bytesOfLatin1('0001')))).toBe('1D28480600303030303031');
  });

  it('costs at most 15 % more than the best hand-made bytes', () => {
    const pairs = [
      ['商户编号', '898310058120001'],
      ['终端编号', '10000001'],
      ['凭证号', '000042'],
    ] as const;
    const slip = slipOf(
      { kind: 'text', text: '签购单', align: 'center', size: 'large', bold: true },
      { kind: 'rule' },
      ...pairs.map(([label, value]): SlipLine => ({ kind: 'pair', label, value })),
      { kind: 'pair', label: '金额', value: '¥1,200.00', bold: true },
      { kind: 'feed', lines: 2 },
      { kind: 'text', text: '商户存根', align: 'center' },
    );
    const pair = (label: string, value: string): string =>
      `${label}${' '.repeat(32 - columnsOf(label) - columnsOf(value))}${value}\n`;
    const best = concatBytes(
      hex('1B 40 1C 26 1B 61 01 1B 21 38'),
      bytesOfGbk('签购单\n'),
      hex('1B 61 00 1B 21 00'),
      bytesOfGbk(`${'-'.repeat(32)}\n`),
      bytesOfGbk(pairs.map(([label, value]) => pair(label, value)).join('')),
      hex('1B 45 01'),
      bytesOfGbk(pair('金额', '¥1,200.00')),
      hex('1B 45 00 0A 0A 1B 61 01'),
      bytesOfGbk('商户存根\n'),
    );
    expect(bytesOf(slip).length).toBeLessThanOrEqual(best.length * 1.15);
  });
});

it.each([
  ['a job id of three characters', { jobId: '123', lines: [] }],
  ['a job id that no head echoes', { jobId: '12\x803', lines: [] }],
  ['half a line of feed', slipOf({ kind: 'feed', lines: 0.5 })],
  ['an image with half a row', slipOf({ kind: 'image', widthDots: 16, heightDots: 2, bits: new Uint8Array(3) })],
])('%s is our own mistake', (_name, slip) => {
  expect(() => encodeSlip(slip, PRINTER_PROFILES['epson-58'])).toThrow('broken invariant');
});

describe('pieces of a slip', () => {
  it('are below half of a head’s buffer', () => {
    const image: SlipLine = {
      kind: 'image',
      widthDots: 384,
      heightDots: 300,
      bits: new Uint8Array(48 * 300).fill(0x55),
    };
    const { bands } = encodeSlip(slipOf(image, image, image), PRINTER_PROFILES['epson-58']);
    expect(Math.max(...bands.map((band) => band.bytes.length))).toBeLessThan(2_048);
    expect(bands.reduce((height, band) => height + band.heightDots, 0)).toBe(900);
  });

  it('hold no real-time command, whatever picture or code is printed', () => {
    const dangerous = fc.constantFrom(0x10, 0x04, 0x05, 0x14, 0x20, 0x08, 0x00, 0xff);
    const image = fc.tuple(fc.integer({ min: 1, max: 48 }), fc.integer({ min: 1, max: 12 })).chain(([rowBytes, rows]) =>
      fc.array(dangerous, { minLength: rowBytes * rows, maxLength: rowBytes * rows }).map((bytes): SlipLine => ({
        kind: 'image',
        widthDots: rowBytes * 8,
        heightDots: rows,
        bits: Uint8Array.from(bytes),
      })),
    );
    const code = fc.string({ unit: fc.constantFrom('\x10', '\x04', '\x05', '\x14', 'a'), minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(image, code, (line, data) => {
        for (const name of ['epson-58', 'clone-58'] as const) {
          expect(findRealTimeCommand(bytesOf(slipOf(line, { kind: 'qr', data }), name))).toBe(-1);
        }
      }),
    );
  });
});

describe('text', () => {
  it('cannot bring a command to the head, and keeps its columns', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (wild) => {
        const text = printableText(wild);
        expect(columnsOf(text)).toBe(columnsOf(wild));
        const bytes = bytesOfGbk(text);
        expect(bytes.length).toBe(columnsOf(text));
        for (let i = 0; i < bytes.length; i++) {
          const byte = bytes[i] ?? 0;
          expect(byte >= 0x20 && byte !== 0x7f).toBe(true);
          if (byte >= 0x80) i++;
        }
      }),
    );
  });

  it('comes out as it went in, without the head complaining, for any text', async () => {
    const { printer, emulator, run } = await openBench('epson-80');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 5 }),
        async (texts) => {
          await run(printer.print(slipOf(...texts.map((text): SlipLine => ({ kind: 'text', text })))));
          const printed = texts.map((text) => printableText(text).replaceAll('\uFFE5', '\u00A5').trimEnd());
          expect(emulator.paper.tear()).toEqual(printed);
          expect(emulator.misuse).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('pictures on paper', () => {
  it.each(['epson-80', 'epson-58', 'clone-58'] as const)('%s: a code can be read', async (name) => {
    const { printer, emulator, run } = await openBench(name);
    const data = 'https://qr.95516.com/00010000/62512345';
    await run(
      printer.print(slipOf({ kind: 'text', text: '扫码' }, { kind: 'qr', data }, { kind: 'text', text: '谢谢' })),
    );
    expect(readCode(emulator.paper.bitmap())).toBe(data);
    expect(emulator.misuse).toEqual([]);
  });

  it('burns an image dot by dot, moved by less than a byte where its bytes would be commands', async () => {
    const { printer, emulator, run } = await openBench('epson-58');
    const bits = Uint8Array.from({ length: 4 * 40 }, (_, i) => [0x10, 0x04, 0x01, 0x81][i % 4] ?? 0);
    const image: Bitmap = { widthDots: 32, heightDots: 40, bits };
    await run(printer.print(slipOf({ kind: 'image', ...image })));
    const paper = emulator.paper.bitmap();
    const isAt = (left: number): boolean => {
      for (let y = 0; y < 40; y++) {
        for (let x = 0; x < 32; x++) if (dotAt(paper, left + x, y) !== dotAt(image, x, y)) return false;
      }
      return true;
    };
    expect(Array.from({ length: 384 - 32 }, (_, left) => left).filter(isAt)).toHaveLength(1);
  });

  it('prints text large, bold and centred as the head would', async () => {
    const { printer, emulator, run } = await openBench('epson-58');
    await run(printer.print(slipOf({ kind: 'text', text: '中', size: 'large', align: 'center', bold: true })));
    const paper = emulator.paper.bitmap();
    const burnt: number[] = [];
    for (let x = 0; x < 384; x++) {
      for (let y = 0; y < 48; y++) if (dotAt(paper, x, y)) burnt.push(x);
    }
    expect(Math.min(...burnt)).toBeGreaterThanOrEqual(168);
    expect(Math.max(...burnt)).toBeLessThan(216);
    // The middle stroke of 中 is a vertical one.
    const strokeDots = Array.from({ length: 48 }, (_, y) => dotAt(paper, 192, y)).filter(Boolean).length;
    expect(strokeDots).toBeGreaterThan(36);
  });
});
