import { ProtocolError } from '../../base/protocol-error.ts';
import { dayOf, JD_REFERENCE, listOf, numberOf, optionalNumber, textOf } from './jd-members.ts';
import { type Members, textMember } from './reply-members.ts';
import type { Bill, BillPeriod, BillSubject, WalletAnswer } from './wallet-api.ts';

/** What one account can have open; a longer list is no answer to a terminal. */
const BILLS_MAX = 100;
const PERIODS_MAX = 60;

const PERIOD_STATES = { PAID: 'paid', DUE: 'due', OVERDUE: 'overdue', LATER: 'later' } as const;

/** A bill as it came, with the sums that it must meet. */
interface ReadBill {
  readonly bill: Bill;
  /** Price and fee. */
  readonly totalFen: number;
  /** Price and fee that refunds took off. */
  readonly refundedFen: number;
  readonly feeFen: number;
}

/** Bills whose sums do not add up, or that are not about the order that was asked for, are a mismatch. */
export function jdBillsAnswer(biz: Members, subject: BillSubject): WalletAnswer {
  const read = listOf(biz, 'bills', BILLS_MAX).map(readBill);
  if (!read.every(addsUp)) return { kind: 'mismatch', members: ['bills'] };
  if (subject.kind === 'order') {
    const { outTradeNo, amountFen, plan } = subject.order;
    const isAbout = ({ bill, totalFen }: ReadBill): boolean =>
      bill.outTradeNo === outTradeNo &&
      bill.amountFen === amountFen &&
      (plan === undefined || (totalFen === plan.totalFen && bill.periods.length === plan.periods));
    if (read.length > 1 || !read.every(isAbout)) return { kind: 'mismatch', members: ['bills'] };
  }
  return { kind: 'bills', bills: read.map(({ bill }) => bill) };
}

function addsUp({ bill, totalFen, refundedFen, feeFen }: ReadBill): boolean {
  const owedFen = bill.periods.reduce((sum, { amountFen }) => sum + amountFen, 0);
  const isInOrder = bill.periods.every(
    ({ period, dueDate }, index) => period === index + 1 && dueDate > (bill.periods[index - 1]?.dueDate ?? ''),
  );
  return isInOrder && totalFen === bill.amountFen + feeFen && owedFen === totalFen - refundedFen;
}

function readBill(members: Members): ReadBill {
  const periods = listOf(members, 'periods', PERIODS_MAX).map(readPeriod);
  const isOverdue = periods.some(({ state }) => state === 'overdue');
  return {
    bill: {
      outTradeNo: textOf(members, 'tradeNum', JD_REFERENCE),
      amountFen: numberOf(members, 'amount'),
      periods,
      notice: isOverdue ? textMember(members, 'notice') : undefined,
    },
    totalFen: numberOf(members, 'total'),
    feeFen: numberOf(members, 'fee'),
    refundedFen: optionalNumber(members, 'refunded') ?? 0,
  };
}

function readPeriod(members: Members): BillPeriod {
  const state = textMember(members, 'state') ?? '';
  if (!Object.hasOwn(PERIOD_STATES, state)) throw new ProtocolError(['biz', 'state'], 'not a state of a bill');
  return {
    period: numberOf(members, 'period'),
    dueDate: dayOf(members, 'dueDate'),
    amountFen: numberOf(members, 'amount'),
    state: PERIOD_STATES[state as keyof typeof PERIOD_STATES],
  };
}
