import { wechatSignString } from '../../../firmware/protocol/wallet/wechat-request.ts';
import type { WebReply, WebRequest } from '../../../firmware/protocol/wallet/web-message.ts';
import type { Clock } from '../../../firmware/hal/index.ts';
import { chinaTimestamp } from '../../china-time.ts';
import { authorizationOf, isNear } from '../front-members.ts';
import {
  CLOCK_SKEW_MAX_MS,
  type HostCall,
  type HostFront,
  type HostOrder,
  type HostOrderState,
  type HostOutcome,
  type HostRefund,
  type HostRefusal,
  type Received,
} from '../host-words.ts';
import type { WalletSignatures } from '../signatures.ts';
import { WECHAT_SYSTEM_ERROR, WECHAT_USER_PAYING, type WechatRefusal, wechatRefusal } from './refusals.ts';
import { wechatCallOf, type WechatIdentity } from './requests.ts';

export interface WechatFrontOptions {
  readonly clock: Clock;
  /** Merchants are known by their `mchid`. */
  readonly signatures: WalletSignatures;
  readonly merchant: WechatIdentity;
}

/** Number of the certificate that the simulated host signs with. */
const PLATFORM_SERIAL = '1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C';

const STATES: Readonly<Record<HostOrderState, string>> = {
  waiting: 'NOTPAY',
  paid: 'SUCCESS',
  closed: 'CLOSED',
  undone: 'REVOKED',
  partlyRefunded: 'REFUND',
  refunded: 'REFUND',
};

/** WeChat Pay's side of the wire: merchant API version 3. */
export class WechatFront implements HostFront {
  readonly #clock: Clock;
  readonly #signatures: WalletSignatures;
  readonly #merchant: WechatIdentity;
  #replies = 0;

  constructor({ clock, signatures, merchant }: WechatFrontOptions) {
    this.#clock = clock;
    this.#signatures = signatures;
    this.#merchant = merchant;
  }

  receive(request: WebRequest): Received {
    const wallMs = this.#clock.wallMs();
    const problem = this.#problemOf(request, wallMs);
    const call = problem === undefined ? wechatCallOf(request, this.#merchant, wallMs) : undefined;
    if (call !== undefined) return { kind: 'call', call };
    return { kind: 'refused', reply: this.#refusal(wechatRefusal('query', problem ?? 'invalidRequest'), 'good') };
  }

  reply(call: HostCall, outcome: HostOutcome, signature: 'good' | 'wrong' = 'good'): WebReply {
    switch (outcome.kind) {
      case 'refused':
        return this.#refusal(wechatRefusal(call.kind, outcome.why), signature);
      case 'again':
        return this.#refusal(WECHAT_USER_PAYING, signature);
      case 'broken':
        return this.#refusal(WECHAT_SYSTEM_ERROR, signature);
      case 'barred':
        return this.#undone(call, outcome.outTradeNo, signature);
      case 'refund':
        return this.#sealed(200, JSON.stringify(refundMembers(outcome.refund)), signature);
      case 'order':
        return this.#order(call, outcome.order, signature);
    }
  }

  codeOf({ tradeNo }: HostOrder): string {
    return `weixin://wxpay/bizpayurl?pr=${tradeNo}`;
  }

  #problemOf(request: WebRequest, wallMs: number): HostRefusal | undefined {
    const { method, path, headers, body } = request;
    const values = authorizationOf(headers['authorization'], 'WECHATPAY2-SHA256-RSA2048');
    const [mchid = '', timestamp = '', nonce = '', signature = ''] = [
      'mchid',
      'timestamp',
      'nonce_str',
      'signature',
    ].map((name) => values?.get(name));
    if (mchid !== this.#merchant.mchid || !this.#signatures.knows(mchid)) return 'unknownMerchant';
    const signed = wechatSignString({ method, path, timestamp, nonce, body });
    if (!isNear(timestamp, wallMs, CLOCK_SKEW_MAX_MS)) return 'wrongSignature';
    return this.#signatures.isMerchants(signed, signature, mchid) ? undefined : 'wrongSignature';
  }

  #order(call: HostCall, order: HostOrder, signature: 'good' | 'wrong'): WebReply {
    if (call.kind === 'present') {
      return this.#sealed(200, JSON.stringify({ code_url: this.codeOf(order) }), signature);
    }
    if (call.kind === 'cancel' || call.kind === 'close') return this.#undone(call, order.outTradeNo, signature);
    // A payment that waits for the phone is an error of its own, an order that does is none.
    if (call.kind === 'pay' && order.state === 'waiting') return this.#refusal(WECHAT_USER_PAYING, signature);
    return this.#sealed(200, JSON.stringify(this.#orderMembers(order)), signature);
  }

  /** A reversal names the order, a close that is done says nothing at all. */
  #undone(call: HostCall, outTradeNo: string, signature: 'good' | 'wrong'): WebReply {
    if (call.kind === 'close') return this.#sealed(204, '', signature);
    return this.#sealed(200, JSON.stringify({ ...this.#merchant, out_trade_no: outTradeNo }), signature);
  }

  #orderMembers(order: HostOrder): Readonly<Record<string, unknown>> {
    const { outTradeNo, amountFen, state, presented, tradeNo, paidAtWallMs } = order;
    const names = { ...this.#merchant, out_trade_no: outTradeNo };
    const tradeState = state === 'waiting' && presented === 'customer' ? 'USERPAYING' : STATES[state];
    if (paidAtWallMs === undefined) return { ...names, trade_state: tradeState };
    return {
      ...names,
      transaction_id: tradeNo,
      trade_type: presented === 'customer' ? 'MICROPAY' : 'NATIVE',
      trade_state: tradeState,
      success_time: `${chinaTimestamp(paidAtWallMs).replace(' ', 'T')}+08:00`,
      amount: { total: amountFen, payer_total: amountFen, currency: 'CNY', payer_currency: 'CNY' },
    };
  }

  #refusal({ status, code, message }: WechatRefusal, signature: 'good' | 'wrong'): WebReply {
    return this.#sealed(status, JSON.stringify({ code, message }), signature);
  }

  #sealed(status: number, body: string, signature: 'good' | 'wrong'): WebReply {
    const timestamp = Math.floor(this.#clock.wallMs() / 1000).toString();
    const nonce = (++this.#replies).toString(16).padStart(32, '0');
    const signed = `${timestamp}\n${nonce}\n${body}\n`;
    return {
      status,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'wechatpay-timestamp': timestamp,
        'wechatpay-nonce': nonce,
        'wechatpay-serial': PLATFORM_SERIAL,
        'wechatpay-signature': this.#signatures.signAsWallet(signature === 'good' ? signed : `${signed} `),
      },
      body,
    };
  }
}

function refundMembers({ refundNo, refundFen, order, isDone }: HostRefund): Readonly<Record<string, unknown>> {
  return {
    refund_id: `5${order.tradeNo}`,
    out_refund_no: refundNo,
    transaction_id: order.tradeNo,
    out_trade_no: order.outTradeNo,
    status: isDone ? 'SUCCESS' : 'PROCESSING',
    amount: { total: order.amountFen, refund: refundFen, currency: 'CNY' },
  };
}
