import { fenOfYuan } from '../../base/fen.ts';
import { ProtocolError } from '../../base/protocol-error.ts';
import { parseJson, rawMembers } from './json-text.ts';
import type { OrderedPlan } from './wallet-api.ts';

/**
 * A reply before anybody believed it. Verify `signature` over `signedContent` first, which is the text of the answer
 * exactly as it came; `response` is the same answer as a value.
 */
export interface SignedReply {
  readonly signedContent: string;
  readonly signature: string;
  readonly response: Readonly<Record<string, unknown>>;
}

/** What the reply must be about. */
export interface ExpectedOrder {
  readonly outTradeNo: string;
  readonly amountFen: number;
  /** Instalments that were asked for. Without a plan of ours the customer may still choose one in the wallet. */
  readonly plan?: OrderedPlan | undefined;
}

/** The wallet's own data of a paid trade. */
export interface PaidTrade {
  readonly tradeNo: string;
  readonly amountFen: number;
  /** Login name of the buyer, masked by the wallet. */
  readonly buyer: string | undefined;
  /** China time, `yyyy-MM-dd HH:mm:ss`. */
  readonly paidAt: string | undefined;
  /** Instalments as the wallet booked them. */
  readonly periods: number | undefined;
}

/** The wallet refused: nothing was or will be paid under this call. */
export interface WalletRefusal {
  readonly kind: 'failed';
  readonly code: string;
  /** Machine-readable cause as `ACQ.BUYER_BALANCE_NOT_ENOUGH`; empty when the wallet gave none. */
  readonly subCode: string;
  readonly message: string;
}

/** May have been executed: ask again. */
export interface WalletUnknown {
  readonly kind: 'unknown';
  readonly code: string;
  readonly subCode: string;
}

/** The answer is about something else; the names of the members that differ. Treat as unknown. */
export interface WalletMismatch {
  readonly kind: 'mismatch';
  readonly members: readonly string[];
}

export type PayResult =
  | { readonly kind: 'paid'; readonly trade: PaidTrade }
  | { readonly kind: 'pending' }
  | WalletRefusal
  | WalletUnknown
  | WalletMismatch;

export type QueryResult =
  | { readonly kind: 'trade'; readonly status: 'TRADE_SUCCESS' | 'TRADE_FINISHED'; readonly trade: PaidTrade }
  | { readonly kind: 'trade'; readonly status: 'WAIT_BUYER_PAY' | 'TRADE_CLOSED' }
  | { readonly kind: 'notFound' }
  | WalletRefusal
  | WalletUnknown
  | WalletMismatch;

export type CancelResult =
  /** `nothing`: the wallet knew no such trade. */
  | { readonly kind: 'cancelled'; readonly action: 'closed' | 'refunded' | 'nothing' }
  /** Not done yet, ask again. */
  | { readonly kind: 'retry' }
  | WalletRefusal
  | WalletUnknown
  | WalletMismatch;

/** Result codes of the open platform. A code in neither list is unknown: a new one must never look like a refusal. */
const CODE_SUCCESS = '10000';
const CODE_PENDING = '10003';
const CODES_REFUSED: readonly string[] = ['20001', '40001', '40002', '40003', '40004', '40005', '40006'];

/** Causes under a refusal code that say nothing about the money; the platform's advice for all of them is to query. */
const SUB_CODES_UNKNOWN: readonly string[] = ['ACQ.SYSTEM_ERROR', 'AQC.SYSTEM_ERROR', 'ACQ.TRADE_HAS_SUCCESS'];

const SELLER_PERCENT: Readonly<Record<OrderedPlan['feePayer'], string>> = { customer: '0', merchant: '100' };

const SUB_CODE_NOT_FOUND = 'ACQ.TRADE_NOT_EXIST';

/**
 * Takes a reply apart. `ProtocolError` for text that is no JSON object or goes on after it, a key that occurs twice, an
 * answer to another method, or a reply without signature. Answers of the gateway itself come as `error_response`.
 */
export function parseReply(text: string, method: string): SignedReply {
  const members = rawMembers(text, ['reply']);
  const answers = [`${method.replaceAll('.', '_')}_response`, 'error_response'].filter((name) => members.has(name));
  const [name] = answers;
  if (name === undefined || answers.length > 1) throw new ProtocolError(['reply'], 'not one answer to this call');
  const signedContent = members.get(name) ?? '';
  if (!signedContent.startsWith('{')) throw new ProtocolError(['reply', name], 'no JSON object');
  const signature = parseJson(members.get('sign') ?? 'null', ['reply', 'sign']);
  if (typeof signature !== 'string' || signature === '') throw new ProtocolError(['reply', 'sign'], 'missing');
  return { signedContent, signature, response: membersOf(parseJson(signedContent, ['reply', name])) };
}

/** What a reply to `alipay.trade.pay` says about the money. */
export function payResult(reply: SignedReply, expected: ExpectedOrder): PayResult {
  const { response } = reply;
  const code = requiredText(response, 'code');
  if (code !== CODE_SUCCESS && code !== CODE_PENDING) return refusalOf(response, code);
  const members = mismatches(response, expected, code === CODE_SUCCESS);
  if (members.length > 0) return { kind: 'mismatch', members };
  return code === CODE_PENDING ? { kind: 'pending' } : { kind: 'paid', trade: paidTrade(response, expected) };
}

/** What a reply to `alipay.trade.query` says; only success and finished mean paid. */
export function queryResult(reply: SignedReply, expected: ExpectedOrder): QueryResult {
  const { response } = reply;
  const code = requiredText(response, 'code');
  if (code !== CODE_SUCCESS) {
    const refusal = refusalOf(response, code);
    return refusal.kind === 'failed' && refusal.subCode === SUB_CODE_NOT_FOUND ? { kind: 'notFound' } : refusal;
  }
  const status = requiredText(response, 'trade_status');
  switch (status) {
    case 'TRADE_SUCCESS':
    case 'TRADE_FINISHED': {
      const members = mismatches(response, expected, true);
      if (members.length > 0) return { kind: 'mismatch', members };
      return { kind: 'trade', status, trade: paidTrade(response, expected) };
    }
    case 'WAIT_BUYER_PAY':
    case 'TRADE_CLOSED': {
      const members = mismatches(response, expected, false);
      return members.length > 0 ? { kind: 'mismatch', members } : { kind: 'trade', status };
    }
    default:
      throw new ProtocolError(['response', 'trade_status'], 'not a status of the platform');
  }
}

/** What a reply to `alipay.trade.cancel` did. A retry flag counts more than the code beside it. */
export function cancelResult(reply: SignedReply, outTradeNo: string): CancelResult {
  const { response } = reply;
  const code = requiredText(response, 'code');
  if (response['retry_flag'] === 'Y') return { kind: 'retry' };
  if (code !== CODE_SUCCESS) return refusalOf(response, code);
  if (response['out_trade_no'] !== outTradeNo) return { kind: 'mismatch', members: ['out_trade_no'] };
  const action = optionalText(response, 'action');
  switch (action) {
    case 'close':
      return { kind: 'cancelled', action: 'closed' };
    case 'refund':
      return { kind: 'cancelled', action: 'refunded' };
    case undefined:
      return { kind: 'cancelled', action: 'nothing' };
    default:
      throw new ProtocolError(['response', 'action'], 'not an action of the platform');
  }
}

export type PresentResult =
  | { readonly kind: 'presented'; readonly codeText: string }
  | { readonly kind: 'failed'; readonly code: string }
  | WalletUnknown
  | WalletMismatch;

/** What a reply to `alipay.trade.precreate` says; the code's text is the caller's to check. */
export function presentResult({ response }: SignedReply, outTradeNo: string): PresentResult {
  const code = requiredText(response, 'code');
  if (code !== CODE_SUCCESS) return refusedCall(response, code);
  if (response['out_trade_no'] !== outTradeNo) return { kind: 'mismatch', members: ['out_trade_no'] };
  return { kind: 'presented', codeText: requiredText(response, 'qr_code') };
}

export type RefundResult =
  | { readonly kind: 'refunded'; readonly feeBackFen: undefined }
  | { readonly kind: 'failed'; readonly code: string }
  | WalletUnknown
  | WalletMismatch;

/**
 * What a reply to `alipay.trade.refund` did. `fund_change` N means that this refund had been executed before. `refund_fee`
 * is what went back of the trade in all: at least this refund, at most the trade.
 */
export function refundResult(
  { response }: SignedReply,
  { outTradeNo, atLeastFen, amountFen }: { outTradeNo: string; atLeastFen: number; amountFen: number },
): RefundResult {
  const code = requiredText(response, 'code');
  if (code !== CODE_SUCCESS) return refusedCall(response, code);
  const members: string[] = [];
  if (response['out_trade_no'] !== outTradeNo) members.push('out_trade_no');
  const refundedFen = fenOfYuan(optionalText(response, 'refund_fee') ?? '');
  if (refundedFen === undefined || refundedFen < atLeastFen || refundedFen > amountFen) members.push('refund_fee');
  if (members.length > 0) return { kind: 'mismatch', members };
  const change = optionalText(response, 'fund_change');
  return change === 'Y' || change === 'N'
    ? { kind: 'refunded', feeBackFen: undefined }
    : { kind: 'unknown', code, subCode: '' };
}

function refusedCall(response: SignedReply['response'], code: string) {
  const refusal = refusalOf(response, code);
  return refusal.kind === 'failed' ? ({ kind: 'failed', code: refusal.subCode } as const) : refusal;
}

function refusalOf(response: SignedReply['response'], code: string): WalletRefusal | WalletUnknown {
  const subCode = (optionalText(response, 'sub_code') ?? '').replace(/^aop\./, '');
  if (!CODES_REFUSED.includes(code) || SUB_CODES_UNKNOWN.includes(subCode)) return { kind: 'unknown', code, subCode };
  const message = optionalText(response, 'sub_msg') ?? optionalText(response, 'msg') ?? '';
  return { kind: 'failed', code, subCode, message };
}

/** Members that are not as asked. An answer that says "paid" must name order and amount; others may leave them out. */
function mismatches(response: SignedReply['response'], expected: ExpectedOrder, mustName: boolean): string[] {
  const members: string[] = [];
  const orderNumber = optionalText(response, 'out_trade_no');
  const amount = optionalText(response, 'total_amount');
  if (orderNumber === undefined ? mustName : orderNumber !== expected.outTradeNo) members.push('out_trade_no');
  if (amount === undefined ? mustName : fenOfYuan(amount) !== expected.amountFen) members.push('total_amount');
  if (expected.plan !== undefined) members.push(...planMismatches(response, expected.plan));
  return members;
}

/** Numbers of the plan as the wallet books it, where it names them. The merchant's fee is not one of ours. */
function planMismatches(response: SignedReply['response'], plan: OrderedPlan): string[] {
  const booked = membersOf(response['hb_fq_pay_info']);
  const { periods, feePayer, feeFen, totalFen } = plan;
  const differs = (name: string, isRight: (text: string) => boolean): boolean => {
    const text = optionalText(booked, name);
    return text !== undefined && !isRight(text);
  };
  const members: string[] = [];
  if (differs('user_install_num', (text) => Number(text) === periods)) members.push('hb_fq_pay_info');
  if (differs('seller_percent', (text) => text === SELLER_PERCENT[feePayer])) members.push('seller_percent');
  if (feePayer === 'customer' && differs('fee_amount', (text) => fenOfYuan(text) === feeFen)) {
    members.push('fee_amount');
  }
  // Principal and fee are rounded each for itself, so that a period may differ by less than two fen.
  const isOnePeriod = (text: string): boolean =>
    Math.abs((fenOfYuan(text) ?? Infinity) * periods - totalFen) < 2 * periods;
  if (differs('per_period_amount', isOnePeriod)) members.push('per_period_amount');
  return members;
}

function paidTrade(response: SignedReply['response'], { amountFen }: ExpectedOrder): PaidTrade {
  return {
    tradeNo: requiredText(response, 'trade_no'),
    amountFen,
    buyer: optionalText(response, 'buyer_logon_id'),
    paidAt: optionalText(response, 'gmt_payment') ?? optionalText(response, 'send_pay_date'),
    periods: bookedPeriods(response),
  };
}

function bookedPeriods(response: SignedReply['response']): number | undefined {
  const count = optionalText(membersOf(response['hb_fq_pay_info']), 'user_install_num');
  return count === undefined ? undefined : Number(count);
}

function requiredText(response: SignedReply['response'], name: string): string {
  const value = optionalText(response, name);
  if (value === undefined) throw new ProtocolError(['response', name], 'missing');
  return value;
}

function optionalText(response: SignedReply['response'], name: string): string | undefined {
  const value = response[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The members of a JSON object; none for any other value. */
function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
