/** Wallet orders: pay, query and cancel, each journaled, none believed before signature, order number and amount are checked. */
import { latin1Of } from '../base/bytes.ts';
import { invariant } from '../base/invariant.ts';
import { ProtocolError } from '../base/protocol-error.ts';
import { sleep, type VaultRef } from '../hal/index.ts';
import type { PlanRecord, SaleKey, WalletIntent, WalletResult } from '../journal/records.ts';
import {
  type AlipayParams,
  cancelRequest,
  cancelResult,
  type CancelResult,
  chinaTimestamp,
  type ExpectedOrder,
  formBody,
  type PaidTrade,
  parseReply,
  payRequest,
  payResult,
  queryRequest,
  queryResult,
  type SignedReply,
  signString,
} from '../protocol/wallet/alipay.ts';
import { decodeWebReply, encodeWebRequest } from '../protocol/wallet/web-message.ts';
import type { PlanQuote } from '../rules/installment/quote.ts';
import type { Services } from '../services.ts';
import type { Effect } from './effect.ts';

export interface PayOrderInput {
  readonly amountFen: number;
  readonly codeRef: VaultRef;
  readonly maskedCode: string;
  readonly quote: PlanQuote | undefined;
}

export interface OrderInput {
  readonly key: SaleKey;
}

/** Where an order stands. `pending` and `unknown` are not final: ask again, in the end cancel. */
export type OrderAnswer =
  | { readonly kind: 'paid' }
  | { readonly kind: 'failed'; readonly subCode: string | undefined }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'notSent' }
  /** `tookMs`: how long the wallet took to say so, which counts against the time the customer has. */
  | { readonly kind: 'pending' | 'unknown'; readonly tookMs?: number };

export interface PayOrderOutcome {
  readonly order: OrderInput;
  readonly answer: OrderAnswer;
}

/** A cancel that says "again" is repeated at once a few times; after that the recovery goes on with it. */
const CANCEL_TRIES = 3;
const CANCEL_PAUSE_MS = 2_000;

/** Terminal, day, batch and STAN: made once, written down before the order is sent, never made again. */
function orderNumber({ ports, settings }: Services, { batch, stan }: SaleKey): string {
  const day = chinaTimestamp(ports.clock.wallMs()).slice(0, 10).replaceAll('-', '');
  return `${settings.terminalId}${day}${batch}${stan.toString().padStart(6, '0')}`;
}

/** The plan as the journal keeps it. */
export function planRecordOf(quote: PlanQuote): PlanRecord {
  const { offer, feeFen, totalFen, perPeriodFen, firstPaymentFen, firstDueDate } = quote;
  const { method, periods, feePayer } = offer;
  return { method, periods, feePayer, feeFen, totalFen, perPeriodFen, firstPaymentFen, firstDueDate };
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' };

type Call = { readonly kind: 'reply'; readonly reply: SignedReply } | { readonly kind: 'notSent' | 'unknown' };

/** One signed call. A reply with a wrong signature, or none, says nothing about the money. */
async function call({ ports, settings }: Services, params: AlipayParams, method: string): Promise<Call> {
  const body = formBody(params, await ports.walletKeys.sign('alipay', signString(params)));
  const request = { host: 'alipay', method: 'POST', path: '/gateway.do', headers: FORM, body } as const;
  const exchange = await ports.wallet.exchange(encodeWebRequest(request), settings.wallet.replyDeadlineMs);
  if (exchange.kind !== 'replied') return { kind: exchange.kind };
  try {
    const { status, body: text } = decodeWebReply(exchange.reply);
    if (status !== 200) return { kind: 'unknown' };
    const reply = parseReply(text, method);
    const isGenuine = await ports.walletKeys.verify('alipay', reply.signedContent, reply.signature);
    return isGenuine ? { kind: 'reply', reply } : { kind: 'unknown' };
  } catch (error) {
    if (error instanceof ProtocolError) return { kind: 'unknown' };
    throw error;
  }
}

/** Adds how long an answer took that leaves the order undecided. */
async function timed({ ports }: Services, ask: () => Promise<OrderAnswer>): Promise<OrderAnswer> {
  const startedMs = ports.clock.monotonicMs();
  const answer = await ask();
  const isUndecided = answer.kind === 'pending' || answer.kind === 'unknown';
  return isUndecided ? { ...answer, tookMs: ports.clock.monotonicMs() - startedMs } : answer;
}

/** Reads a reply that may break the protocol inside; what cannot be read says nothing about the money. */
function read<T>(reader: () => T): T | { readonly kind: 'unknown' } {
  try {
    return reader();
  } catch (error) {
    if (error instanceof ProtocolError) return { kind: 'unknown' };
    throw error;
  }
}

async function noteResult(
  { journal }: Services,
  key: SaleKey,
  result: WalletResult['result'],
  found?: { readonly trade?: PaidTrade; readonly subCode?: string },
): Promise<void> {
  const { trade, subCode } = found ?? {};
  await journal.append({
    type: 'walletResult',
    ...key,
    result,
    tradeNo: trade?.tradeNo,
    buyer: trade?.buyer,
    subCode,
  });
  if (result === 'paid') {
    await journal.append({ type: 'saleApproved', ...key, tvr: undefined, tsi: undefined, scriptResult: undefined });
  }
}

function orderOf({ journal }: Services, key: SaleKey): { intent: WalletIntent; expected: ExpectedOrder } {
  const { intent } = journal.sale(key);
  invariant(intent.type === 'walletIntent', 'only a wallet order is queried');
  const { outTradeNo, amountFen, plan } = intent;
  return { intent, expected: { outTradeNo, amountFen, ...(plan === undefined ? {} : { periods: plan.periods }) } };
}

/** Sends the order once. The intent is durable before the first byte leaves; the pay code is used up by this call. */
export const payOrder: Effect<PayOrderOutcome, PayOrderInput> = async (services, input) => {
  const { ports, settings, journal } = services;
  const key: SaleKey = { batch: journal.state.batch, stan: journal.takeStan() };
  const outTradeNo = orderNumber(services, key);
  const plan = input.quote === undefined ? undefined : planRecordOf(input.quote);
  const params = payRequest({
    appId: settings.wallet.appId,
    wallMs: ports.clock.wallMs(),
    outTradeNo,
    authCode: latin1Of(ports.vault.reveal(input.codeRef)),
    amountFen: input.amountFen,
    subject: settings.wallet.subject,
    terminalId: settings.terminalId,
    ...(plan === undefined ? {} : { installment: { periods: plan.periods, feePayer: plan.feePayer } }),
  });
  ports.vault.wipe(input.codeRef);
  await journal.append({
    type: 'walletIntent',
    ...key,
    amountFen: input.amountFen,
    wallet: 'alipay',
    outTradeNo,
    maskedCode: input.maskedCode,
    plan,
  });
  const answer = await timed(services, async () =>
    afterPay(services, key, await call(services, params, 'alipay.trade.pay')),
  );
  return { order: { key }, answer };
};

async function afterPay(services: Services, key: SaleKey, answered: Call): Promise<OrderAnswer> {
  if (answered.kind !== 'reply') {
    await noteResult(services, key, answered.kind);
    return { kind: answered.kind };
  }
  const { expected } = orderOf(services, key);
  const result = read(() => payResult(answered.reply, expected));
  switch (result.kind) {
    case 'paid':
      await noteResult(services, key, 'paid', { trade: result.trade });
      return { kind: 'paid' };
    case 'failed':
      await noteResult(services, key, 'failed', { subCode: result.subCode });
      return { kind: 'failed', subCode: result.subCode };
    case 'pending':
      await noteResult(services, key, 'pending');
      return { kind: 'pending' };
    case 'unknown':
    case 'mismatch':
      await noteResult(services, key, 'unknown');
      return { kind: 'unknown' };
  }
}

/** Asks once where the order stands. Only a final answer is journaled: a query changes nothing at the wallet. */
export const queryOrder: Effect<OrderAnswer, OrderInput> = (services, { key }) =>
  timed(services, () => askWhereItStands(services, key));

async function askWhereItStands(services: Services, key: SaleKey): Promise<OrderAnswer> {
  const { ports, settings } = services;
  const { intent, expected } = orderOf(services, key);
  const request = { appId: settings.wallet.appId, wallMs: ports.clock.wallMs(), outTradeNo: intent.outTradeNo };
  const answered = await call(services, queryRequest(request), 'alipay.trade.query');
  if (answered.kind !== 'reply') return { kind: 'unknown' };
  const result = read(() => queryResult(answered.reply, expected));
  if (result.kind !== 'trade') return { kind: 'unknown' };
  if ('trade' in result) {
    await noteResult(services, key, 'paid', { trade: result.trade });
    return { kind: 'paid' };
  }
  if (result.status === 'WAIT_BUYER_PAY') return { kind: 'pending' };
  await noteResult(services, key, 'cancelled');
  return { kind: 'cancelled' };
}

/**
 * Cancels until the wallet confirms it; the caller has queried just before. From here on the order ends cancelled, unless
 * the wallet refuses for good, as it does after a day: then what it says of the order holds.
 */
export const cancelOrder: Effect<OrderAnswer, OrderInput> = async (services, { key }, signal) => {
  const { ports, settings, journal } = services;
  const { intent } = orderOf(services, key);
  const begunBefore = journal.sale(key).status === 'cancelling';
  if (!begunBefore) await journal.append({ type: 'cancelIntent', ...key });
  let refusals = 0;
  for (let tries = 1; tries <= CANCEL_TRIES; tries++) {
    const request = { appId: settings.wallet.appId, wallMs: ports.clock.wallMs(), outTradeNo: intent.outTradeNo };
    const answered = await call(services, cancelRequest(request), 'alipay.trade.cancel');
    const result =
      answered.kind === 'reply'
        ? read(() => cancelResult(answered.reply, intent.outTradeNo))
        : ({ kind: 'unknown' } as const);
    if (result.kind === 'cancelled' || (begunBefore && neverCame(result))) {
      await noteResult(services, key, 'cancelled');
      return { kind: 'cancelled' };
    }
    if (result.kind === 'failed') refusals += 1;
    if (tries < CANCEL_TRIES) await sleep(ports.clock, CANCEL_PAUSE_MS);
  }
  return refusals === CANCEL_TRIES ? queryOrder(services, { key }, signal) : { kind: 'unknown' };
};

/** Nothing to cancel. Believed from the second round on: in the first, the payment could still be on its way. */
function neverCame(result: CancelResult | { readonly kind: 'unknown' }): boolean {
  return result.kind === 'failed' && result.subCode === 'ACQ.TRADE_NOT_EXIST';
}

/**
 * Settles an order that the terminal lost sight of: a cancel that was begun is finished; otherwise the wallet is asked,
 * and what it does not call paid or closed is cancelled.
 */
export const resolveOrder: Effect<OrderAnswer, OrderInput> = async (services, input, signal) => {
  if (services.journal.sale(input.key).status === 'cancelling') return cancelOrder(services, input, signal);
  const answer = await queryOrder(services, input, signal);
  return answer.kind === 'paid' || answer.kind === 'cancelled' ? answer : cancelOrder(services, input, signal);
};
