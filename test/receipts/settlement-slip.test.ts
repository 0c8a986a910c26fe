import { describe, expect, it } from '@jest/globals';
import { columnsOf } from '../../firmware/base/columns.ts';
import { Fault } from '../../firmware/base/invariant.ts';
import {
  buildSettlementSlip,
  type SettlementSlipData,
  type SlipItem,
} from '../../firmware/receipts/settlement-slip.ts';
import type { SlipOptions } from '../../firmware/receipts/slip-data.ts';
import { layOut } from './lay-out.ts';

const FIRST: SlipOptions = { language: 'zh', reprint: false, training: false };
const NONE = { count: 0, amountFen: 0 };
const ITEM: SlipItem = {
  what: 'sale',
  voucher: '000123',
  amountFen: 8800,
  subject: { kind: 'card', maskedPan: '622202*********6789' },
};
const ORDER: SlipItem = {
  what: 'sale',
  voucher: '000124',
  amountFen: 500,
  subject: { kind: 'wallet', outTradeNo: '1000000120261121000001000124' },
};

function slip(more: Partial<SettlementSlipData> = {}): SettlementSlipData {
  return {
    merchantName: '分期示范商店',
    merchantId: '898310058120001',
    terminalId: '10000001',
    operator: '01',
    batch: '000001',
    at: '2026/11/21 22:05:09',
    balanced: true,
    domestic: { sales: { count: 12, amountFen: 1_234_500 }, refunds: NONE },
    foreign: { sales: NONE, refunds: NONE },
    wallets: [],
    uploaded: 0,
    disagreements: [],
    byHand: [],
    ...more,
  };
}

const paperOf = (data: SettlementSlipData, options: Partial<SlipOptions> = {}) =>
  layOut(buildSettlementSlip(data, { ...FIRST, ...options }));

const FULL = slip({
  balanced: false,
  uploaded: 11,
  foreign: { sales: { count: 1, amountFen: 900 }, refunds: { count: 1, amountFen: 100 } },
  wallets: [
    { method: 'alipay', count: 3, amountFen: 6600, refundCount: 1, refundedFen: 1100 },
    { method: 'huabei', count: 1, amountFen: 120_000, refundCount: 0, refundedFen: 0 },
    { method: 'jd', count: 0, amountFen: 0, refundCount: 1, refundedFen: 900 },
  ],
  disagreements: [
    { kind: 'missingThere', item: ITEM },
    { kind: 'amountDiffers', item: ITEM },
    { kind: 'rejected', item: ITEM, responseCode: '14' },
    { kind: 'missingHere', of: 'sales', count: 1, amountFen: 700, candidates: [ITEM] },
    { kind: 'missingHere', of: 'refunds', count: 2, amountFen: undefined, candidates: [] },
  ],
  byHand: [
    { ...ORDER, supervisor: '王主管' },
    { ...ITEM, what: 'void', voucher: '000777', supervisor: '王主管' },
  ],
});

describe('settlement slip', () => {
  it('of a batch that balances is short', () => {
    expect(paperOf(slip())).toEqual([
      '     结算单#',
      '        SETTLEMENT SLIP',
      '--------------------------------',
      '商户名称(MERCHANT)  分期示范商店',
      '商户号(MERCHANT NO.)',
      '                 898310058120001',
      '终端号(TERMINAL NO.)    10000001',
      '操作员(OPERATOR)              01',
      '批次号(BATCH NO.)         000001',
      '日期时间(DATE/TIME)',
      '             2026/11/21 22:05:09',
      '结果(RESULT)     对账平 BALANCED',
      '--------------------------------',
      '内卡 DOMESTIC CARDS',
      '消费(SALES)     12笔 ¥12,345.00',
      '外卡 FOREIGN CARDS',
      '消费(SALES)           0笔 ¥0.00',
      '--------------------------------',
      '         请商户妥善保管',
      '      SHOP KEEPS THIS SLIP',
    ]);
  });

  it('keeps wallets apart from what the acquirer settles', () => {
    const text = paperOf(FULL).join('\n');
    expect(text).toMatch(
      /由钱包另行结算[\s\S]*支付宝[^\n]*3笔 ¥66\.00\n支付宝退款[^\n]*\n? +1笔 ¥11\.00\n花呗分期[\s\S]*1笔 ¥1,200\.00/,
    );
    expect(text).toMatch(/京东支付退款[^\n]*\n? +1笔 ¥9\.00/);
    expect(text).not.toMatch(/京东支付\(/);
  });

  it('names each sale in disagreement with what is wrong with it', () => {
    const text = paperOf(FULL).join('\n');
    expect(text).toContain('对账不平');
    for (const what of ['收单行没有此笔', '收单行金额不同', '收单行不接受此笔', '收单行多出', '可能是']) {
      expect(text).toContain(what);
    }
    expect(text.match(/000123/g)).toHaveLength(4);
    expect(text).toMatch(/应答码\(CODE\) +14/);
    expect(text).toContain('请凭此单联系收单行');
    expect(text).toMatch(/收单行多出[^\n]*\n类型\(TYPE\) +退款\n笔数金额/);
  });

  it('names who took over which sale', () => {
    expect(paperOf(FULL).join('\n')).toMatch(
      /人工处理[\s\S]*1000000120261121000001000124[\s\S]*处理人\(SUPERVISOR\) +王主管/,
    );
    expect(paperOf(FULL).join('\n')).toMatch(/类型\(TYPE\) +撤销\n凭证号[^\n]*000777/);
  });

  it('is English alone where that is asked for, and fits the paper in both languages', () => {
    const english = paperOf(
      { ...FULL, merchantName: 'Fenqi Shop', byHand: [{ ...ORDER, supervisor: 'Wang' }] },
      {
        language: 'en',
      },
    );
    expect(english.join('\n')).not.toMatch(/\p{Script=Han}/u);
    for (const line of [...english, ...paperOf(FULL)]) {
      expect([line, columnsOf(line.replace(/#$/, '')) <= 32]).toEqual([line, true]);
    }
  });

  it('is marked as a reprint and as a test', () => {
    const text = paperOf(slip(), { reprint: true, training: true }).join('\n');
    expect(text).toContain('重打印 DUPLICATED');
    expect(text).toContain('测试 TESTING');
  });

  it('never prints a card number that is not masked', () => {
    const item = { ...ITEM, subject: { kind: 'card', maskedPan: '6222021234567890123' } } as const;
    expect(() => paperOf(slip({ disagreements: [{ kind: 'missingThere', item }] }))).toThrow(Fault);
  });
});
