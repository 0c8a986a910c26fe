import { describe, expect, it } from '@jest/globals';
import { columnsOf } from '../../firmware/base/columns.ts';
import type { DeviceName, HalErrorKind } from '../../firmware/hal/hal-error.ts';
import { deviceErrorAdvice, deviceText, printerAdvice } from '../../firmware/rules/error-texts.ts';

const DEVICES: readonly DeviceName[] = [
  'cardReader',
  'pinPad',
  'keyStore',
  'scanner',
  'printer',
  'signaturePad',
  'display',
  'keypad',
  'acquirer',
  'wallet',
  'journal',
  'vault',
];
const KINDS: readonly HalErrorKind[] = [
  'disconnected',
  'timeout',
  'busy',
  'cancelled',
  'protocol',
  'media',
  'security',
  'unsupported',
  'other',
];

describe('error texts', () => {
  it.each(DEVICES)('say of %s what happened and what to do, on one line each', (device) => {
    for (const kind of KINDS) {
      const { happened, toDo } = deviceErrorAdvice(device, kind);
      for (const text of [happened.zh, happened.en, toDo.zh, toDo.en]) {
        expect(text).not.toMatch(/undefined/);
        expect(columnsOf(text)).toBeGreaterThan(4);
        expect([text, columnsOf(text) <= 40]).toEqual([text, true]);
      }
      expect(happened.en).not.toBe(toDo.en);
    }
  });

  it('name the device that failed', () => {
    expect(deviceErrorAdvice('pinPad', 'timeout').happened).toEqual({
      zh: '密码键盘没有应答',
      en: 'PIN pad does not answer',
    });
    expect(deviceText('cardReader')).toEqual({ zh: '读卡器', en: 'Card reader' });
  });

  it('speak of the network when a host is gone, of paper when the printer has none', () => {
    expect(deviceErrorAdvice('acquirer', 'disconnected').happened.zh).toBe('网络已断开');
    expect(printerAdvice('paperOut')).toEqual({
      happened: { zh: '打印机缺纸', en: 'The printer is out of paper' },
      toDo: { zh: '请装纸后按确认', en: 'Load paper, then press Confirm' },
    });
    expect(printerAdvice('disconnected')).toEqual(deviceErrorAdvice('printer', 'disconnected'));
  });

  it('stop the shop from selling when transactions can not be recorded', () => {
    for (const kind of ['media', 'security', 'timeout'] as const) {
      expect(deviceErrorAdvice('journal', kind).toDo.zh).toMatch(/停止收款/);
    }
  });
});
