import { describe, expect, it } from '@jest/globals';
import { columnsOf } from '../../firmware/base/columns.ts';
import {
  DEFAULT_METHODS,
  METHOD_TONES,
  methodMenu,
  type MethodId,
  methodProblems,
  type MethodSetting,
  type MethodSettings,
  offersInstallment,
  PAYMENT_METHODS,
} from '../../firmware/rules/payment-methods.ts';
import { DEFAULT_SETTINGS } from '../../firmware/settings.ts';
import { rowsOf } from './text-table.ts';

const SETTINGS: MethodSettings = DEFAULT_SETTINGS;
const { huabei, baitiao } = SETTINGS.installments;

function menu(amountFen: number, more: Partial<MethodSettings> = {}): string {
  return methodMenu({ ...SETTINGS, ...more }, amountFen)
    .map(({ key, id }) => `${key} ${id}`)
    .join(', ');
}

const problems = (methods: readonly MethodSetting[], more: Partial<MethodSettings> = {}): readonly string[] =>
  methodProblems({ ...SETTINGS, ...more, methods }).map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('the methods of a terminal', () => {
  it.each(
    rowsOf(`
      50000 | 1 huabei, 2 baitiao, 3 cardInstallment, 4 alipayCode, 5 wechatCode, 6 unionpayCode
      49999 | 1 huabei, 2 baitiao, 3 alipayCode, 4 wechatCode, 5 unionpayCode
      9999  | 1 baitiao, 2 alipayCode, 3 wechatCode, 4 unionpayCode
      999   | 1 alipayCode, 2 wechatCode, 3 unionpayCode
    `),
  )('for %s fen: %s', (amount, expected) => {
    expect(menu(Number(amount))).toBe(expected);
  });

  it('come in the order, words and colours that the shop wants', () => {
    const methods: readonly MethodSetting[] = [{ id: 'wechatCode' }, { id: 'baitiao', zh: '白条免息', tone: 'purple' }];
    expect(methodMenu({ ...SETTINGS, methods }, 50_000)).toEqual([
      { ...PAYMENT_METHODS.wechatCode, key: '1' },
      { id: 'baitiao', kind: 'installment', zh: '白条免息', en: 'JD Baitiao', tone: 'purple', key: '2' },
    ]);
  });

  it('are not there without the plans, the host or the maker of codes that they stand on', () => {
    expect(menu(50_000, { installments: { huabei } })).not.toMatch(/baitiao|cardInstallment/);
    expect(menu(50_000, { wallet: { routes: {}, presents: {} } })).toBe('1 cardInstallment');
    expect(menu(50_000, { wallet: { routes: { alipay: 'lakala', jd: 'lakala' }, presents: {} } })).toBe(
      '1 huabei, 2 cardInstallment',
    );
    expect(menu(50_000, { methods: [] })).toBe('');
  });

  it('have instalments of a card whose issuer nobody knows yet', () => {
    const offers = [{ periods: 3, feeRatePpm: 0, feePayer: 'merchant', product: 'A', bins: ['622588'] }] as const;
    const installments = { card: { amountMinFen: 1, amountMaxFen: 100, offers } };
    expect(menu(50, { installments, methods: [{ id: 'cardInstallment' }] })).toBe('1 cardInstallment');
    expect(menu(101, { installments, methods: [{ id: 'cardInstallment' }] })).toBe('');
  });

  it('are at most nine', () => {
    const methods = Array.from({ length: 12 }, (): MethodSetting => ({ id: 'alipayCode' }));
    expect(menu(50_000, { methods }).split(', ')).toHaveLength(9);
  });

  it.each([
    [49_999, DEFAULT_METHODS, false],
    [50_000, DEFAULT_METHODS, true],
    [50_000, [{ id: 'alipayCode' }], false],
    [50_000_000, [{ id: 'huabei' }], false],
  ] as const)('let the cashier offer instalments of %d fen', (amountFen, methods, expected) => {
    expect(offersInstallment({ ...SETTINGS, methods }, amountFen)).toBe(expected);
  });

  it('fit a line in both languages, and no two have one colour', () => {
    const all = Object.values(PAYMENT_METHODS);
    for (const { zh, en } of all) expect(Math.max(columnsOf(zh), columnsOf(en))).toBeLessThanOrEqual(30);
    expect(new Set(all.map(({ tone }) => tone)).size).toBe(all.length);
    expect(all.every(({ tone }) => METHOD_TONES.includes(tone))).toBe(true);
    expect(problems(DEFAULT_METHODS)).toEqual([]);
  });
});

describe('problems of the methods', () => {
  it.each<[string, readonly MethodSetting[], Partial<MethodSettings>]>([
    ['1: is huabei once more', [{ id: 'huabei' }, { id: 'huabei', tone: 'grey' }], {}],
    ['1: has the colour of methods.0: red', [{ id: 'baitiao' }, { id: 'huabei', tone: 'red' }], {}],
    ['0.zh: takes 1 to 30 columns', [{ id: 'huabei', zh: ' ' }], {}],
    ['0.zh: takes 1 to 30 columns', [{ id: 'huabei', zh: '一二三四五六七八九十一二三四五六' }], {}],
    ['0.en: takes 1 to 30 columns', [{ id: 'huabei', en: 'x'.repeat(31) }], {}],
    ['0: is not activated: installments.huabei is missing', [{ id: 'huabei' }], { installments: { baitiao } }],
    [
      '0: is not activated: wallet.routes.jd is missing',
      [{ id: 'baitiao' }],
      { wallet: { routes: { alipay: 'alipay' }, presents: {} } },
    ],
    [
      '0: is not activated: wallet.routes.jd: jd is missing',
      [{ id: 'baitiao' }],
      { wallet: { routes: { jd: 'lakala' }, presents: {} } },
    ],
    [
      '0: is not activated: wallet.presents.wechat is missing',
      [{ id: 'wechatCode' }],
      { wallet: { routes: {}, presents: {} } },
    ],
  ])('%s', (expected, methods, more) => {
    expect(problems(methods, more)).toEqual([expected]);
  });

  it.each(Object.keys(PAYMENT_METHODS) as MethodId[])('%s alone has none', (id) => {
    expect(problems([{ id }])).toEqual([]);
  });
});
