import { describe, expect, it } from '@jest/globals';
import { columnsOf } from '../../firmware/base/columns.ts';
import { JD_REFUSALS } from '../../firmware/protocol/wallet/jd-names.ts';
import { causeOf, REASON_TABLES, walletReason } from '../../firmware/rules/wallet-reasons/wallet-reasons.ts';
import { rowsOf } from './text-table.ts';

const CODES = REASON_TABLES.flatMap((table) => Object.keys(table));

describe('why a wallet refused', () => {
  it('is said in both languages, in a line, for every code that is known', () => {
    for (const code of CODES) {
      const { zh, en } = walletReason(code);
      expect(zh).toMatch(/\p{Script=Han}/u);
      expect(zh).not.toContain(code);
      expect(en).toMatch(/^[\x20-\x7e]+$/);
      expect(columnsOf(zh)).toBeLessThanOrEqual(40);
      expect(columnsOf(en)).toBeLessThanOrEqual(40);
    }
  });

  it('is never mistaken for what another wallet says', () => {
    expect(new Set(CODES).size).toBe(CODES.length);
    expect(new Set(CODES.map((code) => code.replaceAll('_', ''))).size).toBe(CODES.length);
  });

  it.each(
    rowsOf(`
      ACQ.PAYMENT_AUTH_CODE_INVALID            | codeInvalid       | codeInvalid       | retry
      ACQ.BUYER_BALANCE_NOT_ENOUGH             | balance           | creditLimit       | otherMethod
      ACQ.NO_PAYMENT_INSTRUMENTS_AVAILABLE     | balance           | notActivated      | otherMethod
      ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR | dayLimit          | dayLimit          | otherMethod
      ACQ.PAYMENT_FAIL                         | other             | other             | retry
      ACQ.ACCESS_FORBIDDEN                     | merchant          | merchant          | callAcquirer
      AUTH_CODE_INVALID                        | codeInvalid       | codeInvalid       | retry
      AUTHCODEEXPIRE                           | codeInvalid       | codeInvalid       | retry
      AUTHCODE_EXPIRED                         | codeInvalid       | codeInvalid       | retry
      NOTENOUGH                                | balance           | balance           | otherMethod
      NOT_ENOUGH                               | balance           | balance           | otherMethod
      RULE_LIMIT                               | riskControl       | riskControl       | otherMethod
      ACCOUNT_ERROR                            | accountRestricted | accountRestricted | otherMethod
      TRADE_ERROR                              | other             | other             | retry
      NO_AUTH                                  | merchant          | merchant          | callAcquirer
      MCH_NOT_EXISTS                           | merchant          | merchant          | callAcquirer
      JD.NOT_ACTIVATED                         | notActivated      | notActivated      | activate
      JD.CREDIT_LIMIT                          | creditLimit       | creditLimit       | otherMethod
      JD.PERIOD_UNAVAILABLE                    | periodUnavailable | periodUnavailable | otherPlan
      JD.FEE_TOO_HIGH                          | feeTooHigh        | feeTooHigh        | callShop
      JD.SMS_WRONG                             | wrongCode         | wrongCode         | retry
      JD.ACCOUNT_UNKNOWN                       | other             | other             | retry
      FQ50006                                  | notActivated      | notActivated      | activate
      FQ50002                                  | balance           | creditLimit       | otherMethod
      BBS99999                                 | other             | other             | nothing
      isv.invalid-signature                    | merchant          | merchant          | callAcquirer
    `),
  )('%s: %s, with a plan %s, then %s', (code = '', cause, withPlan, next) => {
    expect(causeOf(code)).toBe(cause);
    expect(causeOf(code, true)).toBe(withPlan);
    expect(walletReason(code).next).toBe(next);
  });

  it('leads, with a plan, to what the credit needs', () => {
    expect(walletReason('ACQ.NO_PAYMENT_INSTRUMENTS_AVAILABLE', true).next).toBe('activate');
  });

  it.each([
    'ACQ.SYSTEM_ERROR',
    'ACQ.TRADE_HAS_SUCCESS',
    'USERPAYING',
    'SYSTEM_ERROR',
    'BANK_ERROR',
    'BANKERROR',
    'ORDERPAID',
    'OUT_TRADE_NO_USED',
    'JD.PAYING',
    'JD.ORDER_PAID',
    'BBS11112',
    'BBS11105',
    'BBS10000',
  ])('is not known for %s, which says nothing about the money', (code) => {
    expect(CODES).not.toContain(code);
    expect(walletReason(code).zh).toBe(`支付失败 ${code}`);
  });

  it('is known for everything with which the JD-style host refuses a payment', () => {
    expect(CODES).toEqual(expect.arrayContaining([...JD_REFUSALS]));
  });

  it.each([
    ['ACQ.NEW_CODE', '支付失败 ACQ.NEW_CODE', 'nothing'],
    ['isv.invalid-signature', '支付失败 isv.invalid-signature', 'callAcquirer'],
    ['<b>', '支付失败', 'nothing'],
    ['toString', '支付失败 toString', 'nothing'],
    ['constructor', '支付失败 constructor', 'nothing'],
    ['28763443825664394', '支付失败', 'nothing'],
    ['', '支付失败', 'nothing'],
  ])('is shown by its code where it is not known: %s', (code, zh, next) => {
    expect(walletReason(code)).toMatchObject({ zh, next });
  });
});
