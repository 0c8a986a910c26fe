import type { Bill, BillPeriod } from '../protocol/wallet/wallet-api.ts';
import { yuan } from './amounts.ts';
import { isOverdue, overdueFen, periodsOnPage } from './bill-pages.ts';
import { saleLines } from './sale-lines.ts';
import type { BillProblem } from './screen-params.ts';
import { type Bilingual, press, type Say, type ScreenRows } from './screen-spec.ts';

const BACK = press('cancel', '返回', 'Back');

const STATES: Readonly<Record<BillPeriod['state'], Bilingual>> = {
  paid: { zh: '已还', en: 'paid' },
  due: { zh: '待还', en: 'due' },
  overdue: { zh: '逾期', en: 'OVERDUE' },
  later: { zh: '未到期', en: 'later' },
};

const PROBLEMS: Readonly<Record<BillProblem, { readonly happened: Bilingual; readonly toDo: Bilingual }>> = {
  noSuchSale: {
    happened: { zh: '没有这笔消费', en: 'No such sale' },
    toDo: { zh: '请核对凭证号，或按账号查询', en: 'Check the number, or ask by account' },
  },
  notStanding: {
    happened: { zh: '这笔消费未成功或已冲正', en: 'This sale does not stand' },
    toDo: { zh: '没有还款计划', en: 'It has no repayments' },
  },
  noPlan: {
    happened: { zh: '这笔消费不是分期', en: 'This sale has no instalments' },
    toDo: { zh: '没有还款计划和账单', en: 'There is no schedule and no bill' },
  },
  notServed: {
    happened: { zh: '此钱包不提供账单查询', en: 'This wallet has no bills for shops' },
    toDo: { zh: '请顾客在手机上查看账单', en: 'The customer finds them on the phone' },
  },
  unreachable: {
    happened: { zh: '钱包主机没有应答', en: 'The wallet does not answer' },
    toDo: { zh: '请检查网络后再查', en: 'Check the network, ask again' },
  },
  notTrusted: {
    happened: { zh: '账单数据不符，不予显示', en: 'The bills do not add up' },
    toDo: { zh: '请顾客在手机上查看账单', en: 'The customer finds them on the phone' },
  },
  refused: {
    happened: { zh: '钱包拒绝了查询', en: 'The wallet refused to say' },
    toDo: { zh: '请核对账号或凭证号', en: 'Check the account or the number' },
  },
  none: {
    happened: { zh: '没有账单', en: 'No bills' },
    toDo: { zh: '此账户目前没有待还款项', en: 'Nothing is owed at the moment' },
  },
  badAccount: {
    happened: { zh: '账号格式不对', en: 'This is not an account' },
    toDo: { zh: '请输入手机号', en: 'Enter a mobile number' },
  },
};

/** What is owed on instalments. Dates and sums are those of the wallet's host. */
export const BILL_SCREENS: ScreenRows<
  'chooseBills' | 'enterBillAccount' | 'billChoice' | 'askingBills' | 'bills' | 'billProblem'
> = {
  chooseBills: {
    tone: 'neutral',
    title: { zh: '账单和还款计划', en: 'Bills and schedules' },
    lines: (_, say) => [say('请按数字键选择', 'Choose by its number')],
    options: (_, say) => [
      { key: '1', id: 'byVoucher', label: say('按凭证号', 'By voucher number') },
      { key: '2', id: 'byAccount', label: say('按顾客账号', 'By the account of the customer') },
    ],
    keys: [BACK],
  },
  enterBillAccount: {
    tone: 'neutral',
    title: { zh: '顾客账号', en: 'Account of the customer' },
    lines: ({ digits, lastDigits, isWrong }, say) => [
      say('请输入顾客的京东手机号', 'Phone number of the JD account'),
      `${'*'.repeat(digits - lastDigits.length)}${lastDigits}`.padEnd(11, '_'),
      ...(isWrong ? [say('这不是手机号，请重新输入', 'This is no phone number. Enter it again')] : []),
    ],
    keys: [press('confirm', '查询', 'Ask'), press('clear', '删除', 'Undo'), BACK],
    shown: ({ digits, isWrong }) => ({ digits, isWrong }),
  },
  billChoice: {
    tone: 'neutral',
    title: { zh: '账单和还款计划', en: 'Bills and schedules' },
    lines: (sale, say) => saleLines(sale, say),
    options: ({ hasSchedule, hasBills }, say) => [
      ...(hasSchedule ? [{ key: '1' as const, id: 'schedule', label: say('打印还款计划', 'Print the schedule') }] : []),
      ...(hasBills ? [{ key: '2' as const, id: 'bills', label: say('查询账单', 'Ask for the bills') }] : []),
    ],
    keys: [BACK],
  },
  askingBills: {
    tone: 'busy',
    title: { zh: '正在查询账单', en: 'Asking for the bills' },
    lines: (_, say) => [say('正在联系钱包，请稍候', 'Asking the wallet, please wait')],
    keys: [],
  },
  bills: {
    tone: ({ bill }) => (isOverdue(bill) ? 'failure' : 'neutral'),
    title: ({ bill }) => (isOverdue(bill) ? { zh: '逾期提醒', en: 'OVERDUE' } : { zh: '账单', en: 'Bill' }),
    lines: ({ bill, page, at, count }, say) => [
      ...noticeLines(bill, say),
      ...periodsOnPage({ bill, page }).map((period) => periodLine(period, say)),
      say(`第 ${at}/${count} 页`, `Page ${at} of ${count}`),
    ],
    keys: ({ count }) => [
      press('confirm', '打印', 'Print'),
      count > 1 ? press('function', '下一页', 'Next page') : BACK,
    ],
    shown: ({ bill, at, count }) => ({
      amountFen: bill.amountFen,
      overdueFen: overdueFen(bill),
      at,
      count,
      periods: bill.periods.map(({ period }) => period),
    }),
  },
  billProblem: {
    tone: 'failure',
    title: { zh: '没有可显示的账单', en: 'Nothing to show' },
    lines: ({ reason }, say) => {
      const { happened, toDo } = PROBLEMS[reason];
      return [say(happened.zh, happened.en), say(toDo.zh, toDo.en)];
    },
    keys: [press('confirm', '返回', 'Back')],
  },
};

function noticeLines(bill: Bill, say: Say): string[] {
  if (!isOverdue(bill)) return [say(`分期金额 ${yuan(bill.amountFen)}`, `Amount ${yuan(bill.amountFen)}`)];
  const owed = overdueFen(bill);
  return [
    say(`已逾期 ${yuan(owed)}，请尽快还款`, `Overdue ${yuan(owed)}, please repay now`),
    ...(bill.notice === undefined ? [] : [bill.notice]),
  ];
}

function periodLine({ period, dueDate, amountFen, state }: BillPeriod, say: Say): string {
  const { zh, en } = STATES[state];
  return say(`${period}期 ${dueDate} ${yuan(amountFen)} ${zh}`, `${period}: ${dueDate} ${yuan(amountFen)} ${en}`);
}
