import { inflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { dotAt, rowBytesOf } from '../../../hal-mock/devices/printer/bitmap.ts';
import { glyphOf } from '../../../hal-mock/devices/printer/glyphs.ts';
import { MockPrinter } from '../../../hal-mock/devices/printer/mock.ts';
import { Paper } from '../../../hal-mock/devices/printer/controls.ts';
import { VirtualClock } from '../../../hal-mock/time.ts';
import type { Slip } from '../../../firmware/hal/index.ts';
import { openBench } from '../../drivers/printer-escpos/bench.ts';

const slip: Slip = {
  jobId: '0042',
  lines: [
    { kind: 'text', text: '签购单', align: 'center', size: 'large', bold: true },
    { kind: 'rule' },
    { kind: 'pair', label: '手续费(持卡人承担)', value: '¥54.00' },
    { kind: 'text', text: '' },
    { kind: 'feed', lines: 2 },
    { kind: 'text', text: '右', align: 'right' },
    { kind: 'text', text: '备注：支持花呗分期、京东白条，请妥善保管本凭证￥' },
  ],
};

describe('paper', () => {
  it('is the same from the mock as from the driver with the emulator, in text and in dots', async () => {
    const clock = new VirtualClock();
    const mock = new MockPrinter(clock);
    await clock.resolve(mock.print(slip));
    const bench = await openBench('epson-58');
    await bench.run(bench.printer.print(slip));
    expect(mock.paper.lines()).toEqual(bench.emulator.paper.lines());
    expect(mock.paper.slips()).toEqual(bench.emulator.paper.slips());
    const { bits, heightDots } = mock.paper.bitmap();
    expect(heightDots).toBeGreaterThan(8 * 30);
    expect(bench.emulator.paper.bitmap().bits.subarray(0, bits.length)).toEqual(bits);
  });

  it('takes virtual time line by line', async () => {
    const clock = new VirtualClock();
    const mock = new MockPrinter(clock, { lineMs: 7 });
    await clock.resolve(mock.print({ jobId: '0001', lines: [{ kind: 'feed', lines: 100 }] }));
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(700);
  });

  it('is a PNG that holds every dot', async () => {
    const clock = new VirtualClock();
    const mock = new MockPrinter(clock);
    await clock.resolve(mock.print(slip));
    const png = Buffer.from(mock.paper.toPng());
    const bitmap = mock.paper.bitmap();
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([384, bitmap.heightDots]);
    const dataLength = png.readUInt32BE(33);
    expect(png.subarray(37, 41).toString()).toBe('IDAT');
    const rows = inflateSync(png.subarray(41, 41 + dataLength));
    const stride = rowBytesOf(384) + 1;
    for (let y = 0; y < bitmap.heightDots; y++) {
      const row = rows.subarray(y * stride + 1, (y + 1) * stride).map((byte) => ~byte);
      expect(Uint8Array.from(row)).toEqual(bitmap.bits.slice(y * 48, (y + 1) * 48));
    }
  });

  it('torn off is gone', () => {
    const paper = new Paper(384);
    paper.burn({ kind: 'blank', lines: 1, heightDots: 30 });
    paper.cut();
    expect(paper.slips()).toEqual([['']]);
    expect(paper.tear()).toEqual(['']);
    expect(paper.bitmap().heightDots).toBe(0);
  });
});

describe('the font', () => {
  const isBurnt = (character: string): boolean => glyphOf(character).bits.some((byte) => byte !== 0);

  it('has every printing character of ASCII and all characters of GB2312', () => {
    for (let code = 0x21; code < 0x7f; code++) expect(isBurnt(String.fromCharCode(code))).toBe(true);
    const decoder = new TextDecoder('gbk');
    let blank = 0;
    for (let lead = 0xb0; lead <= 0xf7; lead++) {
      for (let trail = 0xa1; trail <= (lead === 0xd7 ? 0xf9 : 0xfe); trail++) {
        if (!isBurnt(decoder.decode(new Uint8Array([lead, trail])))) blank++;
      }
    }
    expect(blank).toBe(0);
    for (const character of '￥（），。：、─│┌┐①') expect(isBurnt(character)).toBe(true);
  });

  it('draws a frame for a character it lacks', () => {
    const glyph = glyphOf('喆');
    expect(dotAt(glyph, 2, 3) && dotAt(glyph, 21, 20)).toBe(true);
    expect(dotAt(glyph, 12, 12)).toBe(false);
  });

  it('draws 一 as one stroke across the middle', () => {
    const glyph = glyphOf('一');
    const rows = Array.from({ length: 24 }, (_, y) => Array.from({ length: 24 }, (_, x) => dotAt(glyph, x, y)));
    const full = rows.flatMap((row, y) => (row.filter(Boolean).length > 18 ? [y] : []));
    expect(full.length).toBeGreaterThanOrEqual(1);
    expect(full.every((y) => y > 8 && y < 16)).toBe(true);
  });
});
