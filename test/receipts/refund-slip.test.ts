import { describe, expect, it } from '@jest/globals';
import { columnsOf } from '../../firmware/base/columns.ts';
import { Fault } from '../../firmware/base/invariant.ts';
import { buildRefundSlip, type RefundSlipData } from '../../firmware/receipts/refund-slip.ts';
import type { SlipCopy, SlipOptions } from '../../firmware/receipts/slip-data.ts';
import { layOut } from './lay-out.ts';

const FIRST: SlipOptions = { language: 'zh', reprint: false, training: false, servicePhone: '400-000-0000' };
const CARD = {
  kind: 'card',
  maskedPan: '622202*********6789',
  entry: 'chip',
  authorizationCode: '482913',
  originalReference: '261121000001',
  retrievalReference: '261121000099',
} as const;
const WALLET = {
  kind: 'wallet',
  outTradeNo: '1000000120261121000001000123',
  refundNo: '1000000120261121000001000125',
  tradeNo: '2026112122001000000000000001',
} as const;
const VOID: RefundSlipData = {
  merchantName: '分期示范商店',
  merchantId: '898310058120001',
  terminalId: '10000001',
  operator: '01',
  batch: '000001',
  voucher: '000125',
  at: '2026/11/21 15:05:09',
  amountFen: 120_000,
  kind: 'void',
  original: { batch: '000001', voucher: '000123', at: '2026/11/21 14:05:09', amountFen: 120_000, paidWith: 'card' },
  way: CARD,
  feeBackFen: 0,
  hostFeeBackFen: undefined,
  leftFen: 0,
  leftFeeFen: undefined,
};
const PART: RefundSlipData = {
  ...VOID,
  kind: 'refund',
  amountFen: 40_000,
  original: { ...VOID.original, paidWith: 'huabei' },
  way: WALLET,
  feeBackFen: 1_800,
  leftFen: 80_000,
  leftFeeFen: 3_600,
};

const paperOf = (data: RefundSlipData, copy: SlipCopy = 'merchant', options: Partial<SlipOptions> = {}) =>
  layOut(buildRefundSlip(data, copy, { ...FIRST, ...options }));

describe('refund slip', () => {
  it('of a void by card names both messages, and is signed on the copy of the shop', () => {
    expect(paperOf(VOID)).toEqual([
      '     撤销单#',
      '           VOID SLIP',
      '     商户存根 MERCHANT COPY',
      '--------------------------------',
      '商户名称(MERCHANT)  分期示范商店',
      '商户号(MERCHANT NO.)',
      '                 898310058120001',
      '终端号(TERMINAL NO.)    10000001',
      '操作员(OPERATOR)              01',
      '交易类型(TYPE)',
      '         消费撤销 VOID OF A SALE',
      '卡号(CARD NO.)',
      '      6222 02** **** ***6 789 /I',
      '参考号(REF. NO.)    261121000099',
      '批次号(BATCH NO.)         000001',
      '凭证号(VOUCHER NO.)       000125',
      '日期时间(DATE/TIME)',
      '             2026/11/21 15:05:09',
      '    退还顾客 TO THE CUSTOMER',
      '金额(AMOUNT)                 RMB',
      '      ¥1,200.00#',
      '--------------------------------',
      '原消费 THE SALE',
      '原批次号(ORIG. BATCH)     000001',
      '原凭证号(ORIG. VOUCHER)   000123',
      '原日期时间(ORIG. DATE)',
      '             2026/11/21 14:05:09',
      '原参考号(ORIG. REF. NO.)',
      '                    261121000001',
      '原授权码(ORIG. AUTH CODE) 482913',
      '原金额(ORIG. AMOUNT)  ¥1,200.00',
      '剩余金额(LEFT OF THE SALE)',
      '                          ¥0.00',
      '--------------------------------',
      '持卡人签名(SIGNATURE)',
      '',
      '',
      '',
      '--------------------------------',
      '本人已收到以上退款',
      'I AGREE TO THE AMOUNT ABOVE',
      '         请商户妥善保管',
      '      SHOP KEEPS THIS SLIP',
      '客服电话(SERVICE)   400-000-0000',
    ]);
  });

  it('is not signed on the copy of the customer, nor for a wallet', () => {
    for (const paper of [paperOf(VOID, 'cardholder'), paperOf(PART), paperOf(PART, 'cardholder')]) {
      expect(paper.join('\n')).not.toContain('签名');
    }
  });

  it('of a part of an order says which refund it was, the fee that goes back, and what is left of both', () => {
    const text = paperOf(PART).join('\n');
    expect(text).toMatch(/退货单[\s\S]*退款单号\(REFUND NO\.\)\n? +1000000120261121000001000125/);
    expect(text).toMatch(/退还手续费\(FEE BACK\) +¥18\.00/);
    expect(text).toMatch(/原商户订单号[^\n]*\n? +1000000120261121000001000123/);
    expect(text).toMatch(/剩余金额\(LEFT OF THE SALE\)\n? +¥800\.00\n剩余手续费\(LEFT OF THE FEE\)\n? +¥36\.00/);
    expect(text).not.toContain('参考号');
  });

  it('shows both numbers where the wallet gives another fee back, and what to do', () => {
    expect(paperOf(PART).join('\n')).not.toContain('实退');
    const text = paperOf({ ...PART, hostFeeBackFen: 1_700 }).join('\n');
    expect(text).toMatch(/¥18\.00\n钱包实退手续费[^\n]*\n? +¥17\.00\n两数不符/);
  });

  it('never shows a minus, and says in words that the money goes back', () => {
    for (const data of [VOID, PART]) {
      const text = paperOf(data).join('\n');
      expect(text).not.toMatch(/-¥|¥-/);
      expect(text).toContain('退还顾客');
    }
  });

  it('is English alone where that is asked for, and fits the paper in both languages', () => {
    const english = paperOf({ ...PART, merchantName: 'Fenqi Shop', hostFeeBackFen: 1_700 }, 'merchant', {
      language: 'en',
    });
    expect(english.join('\n')).not.toMatch(/\p{Script=Han}/u);
    for (const line of [...english, ...paperOf(VOID), ...paperOf({ ...PART, hostFeeBackFen: 1_700 })]) {
      expect([line, columnsOf(line.replace(/#$/, '')) <= 32]).toEqual([line, true]);
    }
  });

  it('is marked as a reprint and as a test, and has no number where nobody is to be called', () => {
    const text = paperOf(VOID, 'merchant', { reprint: true, training: true, servicePhone: undefined }).join('\n');
    expect(text).toContain('重打印 DUPLICATED');
    expect(text.match(/测试 TESTING/g)).toHaveLength(2);
    expect(text).not.toContain('客服电话');
  });

  it('never prints a card number that is not masked', () => {
    expect(() => paperOf({ ...VOID, way: { ...CARD, maskedPan: '6222021234567890123' } })).toThrow(Fault);
  });
});
