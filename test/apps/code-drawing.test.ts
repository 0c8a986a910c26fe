import { describe, expect, it } from '@jest/globals';
import { decodeQR } from 'qr/decode.js';
import { drawCode } from '../../apps/console/code-drawing.ts';
import { drawScreen } from '../../apps/console/drawing.ts';
import { LiveView } from '../../apps/console/live-view.ts';
import type { ScreenModel } from '../../firmware/hal/index.ts';

const MODULE_DOTS = 4;
const ESCAPE = '\u001B[';

/** What a camera sees of half blocks printed in ink on paper. */
function photographOf(lines: readonly string[]): { width: number; height: number; data: Uint8Array } {
  const width = Math.max(...lines.map((line) => line.length)) * MODULE_DOTS;
  const height = lines.length * 2 * MODULE_DOTS;
  const data = new Uint8Array(width * height * 4).fill(0xff);
  for (let y = 0; y < height; y++) {
    const line = lines[Math.floor(y / (2 * MODULE_DOTS))] ?? '';
    const isUpper = y % (2 * MODULE_DOTS) < MODULE_DOTS;
    for (let x = 0; x < width; x++) {
      const character = line.charAt(Math.floor(x / MODULE_DOTS));
      if (character === '█' || character === (isUpper ? '▀' : '▄'))
        data.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  }
  return { width, height, data };
}

const SCREEN: ScreenModel = {
  id: 'showCode',
  params: {},
  language: 'zh',
  tone: 'attention',
  title: '请顾客扫码付款',
  lines: ['支付宝 ¥88.00'],
  options: [],
  code: { text: 'https://qr.alipay.example/bax03431ljhokirwl38f00a7' },
  hint: '取消 返回',
};

describe('a code on the console', () => {
  it.each([
    'https://qr.alipay.example/bax03431ljhokirwl38f00a7',
    'weixin://wxpay/bizpayurl?pr=h3R9zQmzz',
    '00020101021226',
    `https://pay.example/${'a1B2'.repeat(75)}`,
    '扫码付款',
  ])('is read back by a camera: %s', (text) => {
    const lines = drawCode(text, false);
    expect(decodeQR(photographOf(lines))).toBe(text);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('has a light margin of four modules on every side', () => {
    const lines = drawCode('a', false);
    expect(lines.length).toBe(15);
    for (const line of [...lines.slice(0, 2), ...lines.slice(-2)]) expect(line).toBe(' '.repeat(29));
    for (const line of lines) expect(line).toMatch(/^ {4}.{21} {4}$/);
  });

  it('is black on white on a terminal of any colours', () => {
    for (const line of drawCode('a', true)) {
      expect(line.startsWith(`${ESCAPE}38;5;16;48;5;231m`)).toBe(true);
      expect(line.endsWith(`${ESCAPE}0m`)).toBe(true);
    }
  });

  it.each([400, 4_000])('is text to be read when %i characters are too much for a terminal', (length) => {
    const text = 'x'.repeat(length);
    const lines = drawCode(text, false);
    expect(lines.join('')).toBe(text);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('lets no control character through to the terminal', () => {
    expect(drawCode(`${'x'.repeat(400)}${ESCAPE}2J`, false).join('')).toBe(`${'x'.repeat(400)}?[2J`);
  });

  it('stands below the box of its screen, and nothing below a screen without one', () => {
    const { code, ...without } = SCREEN;
    const box = drawScreen(without, false);
    expect(drawScreen(SCREEN, false)).toEqual([...box, ...drawCode(code?.text ?? '', false)]);
  });

  it('is drawn over when the next screen of that name comes', () => {
    const written: string[] = [];
    const view = new LiveView((text) => void written.push(text), true, 32);
    view.show(SCREEN);
    const height = (written[0] ?? '').split('\n').length - 1;
    view.show({ ...SCREEN, lines: ['支付宝 ¥88.00', '剩余 59 秒'] });
    expect(written[1]?.startsWith(`${ESCAPE}${height}A${ESCAPE}0J`)).toBe(true);
  });
});
