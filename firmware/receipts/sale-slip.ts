import type { SlipImage, SlipLine } from '../hal/slip.ts';
import { PAID_WITH } from '../screens/words.ts';
import type { CardPayment, SaleSlipData, SlipCopy, SlipOptions, WalletPayment } from './slip-data.ts';
import { groupedPan, SlipWriter } from './slip-lines.ts';

/** How the card was read: swiped, inserted, contactless, fallback. */
const ENTRY_LETTERS: Readonly<Record<Exclude<CardPayment['entry'], 'code'>, string>> = {
  swipe: 'S',
  chip: 'I',
  tap: 'C',
  fallback: 'F',
};

/**
 * The slip 签购单 of an approved sale. Call it for nothing else: a sale whose outcome is not known has no slip.
 * The order of the lines follows the slips of UnionPay terminals.
 */
export function buildSaleSlip(sale: SaleSlipData, copy: SlipCopy, options: SlipOptions): SlipLine[] {
  const write = new SlipWriter(options);
  const { payment, plan } = sale;
  return [
    ...titleLines(write, payment),
    ...write.marks(),
    write.copy(copy),
    { kind: 'rule' },
    ...write.origin(sale),
    ...(payment.kind === 'card' ? cardLines(write, payment) : []),
    ...transactionLines(write, sale),
    ...write.numbers(sale),
    ...(payment.kind === 'card' ? cardNumberLines(write, payment) : []),
    write.pair('日期时间', 'DATE/TIME', sale.at),
    ...write.amount(sale.amountFen),
    ...(plan === undefined ? [] : write.plan(plan)),
    ...(payment.kind === 'wallet' ? walletLines(write, payment) : chipLines(payment)),
    ...remarkLines(write, sale.remarks),
    { kind: 'rule' },
    ...(payment.kind === 'card' ? verificationLines(write, payment, copy, sale.signature) : qrLines(payment, copy)),
    ...(copy === 'cardholder' ? pictureLines(sale.seal) : []),
    ...write.foot(copy),
  ];
}

function titleLines(write: SlipWriter, payment: SaleSlipData['payment']): SlipLine[] {
  return payment.kind === 'card'
    ? write.title('银联POS签购单', 'POS SALES SLIP')
    : write.title('扫码支付签购单', 'WALLET SALES SLIP');
}

function cardLines(write: SlipWriter, card: CardPayment): SlipLine[] {
  return [
    ...write.pairIf('发卡行', 'ISSUER', trimmed(write, card.issuer)),
    ...write.pairIf('收单行', 'ACQUIRER', trimmed(write, card.acquirer)),
    paidByLine(write, card),
  ];
}

/** Number and reading of the card. A pay code is used up and names nobody: its wallet does. */
export function paidByLine(
  write: SlipWriter,
  { entry, maskedPan }: Pick<CardPayment, 'entry' | 'maskedPan'>,
): SlipLine {
  if (entry !== 'code') return write.pair('卡号', 'CARD NO.', `${groupedPan(maskedPan)} /${ENTRY_LETTERS[entry]}`);
  const { zh, en } = PAID_WITH.unionpay;
  return write.pair('支付方式', 'PAID WITH', write.pick(zh, en));
}

function trimmed(write: SlipWriter, text: string | undefined): string | undefined {
  return text === undefined ? undefined : write.foreign(text);
}

function saleType(write: SlipWriter, { payment, plan }: SaleSlipData): string {
  if (payment.kind === 'card' && payment.offline === true) return write.say('脱机消费', 'OFFLINE SALE');
  return plan === undefined ? write.say('消费', 'SALE') : write.say('分期消费', 'INSTALMENT SALE');
}

function transactionLines(write: SlipWriter, sale: SaleSlipData): SlipLine[] {
  const { payment } = sale;
  const type = saleType(write, sale);
  const lines = [write.pair('交易类型', 'TYPE', type)];
  if (payment.kind === 'card') return lines;
  const wallet = PAID_WITH[payment.wallet];
  return [...lines, write.pair('支付方式', 'PAID WITH', write.pick(wallet.zh, wallet.en))];
}

function cardNumberLines(write: SlipWriter, card: CardPayment): SlipLine[] {
  return [
    ...write.pairIf('授权码', 'AUTH CODE', card.authorizationCode),
    ...write.pairIf('参考号', 'REF. NO.', card.retrievalReference),
  ];
}

function walletLines(write: SlipWriter, wallet: WalletPayment): SlipLine[] {
  return [
    { kind: 'rule' },
    write.pair('商户订单号', 'ORDER NO.', wallet.outTradeNo),
    ...write.pairIf('交易号', 'TRADE NO.', wallet.tradeNo),
    ...write.pairIf('付款账户', 'PAID BY', trimmed(write, wallet.maskedBuyer)),
  ];
}

/** What a dispute needs of the chip; the labels are the same in every language. */
function chipLines({ chip, cardSequence }: CardPayment): SlipLine[] {
  if (chip === undefined) return [];
  const values: readonly (readonly [string, string | undefined])[] = [
    [chip.cryptogramType === 'tc' ? 'TC' : 'ARQC', chip.cryptogram],
    ['TVR', chip.tvr],
    ['TSI', chip.tsi],
    ['ATC', chip.atc],
    ['AID', chip.aid],
    ['PAN SN', cardSequence],
    ['APP LABEL', chip.applicationLabel],
  ];
  const shown = values.flatMap(([label, value]): SlipLine[] =>
    value === undefined || value === '' ? [] : [{ kind: 'pair', label, value }],
  );
  return [{ kind: 'rule' }, ...shown];
}

function remarkLines(write: SlipWriter, remarks: readonly string[]): SlipLine[] {
  const texts = remarks.map((remark) => write.foreign(remark)).filter((remark) => remark !== '');
  if (texts.length === 0) return [];
  return [
    { kind: 'text', text: write.label('备注', 'REMARKS') },
    ...texts.map((text): SlipLine => ({ kind: 'text', text })),
  ];
}

function pictureLines(image: SlipImage | undefined): SlipLine[] {
  if (image === undefined) return [];
  const { widthDots, heightDots, bits } = image;
  return [{ kind: 'image', widthDots, heightDots, bits }];
}

function verificationLines(
  write: SlipWriter,
  card: CardPayment,
  copy: SlipCopy,
  signature: SlipImage | undefined,
): SlipLine[] {
  if (card.verification === 'pin') return write.sentence('已验密码，无需签名', 'PIN VERIFIED, NO SIGNATURE');
  if (card.verification === 'none') {
    return card.entry === 'tap'
      ? write.sentence('免密免签', 'NO PIN, NO SIGNATURE')
      : write.sentence('无需签名', 'NO SIGNATURE NEEDED');
  }
  if (copy === 'cardholder') return [];
  return write.signature('本人同意支付以上金额', 'I AGREE TO PAY THE AMOUNT ABOVE', pictureLines(signature));
}

function qrLines(wallet: WalletPayment, copy: SlipCopy): SlipLine[] {
  return copy === 'cardholder' ? [{ kind: 'qr', data: wallet.outTradeNo }] : [];
}
