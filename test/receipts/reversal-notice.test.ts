import { describe, expect, it } from '@jest/globals';
import { columnsOf } from '../../firmware/base/columns.ts';
import { Fault } from '../../firmware/base/invariant.ts';
import { buildReversalNotice } from '../../firmware/receipts/reversal-notice.ts';
import type { ReversalNoticeData, SlipOptions } from '../../firmware/receipts/slip-data.ts';
import { layOut } from './lay-out.ts';
import { cardSale } from './sales.ts';

const FIRST: SlipOptions = { language: 'zh', reprint: false, training: false };

function notice(more: Partial<ReversalNoticeData> = {}): ReversalNoticeData {
  const { payment: _, plan: _plan, remarks: _remarks, ...origin } = cardSale();
  return { ...origin, subject: { kind: 'card', maskedPan: '622202*********6789' }, state: 'open', ...more };
}

describe('reversal notice', () => {
  it('tells the shop what happened to which sale and not to charge again', () => {
    expect(layOut(buildReversalNotice(notice(), FIRST))).toEqual([
      '   冲正通知单#',
      '        REVERSAL NOTICE',
      '此单不是签购单 NOT A SALES SLIP',
      '--------------------------------',
      '商户名称(MERCHANT)  分期示范商店',
      '商户号(MERCHANT NO.)',
      '                 898310058120001',
      '终端号(TERMINAL NO.)    10000001',
      '操作员(OPERATOR)              01',
      '卡号(CARD NO.)',
      '         6222 02** **** ***6 789',
      '批次号(BATCH NO.)         000001',
      '凭证号(VOUCHER NO.)       000123',
      '日期时间(DATE/TIME)',
      '             2026/11/21 14:05:09',
      '金额(AMOUNT)                 RMB',
      '         ¥88.00#',
      '--------------------------------',
      '交易结果不明，冲正尚未完成',
      '终端将继续处理，请勿重复收款',
      '如有扣款，请凭此单联系收单行',
    ]);
  });

  it.each(['open', 'reversed', 'byHand'] as const)('of an %s reversal never looks like a sales slip', (state) => {
    for (const language of ['zh', 'en'] as const) {
      const paper = layOut(buildReversalNotice(notice({ state }), { ...FIRST, language }));
      expect(paper.join('\n')).toContain('NOT A SALES SLIP');
      expect(paper.join('\n')).not.toMatch(/POS SALES SLIP|交易成功|SIGNATURE/);
      for (const line of paper) expect(columnsOf(line.replace(/#$/, ''))).toBeLessThanOrEqual(32);
    }
  });

  it('says that the money goes back only when the reversal was answered', () => {
    const said = (state: ReversalNoticeData['state']) => layOut(buildReversalNotice(notice({ state }), FIRST)).join('');
    expect(said('reversed')).toContain('已冲正');
    expect(said('open')).not.toContain('已冲正');
    expect(said('byHand')).not.toContain('已冲正');
  });

  it('of a wallet order names the order', () => {
    const subject = { kind: 'wallet', outTradeNo: '1000000120261121000001000123' } as const;
    const paper = layOut(buildReversalNotice(notice({ subject }), { ...FIRST, training: true, reprint: true }));
    expect(paper.join('\n')).toContain('1000000120261121000001000123');
    expect(paper.join('\n')).toContain('测试 TESTING');
    expect(paper.join('\n')).toContain('重打印 DUPLICATED');
    expect(paper.join('\n')).not.toContain('卡号');
  });

  it('never prints a card number that is not masked', () => {
    const subject = { kind: 'card', maskedPan: '6222021234567890123' } as const;
    expect(() => buildReversalNotice(notice({ subject }), FIRST)).toThrow(Fault);
  });
});
