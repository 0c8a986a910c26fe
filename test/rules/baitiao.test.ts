import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { accountOf, afterRefusedProof, smsCodeOf } from '../../firmware/rules/baitiao.ts';
import { rowsOf } from './text-table.ts';

describe('a JD account', () => {
  it.each(
    rowsOf(`
      13800000101           | phone 138****0101
      19912345678           | phone 199****5678
      12345678901           | notAPhone
      23800000101           | notAPhone
      1380000010            | account 13***10
      138000001011          | account 13***11
      zhang01               | account z***1
      zhangsan01            | account zh***01
      jd_shop-1@a.cn        | account jd***cn
      abcd                  | account a***d
      abc                   | tooShort
      abcdefghijklmnopqrst  | account ab***st
      abcdefghijklmnopqrstu | tooLong
      zhang san             | badCharacter
      张三丰1               | badCharacter
      １３８０００００１０１ | badCharacter
                            | empty
    `),
  )('%s: %s', (text, expected) => {
    const account = accountOf(text ?? '');
    expect('problem' in account ? account.problem : `${account.kind} ${account.masked}`).toBe(expected);
  });

  it('shows no more than half of itself', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9_.@-]{4,20}$/), (text) => {
        const account = accountOf(text);
        fc.pre('kind' in account && account.kind === 'account');
        expect(account.text).toBe(text);
        expect(account.masked.replaceAll('*', '').length).toBeLessThanOrEqual(text.length / 2);
      }),
    );
  });
});

describe('an SMS code', () => {
  it.each([
    ['123456', { code: '123456' }],
    ['000000', { code: '000000' }],
    ['12345', { problem: 'tooShort' }],
    ['', { problem: 'tooShort' }],
    ['1234567', { problem: 'notDigits' }],
    ['12345a', { problem: 'notDigits' }],
    ['12 456', { problem: 'notDigits' }],
    ['１２３４５６', { problem: 'notDigits' }],
  ])('%j: %j', (text, expected) => {
    expect(smsCodeOf(text)).toEqual(expected);
  });
});

describe('a proof that JD did not take', () => {
  it.each([
    ['JD.SMS_WRONG', 'retype'],
    ['JD.SMS_EXPIRED', 'resend'],
    ['JD.SMS_TRIES', undefined],
    ['JD.CREDIT_LIMIT', undefined],
    ['constructor', undefined],
    ['', undefined],
  ])('for %j: %j', (subCode, expected) => {
    expect(afterRefusedProof(subCode)).toBe(expected);
  });
});
