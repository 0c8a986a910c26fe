/** Words about voids and refunds. */
import type { RefundKind } from '../journal/refund-records.ts';
import type { AfterDecline } from '../rules/after-exchange.ts';
import type { Bilingual } from './screen-spec.ts';

export const REFUND_KINDS: Readonly<Record<RefundKind, Bilingual>> = {
  void: { zh: '撤销', en: 'void' },
  refund: { zh: '退货', en: 'refund' },
};

const CALL_WALLET: Bilingual = { zh: '请联系钱包的商户客服', en: 'Call the merchant service of the wallet' };

/** Whatever the code advises for a sale: of a void or refund that was declined nothing went back. */
export const AFTER_REFUND_DECLINE: Readonly<Record<AfterDecline | 'callWallet', Bilingual>> = {
  callWallet: CALL_WALLET,
  activate: CALL_WALLET,
  otherPlan: CALL_WALLET,
  otherMethod: CALL_WALLET,
  callShop: CALL_WALLET,
  nothing: { zh: '请联系收单服务商', en: 'Call your acquirer' },
  retry: { zh: '请核对后重试', en: 'Check it and try again' },
  retryLater: { zh: '请稍后再试', en: 'Try again later' },
  signOn: { zh: '签到后请重试', en: 'Try again after sign-on' },
  useChip: { zh: '请插入芯片卡重试', en: 'Insert the chip and try again' },
  callIssuer: { zh: '请持卡人联系发卡行', en: 'The cardholder calls the issuer' },
  callAcquirer: { zh: '请联系收单服务商', en: 'Call your acquirer' },
  keepCard: { zh: '请留下卡并联系收单行', en: 'Keep the card, call the acquirer' },
};
