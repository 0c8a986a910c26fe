import type { SlipLine } from '../hal/slip.ts';
import type { RefundKind } from '../journal/refund-records.ts';
import { yuan } from '../screens/amounts.ts';
import { PAID_WITH } from '../screens/words.ts';
import { paidByLine } from './sale-slip.ts';
import type { CardPayment, SlipCopy, SlipOptions, SlipOrigin } from './slip-data.ts';
import { SlipWriter } from './slip-lines.ts';
import type { PaidWith } from '../screens/screen-params.ts';

/** The sale that was taken back, as its own slip names it. */
export interface RefundedSale {
  readonly batch: string;
  /** Six digits. */
  readonly voucher: string;
  /** Local time of the sale. */
  readonly at: string;
  readonly amountFen: number;
  readonly paidWith: PaidWith;
}

/** Everything on the slip of a void or refund that is done. */
export interface RefundSlipData extends SlipOrigin {
  readonly kind: RefundKind;
  readonly original: RefundedSale;
  readonly way:
    | {
        readonly kind: 'card';
        readonly maskedPan: string;
        readonly entry: CardPayment['entry'];
        /** Of the sale. */
        readonly authorizationCode: string | undefined;
        readonly originalReference: string | undefined;
        /** Of the void or refund. */
        readonly retrievalReference: string | undefined;
      }
    | {
        readonly kind: 'wallet';
        readonly outTradeNo: string;
        readonly refundNo: string;
        readonly tradeNo: string | undefined;
      };
  readonly feeBackFen: number;
  /** As the wallet says it, where that is another. */
  readonly hostFeeBackFen: number | undefined;
  /** What is left of the sale after this and all before it. */
  readonly leftFen: number;
  /** What is left of the plan's fee; `undefined` for a sale without a plan. */
  readonly leftFeeFen: number | undefined;
}

const TITLES: Readonly<Record<RefundKind, readonly [string, string]>> = {
  void: ['撤销单', 'VOID SLIP'],
  refund: ['退货单', 'REFUND SLIP'],
};

const TYPES: Readonly<Record<RefundKind, readonly [string, string]>> = {
  void: ['消费撤销', 'VOID OF A SALE'],
  refund: ['退货', 'REFUND'],
};

/** The slip of a void or refund. Call it for nothing that the host has not confirmed. */
export function buildRefundSlip(data: RefundSlipData, copy: SlipCopy, options: SlipOptions): SlipLine[] {
  const write = new SlipWriter(options);
  return [
    ...write.title(...TITLES[data.kind]),
    ...write.marks(),
    write.copy(copy),
    { kind: 'rule' },
    ...write.origin(data),
    write.pair('交易类型', 'TYPE', write.say(...TYPES[data.kind])),
    ...wayLines(write, data),
    ...write.numbers(data),
    write.pair('日期时间', 'DATE/TIME', data.at),
    write.mark('退还顾客', 'TO THE CUSTOMER'),
    ...write.amount(data.amountFen),
    ...feeLines(write, data),
    { kind: 'rule' },
    ...originalLines(write, data),
    { kind: 'rule' },
    ...signatureLines(write, data, copy),
    ...write.foot(copy),
  ];
}

function wayLines(write: SlipWriter, { way, original }: RefundSlipData): SlipLine[] {
  if (way.kind === 'card') {
    return [paidByLine(write, way), ...write.pairIf('参考号', 'REF. NO.', way.retrievalReference)];
  }
  const { zh, en } = PAID_WITH[original.paidWith];
  return [write.pair('支付方式', 'PAID WITH', write.pick(zh, en)), write.pair('退款单号', 'REFUND NO.', way.refundNo)];
}

function feeLines(write: SlipWriter, { feeBackFen, hostFeeBackFen }: RefundSlipData): SlipLine[] {
  return [
    ...(feeBackFen === 0 ? [] : [write.pair('退还手续费', 'FEE BACK', yuan(feeBackFen))]),
    ...(hostFeeBackFen === undefined
      ? []
      : [
          { ...write.pair('钱包实退手续费', 'BY WALLET', yuan(hostFeeBackFen)), bold: true } as SlipLine,
          ...write.sentence('两数不符，请联系钱包客服', 'THE TWO DIFFER: CALL THE WALLET'),
        ]),
  ];
}

function originalLines(write: SlipWriter, { original, way, leftFen, leftFeeFen }: RefundSlipData): SlipLine[] {
  return [
    { kind: 'text', text: write.say('原消费', 'THE SALE'), bold: true },
    write.pair('原批次号', 'ORIG. BATCH', original.batch),
    write.pair('原凭证号', 'ORIG. VOUCHER', original.voucher),
    write.pair('原日期时间', 'ORIG. DATE', original.at),
    ...(way.kind === 'card'
      ? [
          ...write.pairIf('原参考号', 'ORIG. REF. NO.', way.originalReference),
          ...write.pairIf('原授权码', 'ORIG. AUTH CODE', way.authorizationCode),
        ]
      : [
          write.pair('原商户订单号', 'ORIG. ORDER NO.', way.outTradeNo),
          ...write.pairIf('原交易号', 'ORIG. TRADE NO.', way.tradeNo),
        ]),
    write.pair('原金额', 'ORIG. AMOUNT', yuan(original.amountFen)),
    write.pair('剩余金额', 'LEFT OF THE SALE', yuan(leftFen)),
    ...(leftFeeFen === undefined ? [] : [write.pair('剩余手续费', 'LEFT OF THE FEE', yuan(leftFeeFen))]),
  ];
}

/** The customer signs for what went back to a card; a wallet tells them itself. */
function signatureLines(write: SlipWriter, { way }: RefundSlipData, copy: SlipCopy): SlipLine[] {
  if (way.kind !== 'card' || copy === 'cardholder') return [];
  return write.signature('本人已收到以上退款', 'I AGREE TO THE AMOUNT ABOVE');
}
