import { isFen } from '../../base/fen.ts';
import { invariant } from '../../base/invariant.ts';
import { chinaTimestamp } from './china-time.ts';
import { JD_VERSION } from './jd-names.ts';
import type { CallContext, KnownOrder, OrderTerms, Proof, WalletAccount, WalletCall } from './wallet-api.ts';

/** Members of `biz`; `undefined` ones are not sent. */
type Biz = Readonly<Record<string, unknown>>;

/** The body of a call. It holds pay codes, SMS codes and accounts: it is signed and sent, and shown nowhere. */
export function jdBody(call: WalletCall, { merchant, terminalId, wallMs, nonce }: CallContext): string {
  invariant(/^[0-9a-f]{32}$/i.test(nonce), 'a nonce has 32 hex digits');
  return JSON.stringify({
    version: JD_VERSION,
    merchantNo: merchant.merchantId,
    terminalNo: terminalId,
    timestamp: chinaTimestamp(wallMs),
    nonce,
    biz: bizOf(call),
  });
}

/** What a request signs: method, path and body on a line each. */
export function jdRequestString(path: string, body: string): string {
  return `POST\n${path}\n${body}\n`;
}

function bizOf(call: WalletCall): Biz {
  switch (call.kind) {
    case 'pay':
      return { ...orderMembers(call.order), token: call.authCode };
    case 'present':
      return orderMembers(call.order);
    case 'charge':
      return { ...orderMembers(call.order), account: accountMembers(call.account), proof: proofMembers(call.proof) };
    case 'query':
      return { tradeNum: tradeNumOf(call.order) };
    case 'cancel':
      return { tradeNum: tradeNumOf(call.order), amount: fenText(call.order.amountFen) };
    case 'refund': {
      const { order, refundNo, refundFen } = call.refund;
      invariant(/^\w{1,64}$/.test(refundNo), 'a refund number has 1 to 64 letters, digits and underscores');
      invariant(refundFen <= order.amountFen, 'a refund is not more than its sale');
      return {
        refundNum: refundNo,
        tradeNum: tradeNumOf(order),
        amount: fenText(order.amountFen),
        refundAmount: fenText(refundFen),
      };
    }
    case 'plans':
      return {
        amount: fenText(call.amountFen),
        account: call.account === undefined ? undefined : accountMembers(call.account),
        merchantPays: periodTexts(call.merchantPays),
      };
    case 'sendCode':
    case 'startFace':
      return { amount: fenText(call.amountFen), account: accountMembers(call.account) };
    case 'faceState':
      return { faceRef: call.reference };
    case 'bills': {
      const { subject } = call;
      return subject.kind === 'order'
        ? { tradeNum: tradeNumOf(subject.order) }
        : { account: accountMembers(subject.account) };
    }
  }
}

/** The plan goes with the figures that the customer confirmed, so that the host can refuse where its own are others. */
function orderMembers(order: OrderTerms): Biz {
  const { plan } = order;
  return {
    tradeNum: tradeNumOf(order),
    amount: fenText(order.amountFen),
    tradeName: order.subject,
    expireSeconds: order.expiresInS.toString(),
    baiTiao: plan && {
      plan: plan.periods.toString(),
      feePayer: plan.feePayer,
      fee: plan.feeFen.toString(),
      total: plan.totalFen.toString(),
    },
  };
}

/** A query that says nothing of the merchant asks for plans whose fee is the customer's. */
function periodTexts(periods: readonly number[] = []): readonly string[] | undefined {
  return periods.length === 0 ? undefined : periods.map((each) => each.toString());
}

function accountMembers({ kind, text }: WalletAccount): Biz {
  return { type: kind, value: text };
}

function proofMembers(proof: Proof): Biz {
  return proof.kind === 'sms'
    ? { type: 'sms', smsRef: proof.reference, smsCode: proof.code }
    : { type: 'face', faceRef: proof.reference };
}

function tradeNumOf({ outTradeNo }: Pick<KnownOrder, 'outTradeNo'>): string {
  invariant(/^\w{1,64}$/.test(outTradeNo), 'an order number has 1 to 64 letters, digits and underscores');
  return outTradeNo;
}

/** Amounts are whole fen as text. */
function fenText(amountFen: number): string {
  invariant(isFen(amountFen) && amountFen > 0, 'an amount is a positive count of fen');
  return amountFen.toString();
}
