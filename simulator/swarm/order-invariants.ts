/** The predicates of `invariants.ts` about wallet orders and instalment plans: each says what is wrong, or nothing. */
import type { StampedRecord, WalletIntent } from '../../firmware/journal/records.ts';
import type { WalletHost } from '../../firmware/protocol/wallet/web-message.ts';
import { type BookedSale, bookId, endsWithoutMoney } from './books.ts';
import { callName, OPENING } from './wallets.ts';
import type { EventOf, Witness } from './witness.ts';

/** What is on the screen before a customer agrees to a plan. */
const AGREED = [
  'method',
  'periods',
  'feePayer',
  'feeFen',
  'perPeriodFen',
  'firstPaymentFen',
  'totalFen',
  'firstDueDate',
] as const;

/** What leaves for the wallet is what the journal holds. */
export function orderRequestAgrees({ call }: EventOf<'walletRequest'>, { books }: Witness): string | undefined {
  const intent = books.last?.intent;
  if (call === undefined) return 'a request that no host understands';
  if (!OPENING.has(call.kind) || intent?.type !== 'walletIntent' || intent.outTradeNo !== call.outTradeNo) {
    return undefined;
  }
  const { host, kind, outTradeNo, amountFen, periods } = call;
  if (host !== hostOf(intent)) return `order ${outTradeNo} was sent to ${host}`;
  if (kind !== KIND_OF[intent.presented ?? 'customer']) return `order ${outTradeNo} was sent as ${kind}`;
  if (amountFen !== intent.amountFen) return `order ${outTradeNo} was sent with ${amountFen} fen`;
  return periods === intent.plan?.periods ? undefined : `order ${outTradeNo} was sent with ${periods} periods`;
}

const KIND_OF = { customer: 'pay', merchant: 'present', account: 'charge' } as const;

function hostOf({ host = 'alipay' }: WalletIntent): WalletHost {
  return host;
}

/** The plan is the one that the customer saw last, and adds up to the fen. */
export function planIsAgreed({ record }: EventOf<'record'>, { planShown }: Witness): string | undefined {
  if (record.type !== 'walletIntent' && record.type !== 'cardIntent') return undefined;
  const { plan, amountFen } = record;
  if (plan === undefined)
    return planShown === undefined ? undefined : `${bookId(record)} is without the plan agreed to`;
  const other = AGREED.find((name) => plan[name] !== planShown?.[name]);
  if (other !== undefined) return `${bookId(record)} has another ${other} than was agreed to`;
  const paidFen = plan.firstPaymentFen + (plan.periods - 1) * plan.perPeriodFen;
  const isExact = plan.totalFen === paidFen && plan.totalFen === amountFen + plan.feeFen;
  return isExact ? undefined : `the plan of ${bookId(record)} does not add up to ${amountFen} fen and its fee`;
}

/** An order that is over for the terminal is over for its host as well. */
export function orderIsEnded({ record }: EventOf<'record'>, witness: Witness): string | undefined {
  const sale = witness.books.saleOf(record);
  if (record.type !== 'walletResult' || sale?.intent.type !== 'walletIntent' || !endsWithoutMoney(record))
    return undefined;
  const { state } = witness.wallets.order(hostOf(sale.intent), sale.intent.outTradeNo) ?? {};
  return state === 'waiting' ? `${sale.id} is ${record.result}, and the customer can still pay it` : undefined;
}

/** Hosts that say the fee of a plan. */
const SAYS_FEE: ReadonlySet<WalletHost> = new Set<WalletHost>(['alipay', 'jd']);

/** An order that stands is the one that its host holds. */
export function orderAgrees(record: StampedRecord, witness: Witness): string | undefined {
  const sale = witness.books.saleOf(record);
  if (record.type !== 'saleApproved' || sale?.intent.type !== 'walletIntent') return undefined;
  const host = hostOf(sale.intent);
  const order = witness.wallets.order(host, sale.intent.outTradeNo);
  const { plan, amountFen } = sale.intent;
  if (order?.amountFen !== amountFen) return `${sale.id}: ${host} has ${order?.amountFen} fen`;
  const isSame = order.periods === plan?.periods && (!SAYS_FEE.has(host) || order.feeFen === plan?.feeFen);
  return isSame ? undefined : `${sale.id}: confirmed plan and the one of ${host} differ`;
}

/** A customer who scans the code on the screen pays this sale and no other. */
export function shownCodeIsTheOrders({ screen }: EventOf<'screen'>, witness: Witness): string | undefined {
  if (screen.code === undefined) return undefined;
  const { books, wallets } = witness;
  const { last } = books;
  if (last?.intent.type !== 'walletIntent' || last.status !== 'open') return 'a code is shown, and no order is open';
  return wallets.presentsCode(last.intent.outTradeNo, screen.code.text)
    ? undefined
    : `another code than that of ${last.id} is shown`;
}

/** Nothing comes between the last query and the cancel. */
export function cancelAfterQuery({ call }: EventOf<'walletRequest'>, witness: Witness): string | undefined {
  if (call?.kind !== 'cancel' || witness.resumedCancels.has(call.outTradeNo)) return undefined;
  const { lastWalletRequest: last } = witness;
  const isRight = last === callName({ ...call, kind: 'query' }) || last === callName(call);
  return isRight ? undefined : `${call.outTradeNo} is cancelled after "${last}", not after a last query`;
}

/** Asked about orders that are paid. */
const ABOUT_STANDING: ReadonlySet<string> = new Set(['refund', 'bills']);

/** Every call that names an order is about one that is open in the journal. */
export function walletIntentStands({ call }: EventOf<'walletRequest'>, { books }: Witness): string | undefined {
  if (call === undefined || call.outTradeNo === '' || ABOUT_STANDING.has(call.kind)) return undefined;
  const { host, kind, outTradeNo } = call;
  const sale = [...books.open].map((id) => books.sales.get(id)).find((open) => orderNumberOf(open) === outTradeNo);
  if (sale === undefined) return `${kind} for order ${outTradeNo}, which is not open in the journal`;
  if (sale.intent.type === 'walletIntent' && hostOf(sale.intent) !== host) return `${host} is asked for ${outTradeNo}`;
  return kind === 'cancel' && !sale.hasCancelIntent
    ? `${outTradeNo} is cancelled before it is a durable duty`
    : undefined;
}

function orderNumberOf(sale: BookedSale | undefined): string | undefined {
  return sale?.intent.type === 'walletIntent' ? sale.intent.outTradeNo : undefined;
}
