import type {
  CallContext,
  KnownOrder,
  OrderTerms,
  WalletAnswer,
  WalletCall,
} from '../../../firmware/protocol/wallet/wallet-api.ts';
import type { WebReply } from '../../../firmware/protocol/wallet/web-message.ts';

export const AUTH_CODE = '134567890123456789';
export const ORDER_NUMBER = '1234567820261121000001000042';
export const WALL_MS = Date.UTC(2026, 10, 21, 4, 0, 0);
/** Seconds of {@link WALL_MS}. */
export const TIMESTAMP = '1795233600';
export const NONCE = '593bec0c930bf1afeb40b4a08c8fb242';

export const WECHAT_CONTEXT: CallContext = {
  merchant: { appId: 'wx8888888888888888', merchantId: '1900000001', serialNumber: '5157F09EFDC0' },
  terminalId: '12345678',
  wallMs: WALL_MS,
  nonce: NONCE,
};
export const LAKALA_CONTEXT: CallContext = {
  ...WECHAT_CONTEXT,
  merchant: { appId: 'OP00000001', merchantId: '822290070111135', serialNumber: '00DFBA8194C41B84CF' },
};

export const ORDER: OrderTerms = {
  outTradeNo: ORDER_NUMBER,
  wallet: 'wechat',
  amountFen: 120_000,
  subject: '分期示范商店',
  plan: undefined,
  expiresInS: 90,
};
export const KNOWN: KnownOrder = {
  outTradeNo: ORDER_NUMBER,
  wallet: 'wechat',
  presented: 'customer',
  amountFen: 120_000,
  plan: undefined,
};
const REFUND = { refundNo: '1234567820261121000001000043', refundFen: 40_000 };

export type Wanted = 'pay' | 'present' | 'query' | 'cancel' | 'close' | 'refund';

/** One call of each kind that both hosts serve. */
export function callsOf(wallet: OrderTerms['wallet'], plan?: OrderTerms['plan']): Readonly<Record<Wanted, WalletCall>> {
  const order = { ...ORDER, wallet, plan };
  const known = { ...KNOWN, wallet, plan };
  return {
    pay: { kind: 'pay', order, authCode: AUTH_CODE },
    present: { kind: 'present', order },
    query: { kind: 'query', order: known },
    cancel: { kind: 'cancel', order: known },
    close: { kind: 'cancel', order: { ...known, presented: 'merchant' } },
    refund: { kind: 'refund', refund: { order: known, ...REFUND } },
  };
}

/** Calls that neither host serves. */
export const UNSERVED: readonly WalletCall[] = [
  {
    kind: 'charge',
    order: ORDER,
    account: { kind: 'phone', text: '13800138000' },
    proof: { kind: 'face', reference: 'F1' },
  },
  { kind: 'plans', account: undefined, amountFen: 100 },
  { kind: 'sendCode', account: { kind: 'phone', text: '13800138000' }, amountFen: 100 },
  { kind: 'startFace', account: { kind: 'phone', text: '13800138000' }, amountFen: 100 },
  { kind: 'faceState', reference: 'F1' },
  { kind: 'bills', subject: { kind: 'order', order: KNOWN } },
];

/** The answer in a word: its kind, and what it names. */
export function said(answer: WalletAnswer): string {
  if (answer.kind === 'failed') return `failed ${answer.code}`;
  return answer.kind === 'mismatch' ? `mismatch ${answer.members.join(' ')}` : answer.kind;
}

export function wechatReplyOf(status: number, body: unknown, timestamp = TIMESTAMP): WebReply {
  return {
    status,
    headers: {
      'wechatpay-timestamp': timestamp,
      'wechatpay-nonce': 'c5ac7061fccab6bf3e254dcf98995b8c',
      'wechatpay-signature': 'c2lnbg==',
      'wechatpay-serial': '1DDE55AD98Ed71D6',
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

export function lakalaReplyOf(body: unknown, timestamp = TIMESTAMP): WebReply {
  return {
    status: 200,
    headers: {
      'lklapi-appid': 'OP00000001',
      'lklapi-serial': '00DFBA',
      'lklapi-timestamp': timestamp,
      'lklapi-nonce': 'abcdefghijkl',
      'lklapi-signature': 'c2lnbg==',
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}
