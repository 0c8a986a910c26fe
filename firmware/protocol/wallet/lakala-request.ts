import { invariant } from '../../base/invariant.ts';
import { chinaTimestamp } from './china-time.ts';
import { lakalaSignString } from './lakala.ts';
import type {
  CallContext,
  KnownOrder,
  OrderedPlan,
  OrderTerms,
  RefundTerms,
  UnsignedRequest,
  Wallet,
  WalletCall,
} from './wallet-api.ts';

/** One call of the aggregator: reference B.4, names of the members from its public SDKs. */
interface LakalaWanted {
  readonly path: string;
  readonly data: Members;
}

type Members = Readonly<Record<string, unknown>>;

const VERSION = '3.0';
const AUTHORIZATION = 'LKLAPI-SHA256withRSA';

/** Whose money the aggregator is to take. `JD` is our own: its public pages name the other three. */
export const LAKALA_ACCOUNT_TYPES: Readonly<Record<Wallet, string>> = {
  wechat: 'WECHAT',
  alipay: 'ALIPAY',
  unionpay: 'UQRCODEPAY',
  jd: 'JD',
};

/** `trans_type` of an order whose code the customer scans. */
const TRANS_NATIVE = '41';

/** Must be sent, and a terminal does not know the address that it is seen with. */
const LOCATION = { location_info: { request_ip: '127.0.0.1' } };

/** Characters of `subject`; a longer text is cut, because a name must not stop a sale. */
const SUBJECT_MAX = 42;

/** The call as a request that lacks its signature; `undefined` for what the aggregator does not serve. */
export function lakalaRequest(call: WalletCall, context: CallContext): UnsignedRequest | undefined {
  const wanted = lakalaCall(call);
  if (wanted === undefined) return undefined;
  const { merchant, nonce, terminalId, wallMs } = context;
  const { appId, serialNumber } = merchant;
  const body = JSON.stringify({
    req_time: chinaTimestamp(wallMs).replaceAll(/\D/g, ''),
    version: VERSION,
    req_data: { merchant_no: merchant.merchantId, term_no: terminalId, ...wanted.data },
  });
  const timestamp = Math.floor(wallMs / 1000).toString();
  return {
    signString: lakalaSignString({ appId, serialNumber, timestamp, nonce, body }),
    sealed: (signature) => ({
      host: 'lakala',
      method: 'POST',
      path: wanted.path,
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        authorization:
          `${AUTHORIZATION} appid="${appId}",serial_no="${serialNumber}",timestamp="${timestamp}",` +
          `nonce_str="${nonce}",signature="${signature}"`,
      },
      body,
    }),
  };
}

/** The number under which an order is undone. Made from the order's own, so that the second try is the same as the first. */
export function lakalaRevokeNumber(outTradeNo: string): string {
  return `${outTradeNo}R`;
}

function lakalaCall(call: WalletCall): LakalaWanted | undefined {
  switch (call.kind) {
    case 'pay':
      return isServed(call.order) ? micropay(call.order, call.authCode) : undefined;
    case 'present':
      return isServed(call.order) ? preorder(call.order) : undefined;
    case 'query':
      return { path: '/api/v3/labs/query/tradequery', data: { out_trade_no: checkedNumber(call.order.outTradeNo) } };
    case 'cancel':
      return cancel(call.order);
    case 'refund':
      return refund(call.refund);
    case 'charge':
    case 'plans':
    case 'sendCode':
    case 'startFace':
    case 'faceState':
    case 'bills':
      return undefined;
  }
}

/** Huabei with Alipay's money, Baitiao with JD's. */
function isServed({ wallet, plan }: OrderTerms): boolean {
  if (plan === undefined) return true;
  return (plan.method === 'huabei' && wallet === 'alipay') || (plan.method === 'baitiao' && wallet === 'jd');
}

/** 聚合被扫. */
function micropay(order: OrderTerms, authCode: string): LakalaWanted {
  return { path: '/api/v3/labs/trans/micropay', data: { ...orderMembers(order), auth_code: authCode } };
}

/** 聚合主扫. The order closes by itself after whole minutes. */
function preorder(order: OrderTerms): LakalaWanted {
  const minutes = Math.max(1, Math.ceil(order.expiresInS / 60));
  const data = { ...orderMembers(order), trans_type: TRANS_NATIVE, timeout_express: minutes.toString() };
  return { path: '/api/v3/labs/trans/preorder', data };
}

/** Revoking 撤销 undoes a paid code payment and closes an unpaid one; an order of our own code can only be closed 关单. */
function cancel(order: KnownOrder): LakalaWanted {
  const origin = { origin_out_trade_no: checkedNumber(order.outTradeNo), ...LOCATION };
  return order.presented === 'merchant'
    ? { path: '/api/v3/labs/relation/close', data: origin }
    : {
        path: '/api/v3/labs/relation/revoked',
        data: { out_trade_no: lakalaRevokeNumber(order.outTradeNo), ...origin },
      };
}

function refund({ order, refundNo, refundFen }: RefundTerms): LakalaWanted {
  return {
    path: '/api/v3/labs/relation/refund',
    data: {
      out_trade_no: checkedNumber(refundNo),
      origin_out_trade_no: checkedNumber(order.outTradeNo),
      refund_amount: refundFen.toString(),
      ...LOCATION,
    },
  };
}

function orderMembers(order: OrderTerms): Members {
  return {
    out_trade_no: checkedNumber(order.outTradeNo),
    account_type: LAKALA_ACCOUNT_TYPES[order.wallet],
    total_amount: order.amountFen.toString(),
    subject: Array.from(order.subject).slice(0, SUBJECT_MAX).join(''),
    ...LOCATION,
    ...(order.plan === undefined ? {} : { acc_busi_fields: planMembers(order.plan) }),
  };
}

/** Those of Huabei are Alipay's, handed on; those of Baitiao are ours, made after them. */
function planMembers({ method, periods, feePayer }: OrderedPlan): Members {
  const prefix = method === 'baitiao' ? 'jd' : 'hb';
  return {
    [`${prefix}_fq_num`]: periods.toString(),
    [`${prefix}_fq_seller_percent`]: feePayer === 'merchant' ? '100' : '0',
  };
}

/** At most 32 characters; one is left for the number under which the order is undone. */
function checkedNumber(outTradeNo: string): string {
  invariant(/^\w{1,31}$/.test(outTradeNo), 'an order number of Lakala has 1 to 31 letters, digits and underscores');
  return outTradeNo;
}
