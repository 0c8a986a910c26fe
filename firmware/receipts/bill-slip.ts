import type { SlipLine } from '../hal/slip.ts';
import type { Bill, BillPeriod } from '../protocol/wallet/wallet-api.ts';
import { yuan } from '../screens/amounts.ts';
import { isOverdue, overdueFen } from '../screens/bill-pages.ts';
import type { SlipOptions } from './slip-data.ts';
import { SlipWriter } from './slip-lines.ts';

/** Bills as a wallet's host answered them. */
export interface BillSlipData {
  readonly merchantName: string;
  readonly terminalId: string;
  /** Local time of the question, `YYYY/MM/DD hh:mm:ss`. */
  readonly at: string;
  readonly bills: readonly Bill[];
}

const STATES: Readonly<Record<BillPeriod['state'], { readonly zh: string; readonly en: string }>> = {
  paid: { zh: '已还', en: 'PAID' },
  due: { zh: '待还', en: 'DUE' },
  overdue: { zh: '逾期', en: 'OVERDUE' },
  later: { zh: '未到期', en: 'LATER' },
};

/** The paper with what a customer owes 账单, what is overdue first. */
export function buildBillSlip(data: BillSlipData, options: SlipOptions): SlipLine[] {
  const write = new SlipWriter(options);
  return [
    ...write.title('账单', 'BILL'),
    ...write.marks(),
    { kind: 'rule' },
    write.pair('商户名称', 'MERCHANT', write.foreign(data.merchantName)),
    write.pair('终端号', 'TERMINAL NO.', data.terminalId),
    write.pair('日期时间', 'DATE/TIME', data.at),
    ...data.bills.flatMap((bill) => billLines(write, bill)),
    { kind: 'rule' },
    ...write.sentence('金额和日期以钱包为准', 'THE WALLET HAS THE LAST WORD', 'center'),
    ...write.service(),
  ];
}

function billLines(write: SlipWriter, bill: Bill): SlipLine[] {
  return [
    { kind: 'rule' },
    ...(isOverdue(bill) ? noticeLines(write, bill) : []),
    write.pair('商户订单号', 'ORDER NO.', bill.outTradeNo),
    write.pair('分期金额', 'AMOUNT', yuan(bill.amountFen)),
    ...bill.periods.map((period) => periodLine(write, period)),
  ];
}

/** Large, so that nobody overlooks it. */
function noticeLines(write: SlipWriter, bill: Bill): SlipLine[] {
  const { notice } = bill;
  return [
    { kind: 'text', text: write.pick('逾期提醒', 'OVERDUE'), align: 'center', size: 'large', bold: true },
    { kind: 'pair', label: write.label('已逾期', 'OVERDUE'), value: yuan(overdueFen(bill)), bold: true },
    ...(notice === undefined ? [] : [{ kind: 'text', text: write.foreign(notice) } as const]),
  ];
}

function periodLine(write: SlipWriter, { period, dueDate, amountFen, state }: BillPeriod): SlipLine {
  const { zh, en } = STATES[state];
  const label = write.pick(`${period}期 ${dueDate} ${zh}`, `${period}: ${dueDate} ${en}`);
  return { kind: 'pair', label, value: yuan(amountFen), ...(state === 'overdue' ? { bold: true } : {}) };
}
