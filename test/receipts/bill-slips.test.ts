import { describe, expect, it } from '@jest/globals';
import { columnsOf } from '../../firmware/base/columns.ts';
import type { Bill } from '../../firmware/protocol/wallet/wallet-api.ts';
import { buildBillSlip } from '../../firmware/receipts/bill-slip.ts';
import { buildScheduleSlip, type ScheduleSlipData } from '../../firmware/receipts/schedule-slip.ts';
import type { SlipOptions } from '../../firmware/receipts/slip-data.ts';
import { scheduleOf } from '../../firmware/rules/installment/schedule.ts';
import { layOut } from './lay-out.ts';

const OPTIONS: SlipOptions = { language: 'zh', reprint: false, training: false, servicePhone: '400-000-0000' };
const PLAN = {
  method: 'huabei',
  periods: 3,
  feePayer: 'customer',
  feeFen: 2_840,
  totalFen: 126_297,
  perPeriodFen: 42_098,
  firstPaymentFen: 42_101,
  firstDueDate: '2026-12-09',
} as const;
const SCHEDULE: ScheduleSlipData = {
  merchantName: '分期示范商店',
  merchantId: '898310058120001',
  terminalId: '10000001',
  operator: '01',
  batch: '000001',
  voucher: '000123',
  at: '2026/11/21 14:05:09',
  amountFen: 123_457,
  subject: '1000000120261121000001000123',
  plan: PLAN,
  schedule: scheduleOf(PLAN, 123_457, { year: 2026, month: 11, day: 21 }),
  refundedFen: 0,
};

describe('schedule slip', () => {
  const paperOf = (data: ScheduleSlipData, options: Partial<SlipOptions> = {}) =>
    layOut(buildScheduleSlip(data, { ...OPTIONS, ...options }));

  it('lists every period with its day and its payment, as they were quoted', () => {
    const paper = paperOf(SCHEDULE);
    expect(paper.slice(-6)).toEqual([
      '--------------------------------',
      '1期 2026-12-09          ¥421.01',
      '2期 2027-01-09          ¥420.98',
      '3期 2027-02-09          ¥420.98',
      '--------------------------------',
      '客服电话(SERVICE)   400-000-0000',
    ]);
    expect(paper.join('\n')).toMatch(
      /此单不是签购单[\s\S]*花呗分期[\s\S]*3期[\s\S]*手续费\(FEE\) +¥28\.40[\s\S]*¥1,262\.97/,
    );
  });

  it('says that a refund has changed what is owed', () => {
    expect(paperOf(SCHEDULE).join('\n')).not.toContain('已退');
    expect(paperOf({ ...SCHEDULE, refundedFen: 40_000 }).join('\n')).toMatch(
      /已退\(REFUNDED\) +¥400\.00\n退货后以贷款方账单为准/,
    );
  });

  it('leaves the days of a card plan to its statement', () => {
    const plan = { ...PLAN, method: 'card', firstDueDate: undefined } as const;
    const schedule = SCHEDULE.schedule.map((period) => ({ ...period, dueDate: undefined }));
    expect(paperOf({ ...SCHEDULE, plan, schedule }).join('\n')).toMatch(/1期 以账单为准 +¥421\.01/);
    expect(paperOf({ ...SCHEDULE, plan, schedule }, { language: 'en' }).join('\n')).toMatch(
      /1: BY STATEMENT +¥421\.01/,
    );
  });
});

describe('bill slip', () => {
  const period = (number: number, state: 'paid' | 'due' | 'overdue' | 'later') => ({
    period: number,
    dueDate: `2026-0${number}-21`,
    amountFen: 33_934,
    state,
  });
  const QUIET: Bill = {
    outTradeNo: '1000000120261121000001000007',
    amountFen: 101_802,
    periods: [period(1, 'paid'), period(2, 'due'), period(3, 'later')],
    notice: undefined,
  };
  const LATE: Bill = { ...QUIET, periods: [period(1, 'overdue'), period(2, 'overdue')], notice: '您的白条账单已逾期' };
  const data = (bills: readonly Bill[]) => ({
    merchantName: '分期示范商店',
    terminalId: '10000001',
    at: '2026/11/21 14:05:09',
    bills,
  });
  const paperOf = (bills: readonly Bill[], options: Partial<SlipOptions> = {}) =>
    layOut(buildBillSlip(data(bills), { ...OPTIONS, ...options }));

  it('lists what is owed on each order, and threatens nobody who is on time', () => {
    const paper = paperOf([QUIET]);
    expect(paper.slice(6)).toEqual([
      '             2026/11/21 14:05:09',
      '--------------------------------',
      '商户订单号(ORDER NO.)',
      '    1000000120261121000001000007',
      '分期金额(AMOUNT)      ¥1,018.02',
      '1期 2026-01-21 已还     ¥339.34',
      '2期 2026-02-21 待还     ¥339.34',
      '3期 2026-03-21 未到期   ¥339.34',
      '--------------------------------',
      '      金额和日期以钱包为准',
      '  THE WALLET HAS THE LAST WORD',
      '客服电话(SERVICE)   400-000-0000',
    ]);
    expect(paper.join('\n')).not.toContain('逾期');
  });

  it('puts the notice of what is overdue in large type before its order, with the sum and the words of the wallet', () => {
    const text = paperOf([LATE, QUIET]).join('\n');
    expect(text).toMatch(/逾期提醒#\n已逾期\(OVERDUE\) +¥678\.68\n您的白条账单已逾期\n商户订单号/);
    expect(text.match(/逾期提醒/g)).toHaveLength(1);
  });

  it('believes the wallet that something is overdue, and sums up without its words as well', () => {
    expect(paperOf([{ ...QUIET, notice: '请还款' }]).join('\n')).toMatch(
      /逾期提醒#\n已逾期\(OVERDUE\) +¥0\.00\n请还款/,
    );
    expect(paperOf([{ ...LATE, notice: undefined }]).join('\n')).toMatch(/已逾期\(OVERDUE\) +¥678\.68\n商户订单号/);
  });

  it('masks a number that the words of a wallet could hold', () => {
    expect(paperOf([{ ...LATE, notice: '账户6222021234567890123逾期' }]).join('')).not.toContain('6222021234567890123');
  });

  it('fits the paper, also in English', () => {
    const english = paperOf([{ ...LATE, notice: 'Please repay' }], { language: 'en' });
    for (const line of [...english, ...paperOf([LATE, QUIET])]) {
      expect([line, columnsOf(line.replace(/#$/, '')) <= 32]).toEqual([line, true]);
    }
    expect(english.join('\n')).toMatch(/1: 2026-01-21 OVERDUE +¥339\.34/);
  });
});
