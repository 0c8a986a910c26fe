/** Wallet orders: pay, query and cancel, each journaled, none believed before signature, order number and amount are checked. */
import { latin1Of } from '../base/bytes.ts';
import { invariant } from '../base/invariant.ts';
import { sleep, type VaultRef } from '../hal/index.ts';
import type { PlanRecord, SaleKey, WalletIntent, WalletResult } from '../journal/records.ts';
import { chinaTimestamp } from '../protocol/wallet/china-time.ts';
import { checkPresentedCode } from '../protocol/wallet/presented-code.ts';
import type { KnownOrder, OrderTerms, PaidTrade, Wallet, WalletCall } from '../protocol/wallet/wallet-api.ts';
import type { WalletHost } from '../protocol/wallet/web-message.ts';
import { accountOf, type JdAccount } from '../rules/baitiao.ts';
import type { PlanQuote } from '../rules/installment/quote.ts';
import type { Services } from '../services.ts';
import type { Effect } from './effect.ts';
import { askWallet, served, type WalletReply } from './wallet-channel.ts';

/** How the customer is known to the wallet. */
export type OrderSource =
  | { readonly kind: 'code'; readonly codeRef: VaultRef; readonly maskedCode: string }
  /** The terminal shows a code, and the customer scans it. */
  | { readonly kind: 'shown' }
  | { readonly kind: 'account'; readonly account: NamedAccount; readonly proof: ProofRef };

/** A customer who is named instead of shown. */
export interface NamedAccount {
  readonly accountRef: VaultRef;
  readonly maskedAccount: string;
}

/** Proof that the customer agrees, without its secret. */
export type ProofRef =
  | { readonly kind: 'sms'; readonly reference: string; readonly codeRef: VaultRef }
  | { readonly kind: 'face'; readonly reference: string };

export interface PayOrderInput {
  readonly amountFen: number;
  readonly wallet: Wallet;
  readonly source: OrderSource;
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
  | UndecidedOrder;

export interface UndecidedOrder {
  readonly kind: 'pending' | 'unknown';
  /** How long the wallet took to say so, which counts against the time the customer has. */
  readonly tookMs?: number;
  /** The answer was about something else, or its numbers were not those of the order. */
  readonly differs?: readonly string[];
  /** Text of the code that the customer is to scan. */
  readonly codeText?: string;
}

export interface PayOrderOutcome {
  readonly order: OrderInput;
  readonly answer: OrderAnswer;
}

/** A cancel that says "again" is repeated at once a few times; after that the recovery goes on with it. */
const CANCEL_TRIES = 3;
const CANCEL_PAUSE_MS = 2_000;
/** An order that nobody asks about any more is closed by the host itself so long after the terminal gave it up. */
const EXPIRY_MARGIN_MS = 120_000;

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

/** Where an order of the journal is; the first journals knew one wallet with one host. */
export function hostOf({ host = 'alipay' }: WalletIntent): WalletHost {
  return host;
}

/** An order of the journal as its host is asked about it. */
export function knownOrder({ outTradeNo, wallet, presented = 'customer', amountFen, plan }: WalletIntent): KnownOrder {
  return { outTradeNo, wallet, presented, amountFen, plan };
}

/** Adds how long an answer took that leaves the order undecided. */
async function timed({ ports }: Services, ask: () => Promise<OrderAnswer>): Promise<OrderAnswer> {
  const startedMs = ports.clock.monotonicMs();
  const answer = await ask();
  const isUndecided = answer.kind === 'pending' || answer.kind === 'unknown';
  return isUndecided ? { ...answer, tookMs: ports.clock.monotonicMs() - startedMs } : answer;
}

interface Found {
  readonly trade?: PaidTrade;
  readonly subCode?: string;
  readonly differs?: readonly string[];
}

async function noteResult(
  { journal }: Services,
  key: SaleKey,
  result: WalletResult['result'],
  { trade, subCode, differs }: Found = {},
): Promise<void> {
  await journal.append({
    type: 'walletResult',
    ...key,
    result,
    tradeNo: trade?.tradeNo,
    buyer: trade?.buyer,
    subCode,
    ...(differs === undefined ? {} : { differs }),
  });
  if (result === 'paid') {
    await journal.append({ type: 'saleApproved', ...key, tvr: undefined, tsi: undefined, scriptResult: undefined });
  }
}

function orderOf({ journal }: Services, key: SaleKey): { readonly host: WalletHost; readonly order: KnownOrder } {
  const { intent } = journal.sale(key);
  invariant(intent.type === 'walletIntent', 'only a wallet order is queried');
  return { host: hostOf(intent), order: knownOrder(intent) };
}

/** Sends the order once. The intent is durable before the first byte leaves; code and proof are used up by this call. */
export const payOrder: Effect<PayOrderOutcome, PayOrderInput> = async (services, input) => {
  const { settings, journal } = services;
  const { wallet, source, amountFen, quote } = input;
  const key: SaleKey = { batch: journal.state.batch, stan: journal.takeStan() };
  const plan = quote === undefined ? undefined : planRecordOf(quote);
  const order: OrderTerms = {
    outTradeNo: orderNumber(services, key),
    wallet,
    amountFen,
    subject: settings.wallet.subject,
    plan,
    expiresInS: Math.ceil((settings.wallet.decideWithinMs + EXPIRY_MARGIN_MS) / 1000),
  };
  const host = hostFor(services, wallet, source);
  const call = callOf(services, order, source);
  wipeSource(services, source);
  await journal.append({
    type: 'walletIntent',
    ...key,
    amountFen,
    wallet,
    host,
    presented: PRESENTED[source.kind],
    outTradeNo: order.outTradeNo,
    maskedCode: maskedSource(source),
    plan,
  });
  const answer = await timed(services, async () =>
    afterPay(services, key, served(await askWallet(services, host, call))),
  );
  return { order: { key }, answer };
};

const PRESENTED = { code: 'customer', shown: 'merchant', account: 'account' } as const;

function hostFor({ settings }: Services, wallet: Wallet, { kind }: OrderSource): WalletHost {
  const { routes, presents } = settings.wallet;
  const host = kind === 'shown' ? presents[wallet] : routes[wallet];
  invariant(host !== undefined && host !== 'acquirer', 'a wallet order goes to the host of its wallet');
  return host;
}

function callOf(services: Services, order: OrderTerms, source: OrderSource): WalletCall {
  const { vault } = services.ports;
  switch (source.kind) {
    case 'code':
      return { kind: 'pay', order, authCode: latin1Of(vault.reveal(source.codeRef)) };
    case 'shown':
      return { kind: 'present', order };
    case 'account': {
      const account = revealedAccount(services, source.account);
      const { proof } = source;
      if (proof.kind === 'face') return { kind: 'charge', order, account, proof };
      const code = latin1Of(vault.reveal(proof.codeRef));
      return { kind: 'charge', order, account, proof: { kind: 'sms', reference: proof.reference, code } };
    }
  }
}

/** The account behind its reference, for the moment of writing it into a request. */
export function revealedAccount({ ports }: Services, { accountRef }: NamedAccount): JdAccount {
  const account = accountOf(latin1Of(ports.vault.reveal(accountRef)));
  invariant(!('problem' in account), 'an account is checked before it is kept');
  return account;
}

/** A code is used once. An account is kept: after a wrong SMS code it is charged again, under another number. */
function wipeSource({ ports }: Services, source: OrderSource): void {
  if (source.kind === 'code') ports.vault.wipe(source.codeRef);
  if (source.kind === 'account' && source.proof.kind === 'sms') ports.vault.wipe(source.proof.codeRef);
}

function maskedSource(source: OrderSource): string {
  if (source.kind === 'shown') return '';
  return source.kind === 'code' ? source.maskedCode : source.account.maskedAccount;
}

type ServedReply = ReturnType<typeof served>;

async function afterPay(services: Services, key: SaleKey, reply: ServedReply): Promise<OrderAnswer> {
  const { kind } = reply;
  if (kind === 'presented') return afterPresent(services, key, reply.codeText);
  if (kind === 'paid') {
    await noteResult(services, key, 'paid', { trade: reply.trade });
    return { kind };
  }
  if (kind === 'failed') {
    await noteResult(services, key, 'failed', { subCode: reply.code });
    return { kind, subCode: reply.code };
  }
  if (kind !== 'notSent' && kind !== 'pending') return undecided(services, key, reply);
  await noteResult(services, key, kind);
  return { kind };
}

/** A code that is not a good one is shown to nobody. */
async function afterPresent(services: Services, key: SaleKey, codeText: string): Promise<OrderAnswer> {
  const { order } = orderOf(services, key);
  if (checkPresentedCode(codeText, order).kind !== 'good') return undecided(services, key, WRONG_CODE);
  await noteResult(services, key, 'pending');
  return { kind: 'pending', codeText };
}

const WRONG_CODE: WalletReply = { kind: 'mismatch', members: ['code'] };

async function undecided(services: Services, key: SaleKey, reply: WalletReply): Promise<OrderAnswer> {
  if (reply.kind !== 'mismatch') {
    await noteResult(services, key, 'unknown');
    return { kind: 'unknown' };
  }
  await noteResult(services, key, 'unknown', { differs: reply.members });
  return { kind: 'unknown', differs: reply.members };
}

/** Asks once where the order stands. What is neither final nor wrong is not journaled: a query changes nothing at the wallet. */
export const queryOrder: Effect<OrderAnswer, OrderInput> = (services, { key }) =>
  timed(services, () => askWhereItStands(services, key));

async function askWhereItStands(services: Services, key: SaleKey): Promise<OrderAnswer> {
  const { host, order } = orderOf(services, key);
  const reply = served(await askWallet(services, host, { kind: 'query', order }));
  if (reply.kind === 'paid') {
    await noteResult(services, key, 'paid', { trade: reply.trade });
    return { kind: 'paid' };
  }
  if (reply.kind === 'closed') {
    await noteResult(services, key, 'cancelled');
    return { kind: 'cancelled' };
  }
  if (reply.kind === 'mismatch') return undecided(services, key, reply);
  return { kind: reply.kind === 'pending' ? 'pending' : 'unknown' };
}

/**
 * Cancels until the wallet confirms it; the caller has queried just before. From here on the order ends cancelled, unless
 * the wallet says that it is paid and does not pay back, or refuses for good, as it does after a day: then what it says of
 * the order holds.
 */
export const cancelOrder: Effect<OrderAnswer, OrderInput> = async (services, { key }, signal) => {
  const { ports, journal } = services;
  const { host, order } = orderOf(services, key);
  const begunBefore = journal.sale(key).status === 'cancelling';
  if (!begunBefore) await journal.append({ type: 'cancelIntent', ...key });
  let refusals = 0;
  for (let tries = 1; tries <= CANCEL_TRIES; tries++) {
    const reply = served(await askWallet(services, host, { kind: 'cancel', order }));
    // Nothing to cancel is believed from the second round on: in the first, the payment could still be on its way.
    if (reply.kind === 'cancelled' || (begunBefore && reply.kind === 'notFound')) {
      await noteResult(services, key, 'cancelled');
      return { kind: 'cancelled' };
    }
    if (reply.kind === 'alreadyPaid') return queryOrder(services, { key }, signal);
    if (reply.kind === 'failed' || reply.kind === 'notFound') refusals += 1;
    if (tries < CANCEL_TRIES) await sleep(ports.clock, CANCEL_PAUSE_MS);
  }
  return refusals === CANCEL_TRIES ? queryOrder(services, { key }, signal) : { kind: 'unknown' };
};

/**
 * Settles an order that the terminal lost sight of: a cancel that was begun is finished; otherwise the wallet is asked,
 * and what it does not call paid or closed is cancelled.
 */
export const resolveOrder: Effect<OrderAnswer, OrderInput> = async (services, input, signal) => {
  if (services.journal.sale(input.key).status === 'cancelling') return cancelOrder(services, input, signal);
  const answer = await queryOrder(services, input, signal);
  return answer.kind === 'paid' || answer.kind === 'cancelled' ? answer : cancelOrder(services, input, signal);
};
