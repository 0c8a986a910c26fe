/** The predicates of `invariants.ts` about wallet orders and instalment plans: each says what is wrong, or nothing. */
import type { StampedRecord } from '../../firmware/journal/records.ts';
import { type BookedSale, bookId, endsWithoutMoney } from './books.ts';
import type { EventOf, Witness } from './witness.ts';

/** What is on the screen before a customer agrees to a plan. */
const AGREED = ['periods', 'feeFen', 'perPeriodFen', 'firstPaymentFen', 'totalFen', 'firstDueDate'] as const;

/** What leaves for the wallet is what the journal holds. */
export function orderRequestAgrees(event: EventOf<'walletRequest'>, { books }: Witness): string | undefined {
  const { method, outTradeNo, amountYuan, periods } = event;
  const intent = books.last?.intent;
  if (method !== 'pay' || intent?.type !== 'walletIntent' || intent.outTradeNo !== outTradeNo) return undefined;
  if (amountYuan !== (intent.amountFen / 100).toFixed(2)) return `order ${outTradeNo} was sent with ${amountYuan} yuan`;
  return periods === intent.plan?.periods.toString()
    ? undefined
    : `order ${outTradeNo} was sent with ${periods} periods`;
}

/** The plan is the one that the customer saw last, and adds up to the fen. */
export function planIsAgreed({ record }: EventOf<'record'>, { planShown }: Witness): string | undefined {
  if (record.type !== 'walletIntent') return undefined;
  const { plan, amountFen } = record;
  if (plan === undefined)
    return planShown === undefined ? undefined : `${bookId(record)} is without the plan agreed to`;
  const other = AGREED.find((name) => plan[name] !== planShown?.[name]);
  if (other !== undefined) return `${bookId(record)} has another ${other} than was agreed to`;
  const paidFen = plan.firstPaymentFen + (plan.periods - 1) * plan.perPeriodFen;
  const isExact = plan.totalFen === paidFen && plan.totalFen === amountFen + plan.feeFen;
  return isExact ? undefined : `the plan of ${bookId(record)} does not add up to ${amountFen} fen and its fee`;
}

/** An order that is over for the terminal is over for the wallet as well. */
export function orderIsEnded({ record }: EventOf<'record'>, witness: Witness): string | undefined {
  const sale = witness.books.saleOf(record);
  if (record.type !== 'walletResult' || sale?.intent.type !== 'walletIntent' || !endsWithoutMoney(record))
    return undefined;
  const { state } = witness.wallet.order(sale.intent.outTradeNo) ?? {};
  return state === 'waiting' ? `${sale.id} is ${record.result}, and the customer can still pay it` : undefined;
}

/** An order that stands is the one that the wallet holds. */
export function orderAgrees(record: StampedRecord, witness: Witness): string | undefined {
  const sale = witness.books.saleOf(record);
  if (record.type !== 'saleApproved' || sale?.intent.type !== 'walletIntent') return undefined;
  const order = witness.wallet.order(sale.intent.outTradeNo);
  const { plan, amountFen } = sale.intent;
  if (order?.amountFen !== amountFen) return `${sale.id}: the wallet has ${order?.amountFen} fen`;
  const { instalment } = order;
  const isSame = instalment?.periods === plan?.periods && instalment?.feeFen === plan?.feeFen;
  return isSame ? undefined : `${sale.id}: confirmed plan and the wallet's differ`;
}

/** Nothing comes between the last query and the cancel. */
export function cancelAfterQuery(
  { method, outTradeNo }: EventOf<'walletRequest'>,
  witness: Witness,
): string | undefined {
  if (method !== 'cancel' || witness.resumedCancels.has(outTradeNo)) return undefined;
  const { lastWalletRequest: last } = witness;
  const isRight = last === `query ${outTradeNo}` || last === `cancel ${outTradeNo}`;
  return isRight ? undefined : `${outTradeNo} is cancelled after "${last}", not after a last query`;
}

/** Every call is about an order that is open in the journal. */
export function walletIntentStands(
  { method, outTradeNo }: EventOf<'walletRequest'>,
  { books }: Witness,
): string | undefined {
  const sale = [...books.open].map((id) => books.sales.get(id)).find((open) => orderNumberOf(open) === outTradeNo);
  if (sale === undefined) return `${method} for order ${outTradeNo}, which is not open in the journal`;
  return method === 'cancel' && !sale.hasCancelIntent
    ? `${outTradeNo} is cancelled before it is a durable duty`
    : undefined;
}

function orderNumberOf(sale: BookedSale | undefined): string | undefined {
  return sale?.intent.type === 'walletIntent' ? sale.intent.outTradeNo : undefined;
}
