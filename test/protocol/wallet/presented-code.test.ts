import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { encodeMpm, encodeMpmTemplate, type MpmField } from '../../../firmware/protocol/qr/mpm.ts';
import { checkPresentedCode } from '../../../firmware/protocol/wallet/presented-code.ts';
import { REFERENCE } from '../cup/reference-vectors.ts';
import { ORDER_NUMBER } from './dialect-samples.ts';

const ORDER = { amountFen: 120_000, outTradeNo: ORDER_NUMBER };
const FIELDS: Readonly<Record<string, string>> = {
  '00': '01',
  '01': '12',
  '26': encodeMpmTemplate([{ id: '00', value: 'A0000003330101' }]),
  '52': '5311',
  '53': '156',
  '54': '1200.00',
  '58': 'CN',
  '59': 'FENQI',
  '60': 'BEIJING',
  '62': encodeMpmTemplate([{ id: '05', value: ORDER_NUMBER.slice(-25) }]),
};
const code = (change: Readonly<Record<string, string>> = {}): string => {
  const fields: MpmField[] = Object.entries({ ...FIELDS, ...change })
    .filter(([, value]) => value !== '')
    .map(([id, value]) => ({ id, value }));
  fields.sort((a, b) => a.id.localeCompare(b.id));
  return encodeMpm(fields);
};
const check = (text: string): string => {
  const result = checkPresentedCode(text, ORDER);
  return result.kind === 'good' ? result.form : result.why;
};

describe('codes that a terminal is about to show', () => {
  it.each([
    ['a code of UnionPay', code(), 'emvco'],
    ['without an amount', code({ '54': '' }), 'emvco'],
    ['with its fen left out', code({ '54': '1200' }), 'emvco'],
    ['without a label', code({ '62': '' }), 'emvco'],
    ['with other additional data', code({ '62': encodeMpmTemplate([{ id: '07', value: '12345678' }]) }), 'emvco'],
    ['with a Chinese name', code({ '59': '分期示范商店' }), 'emvco'],
    ['of another amount', code({ '54': '1200.01' }), 'wrongAmount'],
    ['of an amount that is none', code({ '54': '1,200.00x' }), 'wrongAmount'],
    ['of another currency', code({ '53': '840' }), 'foreignCode'],
    ['of another country', code({ '58': 'TH' }), 'foreignCode'],
    ['that can be paid again and again', code({ '01': '11' }), 'foreignCode'],
    ['that does not say how often', code({ '01': '' }), 'foreignCode'],
    [
      'of another order',
      code({ '62': encodeMpmTemplate([{ id: '05', value: '42' + '0'.repeat(20) }]) }),
      'foreignCode',
    ],
    ['with broken additional data', code({ '62': '0599' }), 'foreignCode'],
    ['with a wrong CRC', code().slice(0, -1) + '!', 'wrongCrc'],
    ['cut off', code().slice(0, 60), 'wrongCrc'],
    ['of a foreign scheme', REFERENCE.V12.mpm[2] ?? '', 'foreignCode'],
    ['an address of WeChat', 'weixin://wxpay/bizpayurl?pr=p4lpSuKzz', 'url'],
    ['a web address', 'https://qr.alipay.com/bax03431ljhokirwl38f00a7', 'url'],
    ['an address without safety', 'http://qr.alipay.com/bax0', 'foreignCode'],
    ['a script', 'javascript:alert(1)', 'foreignCode'],
    ['nothing', '', 'foreignCode'],
    ['a bare scheme', 'https://', 'foreignCode'],
    ['a customer code', '281000000000000101', 'foreignCode'],
    ['an address with a space', 'https://qr.alipay.com/ bax', 'unprintable'],
    ['an address with letters beyond ASCII', 'https://qr.alipay.com/付款', 'unprintable'],
    ['an address that orders the printer about', 'https://qr.alipay.com/\u001b@\u001dV0', 'unprintable'],
    ['an address with a second line', 'https://qr.alipay.com/\nAPPROVED', 'unprintable'],
    ['a code with control characters', code({ '59': 'A\u001bB' }), 'unprintable'],
    ['a code that turns its text around', code({ '59': 'A\u202eB' }), 'unprintable'],
    ['half a character', 'https://qr.alipay.com/\ud800', 'unprintable'],
    ['more than a phone reads', `https://qr.alipay.com/${'x'.repeat(512)}`, 'unprintable'],
  ])('%s', (_, text, expected) => {
    expect(check(text)).toBe(expected);
  });

  it('the amount is that of the order, whoever made the code', () => {
    expect(checkPresentedCode(code(), { amountFen: 120_001 })).toEqual({ kind: 'refused', why: 'wrongAmount' });
    expect(checkPresentedCode(code(), { amountFen: 120_000 }).kind).toBe('good');
  });

  it('no single change of a code is shown', () => {
    const text = code();
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom('0', '1', '7', '9', 'A', 'F', 'x', ' '), (at, character) => {
        if (text[at] === character) return;
        expect(checkPresentedCode(text.slice(0, at) + character + text.slice(at + 1), ORDER).kind).toBe('refused');
      }),
      { numRuns: 500 },
    );
  });

  it('never throws, and shows nothing with control characters', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('', 'https://', 'weixin://', '000201'),
        (text, start) => {
          const { kind } = checkPresentedCode(start + text, ORDER);
          if (/[^ -~]/.test(text) && start !== '000201') expect(kind).toBe('refused');
        },
      ),
    );
  });
});
