import { fenOfYuan } from '../../firmware/base/fen.ts';
import type { WalletCall } from '../../firmware/protocol/wallet/wallet-api.ts';
import type { WalletHost, WebRequest } from '../../firmware/protocol/wallet/web-message.ts';
import { jsonMembers, type Members, membersOf, textOf } from './front-members.ts';
import type { HostCall } from './host-words.ts';
import { lakalaCallOf } from './lakala/requests.ts';
import { SIMULATED_MERCHANTS } from './merchants.ts';
import { wechatCallOf } from './wechat/requests.ts';

/** A request as a witness tells of it: to whom, what, about which order and with which numbers. */
export interface WebCall {
  readonly host: WalletHost;
  readonly kind: WalletCall['kind'];
  /** Empty for a call about no order. */
  readonly outTradeNo: string;
  readonly amountFen: number | undefined;
  readonly periods: number | undefined;
  readonly refundNo: string | undefined;
}

const NOTHING = { outTradeNo: '', amountFen: undefined, periods: undefined, refundNo: undefined } as const;

const ALIPAY_KINDS: Readonly<Record<string, WalletCall['kind']>> = {
  'alipay.trade.pay': 'pay',
  'alipay.trade.precreate': 'present',
  'alipay.trade.query': 'query',
  'alipay.trade.cancel': 'cancel',
  'alipay.trade.refund': 'refund',
};

const JD_KINDS: Readonly<Record<string, WalletCall['kind']>> = {
  fkmPay: 'pay',
  uniorder: 'present',
  baiTiaoPay: 'charge',
  query: 'query',
  revoke: 'cancel',
  refund: 'refund',
  queryBaiTiaoFQ: 'plans',
  sendSms: 'sendCode',
  startFace: 'startFace',
  faceState: 'faceState',
  queryBill: 'bills',
};

/** Reads a request without checking or executing it; `undefined` for what is none. */
export function webCallOf(request: WebRequest): WebCall | undefined {
  const { wechat, lakala } = SIMULATED_MERCHANTS;
  switch (request.host) {
    case 'alipay':
      return alipayCall(request);
    case 'jd':
      return jdCall(request);
    case 'wechat': {
      const identity = { appid: wechat.appId, mchid: wechat.merchantId };
      // When an order expires is not what is asked for here.
      return hostCall('wechat', wechatCallOf(request, identity, 0));
    }
    case 'lakala':
      return hostCall('lakala', lakalaCallOf(request, lakala.merchantId));
  }
}

function hostCall(host: WalletHost, call: HostCall | undefined): WebCall | undefined {
  if (call === undefined) return undefined;
  if (call.kind === 'pay' || call.kind === 'present') {
    const { outTradeNo, amountFen, plan } = call.order;
    return { host, kind: call.kind, outTradeNo, amountFen, periods: plan?.periods, refundNo: undefined };
  }
  const { outTradeNo } = call;
  if (call.kind !== 'refund')
    return { ...NOTHING, host, kind: call.kind === 'close' ? 'cancel' : call.kind, outTradeNo };
  return { ...NOTHING, host, kind: 'refund', outTradeNo, amountFen: call.refundFen, refundNo: call.refundNo };
}

function alipayCall({ host, body }: WebRequest): WebCall | undefined {
  const form = new URLSearchParams(body);
  const kind = ALIPAY_KINDS[form.get('method') ?? ''];
  const biz = jsonMembers(form.get('biz_content') ?? '');
  if (kind === undefined || biz === undefined) return undefined;
  const amount = textOf(biz, kind === 'refund' ? 'refund_amount' : 'total_amount');
  return {
    host,
    kind,
    outTradeNo: textOf(biz, 'out_trade_no') ?? '',
    amountFen: amount === undefined ? undefined : fenOfYuan(amount),
    periods: numberOf(membersOf(biz['extend_params']), 'hb_fq_num'),
    refundNo: textOf(biz, 'out_request_no'),
  };
}

function jdCall({ host, path, body }: WebRequest): WebCall | undefined {
  const kind = JD_KINDS[/^\/api\/(\w+)$/.exec(path)?.[1] ?? ''];
  const biz = membersOf(jsonMembers(body)?.['biz']);
  if (kind === undefined || biz === undefined) return undefined;
  return {
    host,
    kind,
    outTradeNo: textOf(biz, 'tradeNum') ?? '',
    amountFen: numberOf(biz, kind === 'refund' ? 'refundAmount' : 'amount'),
    periods: numberOf(membersOf(biz['baiTiao']), 'plan'),
    refundNo: textOf(biz, 'refundNum'),
  };
}

function numberOf(members: Members | undefined, name: string): number | undefined {
  const text = members === undefined ? undefined : textOf(members, name);
  return text === undefined ? undefined : Number(text);
}
