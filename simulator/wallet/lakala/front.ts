import { plainYuan } from '../../../firmware/base/fen.ts';
import type { Clock } from '../../../firmware/hal/index.ts';
import { encodeMpm, encodeMpmTemplate } from '../../../firmware/protocol/qr/mpm.ts';
import { LAKALA_ACCOUNT_TYPES } from '../../../firmware/protocol/wallet/lakala-request.ts';
import { lakalaSignString } from '../../../firmware/protocol/wallet/lakala.ts';
import type { WebReply, WebRequest } from '../../../firmware/protocol/wallet/web-message.ts';
import { chinaTimestamp } from '../../china-time.ts';
import { authorizationOf, isNear } from '../front-members.ts';
import {
  CLOCK_SKEW_MAX_MS,
  type HostCall,
  type HostFront,
  type HostOrder,
  type HostOrderState,
  type HostOutcome,
  type HostRefusal,
  type Received,
} from '../host-words.ts';
import type { WalletSignatures } from '../signatures.ts';
import { LAKALA_BROKEN, LAKALA_DONE, LAKALA_REFUSAL_CODES, LAKALA_TEXTS, LAKALA_WAITING } from './codes.ts';
import { lakalaCallOf } from './requests.ts';

export interface LakalaFrontOptions {
  readonly clock: Clock;
  /** Merchants are known by their application. */
  readonly signatures: WalletSignatures;
  readonly merchant: { readonly appId: string; readonly merchantNo: string };
}

type Data = Readonly<Record<string, unknown>>;

/** Number of the certificate that the simulated host signs with. */
const PLATFORM_SERIAL = '00E0D5A1B2C3D4E5F6';

const STATES: Readonly<Record<HostOrderState, string>> = {
  waiting: 'DEAL',
  paid: 'SUCCESS',
  closed: 'CLOSE',
  undone: 'REVOKED',
  partlyRefunded: 'PART_REFUND',
  refunded: 'REFUND',
};

/** The aggregator's side of the wire. */
export class LakalaFront implements HostFront {
  readonly #clock: Clock;
  readonly #signatures: WalletSignatures;
  readonly #merchant: LakalaFrontOptions['merchant'];
  #replies = 0;

  constructor({ clock, signatures, merchant }: LakalaFrontOptions) {
    this.#clock = clock;
    this.#signatures = signatures;
    this.#merchant = merchant;
  }

  receive(request: WebRequest): Received {
    const problem = this.#problemOf(request);
    const call = problem === undefined ? lakalaCallOf(request, this.#merchant.merchantNo) : undefined;
    if (call !== undefined) return { kind: 'call', call };
    return { kind: 'refused', reply: this.#sealed(LAKALA_REFUSAL_CODES[problem ?? 'invalidRequest'], {}, 'good') };
  }

  reply(call: HostCall, outcome: HostOutcome, signature: 'good' | 'wrong' = 'good'): WebReply {
    switch (outcome.kind) {
      case 'refused':
        return this.#sealed(LAKALA_REFUSAL_CODES[outcome.why], {}, signature);
      case 'again':
        return this.#sealed(LAKALA_WAITING, {}, signature);
      case 'broken':
        return this.#sealed(LAKALA_BROKEN, {}, signature);
      case 'barred':
        return this.#sealed(LAKALA_DONE, { origin_out_trade_no: outcome.outTradeNo }, signature);
      case 'refund': {
        const { refundNo, refundFen, order, isDone } = outcome.refund;
        const data = { out_trade_no: refundNo, origin_out_trade_no: order.outTradeNo, refund_amount: `${refundFen}` };
        return this.#sealed(isDone ? LAKALA_DONE : LAKALA_WAITING, data, signature);
      }
      case 'order':
        return this.#order(call, outcome.order, signature);
    }
  }

  codeOf(order: HostOrder): string {
    return lakalaCode(order);
  }

  #problemOf({ headers, body }: WebRequest): HostRefusal | undefined {
    const values = authorizationOf(headers['authorization'], 'LKLAPI-SHA256withRSA');
    const [appId = '', serialNumber = '', timestamp = '', nonce = '', signature = ''] = [
      'appid',
      'serial_no',
      'timestamp',
      'nonce_str',
      'signature',
    ].map((name) => values?.get(name));
    if (appId !== this.#merchant.appId || !this.#signatures.knows(appId)) return 'unknownMerchant';
    if (!isNear(timestamp, this.#clock.wallMs(), CLOCK_SKEW_MAX_MS)) return 'wrongSignature';
    const signed = lakalaSignString({ appId, serialNumber, timestamp, nonce, body });
    return this.#signatures.isMerchants(signed, signature, appId) ? undefined : 'wrongSignature';
  }

  #order(call: HostCall, order: HostOrder, signature: 'good' | 'wrong'): WebReply {
    if (call.kind === 'cancel' || call.kind === 'close') {
      const data = { origin_out_trade_no: order.outTradeNo, origin_trade_no: order.tradeNo };
      return this.#sealed(LAKALA_DONE, data, signature);
    }
    if (call.kind === 'present') {
      const data = { ...this.#orderMembers(order), acc_resp_fields: { code: lakalaCode(order) } };
      return this.#sealed(LAKALA_DONE, data, signature);
    }
    if (call.kind === 'pay' && order.state === 'waiting') {
      return this.#sealed(LAKALA_WAITING, this.#orderMembers(order), signature);
    }
    const data = { ...this.#orderMembers(order), ...paidMembers(order), trade_state: STATES[order.state] };
    return this.#sealed(LAKALA_DONE, data, signature);
  }

  #orderMembers({ outTradeNo, tradeNo, wallet, amountFen }: HostOrder): Data {
    return {
      merchant_no: this.#merchant.merchantNo,
      out_trade_no: outTradeNo,
      trade_no: tradeNo,
      account_type: LAKALA_ACCOUNT_TYPES[wallet],
      total_amount: amountFen.toString(),
    };
  }

  #sealed(code: string, data: Data, signature: 'good' | 'wrong'): WebReply {
    const wallMs = this.#clock.wallMs();
    const { appId } = this.#merchant;
    const timestamp = Math.floor(wallMs / 1000).toString();
    const nonce = (++this.#replies).toString(36).padStart(12, '0');
    const body = JSON.stringify({
      code,
      msg: LAKALA_TEXTS[code],
      resp_time: chinaTimestamp(wallMs).replaceAll(/\D/g, ''),
      resp_data: data,
    });
    const signed = lakalaSignString({ appId, serialNumber: PLATFORM_SERIAL, timestamp, nonce, body });
    return {
      status: 200,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'lklapi-appid': appId,
        'lklapi-serial': PLATFORM_SERIAL,
        'lklapi-timestamp': timestamp,
        'lklapi-nonce': nonce,
        'lklapi-signature': this.#signatures.signAsWallet(signature === 'good' ? signed : `${signed} `),
      },
      body,
    };
  }
}

function paidMembers({ paidAtWallMs, buyer, plan }: HostOrder): Data {
  if (paidAtWallMs === undefined) return {};
  const booked = plan && { [plan.method === 'baitiao' ? 'jd_fq_num' : 'hb_fq_num']: plan.periods.toString() };
  return {
    trade_time: chinaTimestamp(paidAtWallMs).replaceAll(/\D/g, ''),
    acc_resp_fields: { ...(buyer === undefined ? {} : { buyer_logon_id: buyer }), ...booked },
  };
}

/** What the customer's phone reads: for UnionPay an EMVCo code with amount and order, for others an address. */
function lakalaCode({ wallet, tradeNo, outTradeNo, amountFen }: HostOrder): string {
  if (wallet === 'wechat') return `weixin://wxpay/bizpayurl?pr=${tradeNo}`;
  if (wallet === 'alipay') return `https://qr.alipay.com/${tradeNo}`;
  if (wallet === 'jd') return `https://h5pay.jd.com/c2b?tradeNum=${tradeNo}`;
  return encodeMpm([
    { id: '00', value: '01' },
    { id: '01', value: '12' },
    {
      id: '26',
      value: encodeMpmTemplate([
        { id: '00', value: 'A000000333010101' },
        { id: '01', value: tradeNo },
      ]),
    },
    { id: '52', value: '5311' },
    { id: '53', value: '156' },
    { id: '54', value: plainYuan(amountFen) },
    { id: '58', value: 'CN' },
    { id: '59', value: 'FENQI DEMO SHOP' },
    { id: '60', value: 'BEIJING' },
    // A label has at most 25 characters (EMVCo).
    { id: '62', value: encodeMpmTemplate([{ id: '05', value: outTradeNo.slice(-25) }]) },
  ]);
}
