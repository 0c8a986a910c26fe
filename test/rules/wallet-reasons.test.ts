import { describe, expect, it } from '@jest/globals';
import { WALLET_REASONS, walletReason } from '../../firmware/rules/wallet-reasons.ts';

describe('why a wallet refused', () => {
  it('is said in both languages for every code that is known', () => {
    for (const [subCode, reason] of Object.entries(WALLET_REASONS)) {
      expect(walletReason(subCode)).toBe(reason);
      expect(reason.zh).toMatch(/\p{Script=Han}/u);
      expect(reason.en).not.toMatch(/\p{Script=Han}/u);
    }
  });

  it.each([
    ['ACQ.NEW_CODE', '支付失败 ACQ.NEW_CODE', 'nothing'],
    ['isv.invalid-signature', '支付失败 isv.invalid-signature', 'callAcquirer'],
    ['<b>', '支付失败', 'nothing'],
    ['toString', '支付失败 toString', 'nothing'],
    ['', '支付失败', 'nothing'],
  ])('is shown by its code where it is not known: %s', (subCode, zh, next) => {
    expect(walletReason(subCode)).toMatchObject({ zh, next });
  });
});
