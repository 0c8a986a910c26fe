import { chinaTime } from '../../china-time.ts';

/** What a bill is made of. */
export interface BilledOrder {
  readonly outTradeNo: string;
  readonly amountFen: number;
  readonly feeFen: number;
  readonly periods: number;
  /** Price and fee that refunds took off. */
  readonly refundedFen: number;
  readonly paidAtWallMs: number;
  readonly paysLate: boolean;
}

/** `YYYY-MM-DD` in China. */
function chinaDay(wallMs: number): string {
  const { year, month, day } = chinaTime(wallMs);
  return `${year}-${month}-${day}`;
}

/** The day number of the sale in a later month, or the month's last day where it has no such day. */
function dueDay(paidAtWallMs: number, monthsLater: number): string {
  const { year, month, day } = chinaTime(paidAtWallMs);
  const firstOfMonth = new Date(Date.UTC(Number(year), Number(month) - 1 + monthsLater, 1));
  const lastDay = new Date(Date.UTC(firstOfMonth.getUTCFullYear(), firstOfMonth.getUTCMonth() + 1, 0)).getUTCDate();
  return `${firstOfMonth.toISOString().slice(0, 8)}${Math.min(Number(day), lastDay).toString().padStart(2, '0')}`;
}

/** The bill of one order as it goes over the wire: members of `bills`. */
export function billOf(order: BilledOrder, nowWallMs: number): Readonly<Record<string, unknown>> {
  const { outTradeNo, amountFen, feeFen, periods: count, refundedFen, paidAtWallMs, paysLate } = order;
  const totalFen = amountFen + feeFen;
  const owedFen = totalFen - refundedFen;
  const laterFen = Math.floor(owedFen / count);
  const today = chinaDay(nowWallMs);
  let isNextFound = false;
  let overdueFen = 0;
  const periods = Array.from({ length: count }, (_, index) => {
    const dueDate = dueDay(paidAtWallMs, index + 1);
    const periodFen = index === 0 ? owedFen - laterFen * (count - 1) : laterFen;
    const isPast = dueDate < today;
    if (isPast && paysLate) overdueFen += periodFen;
    const pastState = paysLate ? 'OVERDUE' : 'PAID';
    const state = isPast ? pastState : isNextFound ? 'LATER' : 'DUE';
    isNextFound ||= !isPast;
    return { period: (index + 1).toString(), dueDate, amount: periodFen.toString(), state };
  });
  return {
    tradeNum: outTradeNo,
    amount: amountFen.toString(),
    fee: feeFen.toString(),
    total: totalFen.toString(),
    ...(refundedFen === 0 ? {} : { refunded: refundedFen.toString() }),
    ...(overdueFen === 0 ? {} : { notice: `您的白条账单已逾期，请尽快还款` }),
    periods,
  };
}
