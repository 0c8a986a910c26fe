import { afterDecline } from '../rules/after-exchange.ts';
import type { AfterSaleRefusal } from '../rules/after-sale.ts';
import { responseCode } from '../rules/response-codes.ts';
import { yuan } from './amounts.ts';
import { saleLines } from './sale-lines.ts';
import type { RefundOnScreen } from './screen-params.ts';
import { type Bilingual, press, type Say, type ScreenRows } from './screen-spec.ts';
import { AFTER_REFUND_DECLINE, REFUND_KINDS } from './refund-words.ts';
import { PAID_WITH } from './words.ts';

const BACK = press('confirm', '返回', 'Back');
const CANCEL = press('cancel', '放弃', 'Quit');

type Advice = { readonly happened: Bilingual; readonly toDo: Bilingual };

const REFUSALS: Readonly<Record<AfterSaleRefusal, Advice>> = {
  noSuchSale: {
    happened: { zh: '没有这笔消费', en: 'No such sale' },
    toDo: { zh: '请核对凭证号；更早的请联系服务商', en: 'Check the number, or call support' },
  },
  notStanding: {
    happened: { zh: '这笔消费未成功或已冲正', en: 'This sale does not stand' },
    toDo: { zh: '没有款项可退', en: 'There is nothing to give back' },
  },
  inDoubt: {
    happened: { zh: '这笔消费结果未定', en: 'This sale is in doubt' },
    toDo: { zh: '请等终端处理完再试', en: 'Wait until it is settled' },
  },
  refundInDoubt: {
    happened: { zh: '这笔消费的上次退款未有结果', en: 'An earlier refund has no answer yet' },
    toDo: { zh: '终端会继续处理，请勿重复退款', en: 'It goes on. Do not refund again' },
  },
  notForwarded: {
    happened: { zh: '脱机交易尚未上送', en: 'The offline sale is not sent yet' },
    toDo: { zh: '请联机上送后再退', en: 'Try again once it was sent' },
  },
  noReference: {
    happened: { zh: '收单行没有给出参考号', en: 'The acquirer gave no reference' },
    toDo: { zh: '请联系收单服务商退款', en: 'Call your acquirer to refund it' },
  },
  batchClosed: {
    happened: { zh: '已结算的消费不能撤销', en: 'A settled sale can not be voided' },
    toDo: { zh: '请用退货', en: 'Refund it instead' },
  },
  alreadyRefunded: {
    happened: { zh: '已退过货的消费不能撤销', en: 'Part of it was refunded already' },
    toDo: { zh: '请用退货', en: 'Refund the rest instead' },
  },
  nothingLeft: {
    happened: { zh: '这笔消费已全部退回', en: 'All of it went back already' },
    toDo: { zh: '没有款项可退', en: 'There is nothing left' },
  },
  aboveSale: {
    happened: { zh: '超过可退金额', en: 'More than is left of the sale' },
    toDo: { zh: '请重新输入金额', en: 'Enter a smaller amount' },
  },
  wholeOnly: {
    happened: { zh: '银行卡分期只能全额退', en: 'Card instalments go back as a whole' },
    toDo: { zh: '请输入全部金额', en: 'Enter the whole amount' },
  },
  aboveLimit: {
    happened: { zh: '超过本终端单笔退货限额', en: 'Above the limit of one refund' },
    toDo: { zh: '请联系收单服务商', en: 'Call your acquirer' },
  },
  mustSettle: {
    happened: { zh: '本批次须先结算', en: 'The batch must be settled first' },
    toDo: { zh: '请结算后再试', en: 'Settle, then try again' },
  },
  openItems: {
    happened: { zh: '有未完成交易', en: 'Open items go first' },
    toDo: { zh: '处理完后再试，请检查网络', en: 'Try later. Check the network' },
  },
};

/** Voids and refunds, from the sale that is taken back to what became of it. */
export const REFUND_SCREENS: ScreenRows<
  | 'enterRefundAmount'
  | 'confirmRefund'
  | 'refundNotPossible'
  | 'presentCardAgain'
  | 'cardDiffers'
  | 'refunding'
  | 'refundDone'
  | 'refundDeclined'
  | 'refundNotSent'
  | 'refundUnknown'
  | 'refundConfirmed'
  | 'voidReversed'
> = {
  enterRefundAmount: {
    tone: 'neutral',
    title: { zh: '退货金额', en: 'Amount to refund' },
    lines: (params, say) => [
      ...originalLines(params, say),
      say('请输入退货金额', 'Enter the amount'),
      yuan(params.amountFen),
    ],
    keys: [press('confirm', '下一步', 'OK'), press('function', '全部', 'All'), press('cancel', '放弃', 'End')],
  },
  confirmRefund: {
    tone: 'attention',
    title: ({ kind }) => ({ zh: `确认${REFUND_KINDS[kind].zh}`, en: `Confirm the ${REFUND_KINDS[kind].en}` }),
    lines: (params, say) => [
      ...originalLines(params, say),
      say(`退还 ${yuan(params.amountFen)}`, `Give back ${yuan(params.amountFen)}`),
      ...(params.feeBackFen === 0
        ? []
        : [say(`退还手续费 ${yuan(params.feeBackFen)}`, `Fee back ${yuan(params.feeBackFen)}`)]),
      ...(params.leftFen === 0
        ? []
        : [say(`退后剩余 ${yuan(params.leftFen)}`, `Left of the sale ${yuan(params.leftFen)}`)]),
    ],
    keys: [press('confirm', '同意', 'Agree'), CANCEL],
  },
  refundNotPossible: {
    tone: 'failure',
    title: ({ kind }) => ({ zh: `不能${REFUND_KINDS[kind].zh}`, en: `No ${REFUND_KINDS[kind].en} possible` }),
    lines: ({ reason }, say) => adviceLines(REFUSALS[reason], say),
    keys: [BACK],
  },
  presentCardAgain: {
    tone: 'attention',
    title: { zh: '请出示原卡', en: 'Present the same card' },
    lines: ({ kind, amountFen, maskedPan }, say) => [
      say(`${REFUND_KINDS[kind].zh} ${yuan(amountFen)}`, `${REFUND_KINDS[kind].en} ${yuan(amountFen)}`),
      maskedPan,
      say('请插卡、挥卡或刷卡', 'Insert, tap or swipe it'),
    ],
    keys: [CANCEL],
  },
  cardDiffers: {
    tone: 'failure',
    title: { zh: '不是原卡', en: 'Not the same card' },
    lines: ({ maskedPan }, say) => [
      say('只能退到付款的卡', 'Money goes back to the card that paid'),
      say(`请出示 ${maskedPan}`, `Present ${maskedPan}`),
    ],
    keys: ({ canRetry }) => (canRetry ? [press('confirm', '重试', 'Retry'), CANCEL] : [BACK]),
  },
  refunding: {
    tone: 'busy',
    title: ({ kind }) => ({ zh: `正在${REFUND_KINDS[kind].zh}`, en: `The ${REFUND_KINDS[kind].en} is sent` }),
    lines: ({ amountFen }, say) => [yuan(amountFen), say('请稍候', 'Please wait')],
    keys: [],
  },
  refundDone: {
    tone: 'success',
    title: ({ kind }) => ({ zh: `${REFUND_KINDS[kind].zh}成功`, en: `The ${REFUND_KINDS[kind].en} is done` }),
    lines: ({ amountFen, feeBackFen, hostFeeBackFen, leftFen }, say) => [
      yuan(amountFen),
      ...(feeBackFen === 0 ? [] : [say(`退还手续费 ${yuan(feeBackFen)}`, `Fee back ${yuan(feeBackFen)}`)]),
      ...(hostFeeBackFen === undefined
        ? []
        : [say(`钱包实退手续费 ${yuan(hostFeeBackFen)}`, `The wallet says ${yuan(hostFeeBackFen)}`)]),
      ...(leftFen === 0 ? [] : [say(`剩余可退 ${yuan(leftFen)}`, `Left of the sale ${yuan(leftFen)}`)]),
      say('款项退回原付款账户', 'The money goes back to the payer'),
    ],
    keys: [press('confirm', '完成', 'Done')],
  },
  refundDeclined: {
    tone: 'failure',
    title: ({ what }) => ({ zh: `${REFUND_KINDS[what].zh}被拒绝`, en: `The ${REFUND_KINDS[what].en} was declined` }),
    lines: ({ amountFen, responseCode: code }, say) => [
      yuan(amountFen),
      declineText(code, say),
      say('原消费不变，款未退', 'The sale stands, nothing went back'),
      adviceAfter(code, say),
    ],
    keys: [BACK],
  },
  refundNotSent: {
    tone: 'failure',
    title: ({ kind }) => ({ zh: `${REFUND_KINDS[kind].zh}未发出`, en: `The ${REFUND_KINDS[kind].en} was not sent` }),
    lines: (_, say) => [
      say('原消费不变，款未退', 'The sale stands, nothing went back'),
      say('请检查网络和设备后重试', 'Check network and devices, try again'),
    ],
    keys: [BACK],
  },
  refundUnknown: {
    tone: 'failure',
    title: ({ kind }) => ({
      zh: `${REFUND_KINDS[kind].zh}结果不明`,
      en: `Outcome of the ${REFUND_KINDS[kind].en} unknown`,
    }),
    lines: ({ amountFen }, say) => [
      yuan(amountFen),
      say('请勿付现金，请勿重复退款', 'Pay no cash, do not refund again'),
      say('终端会继续处理，直到有结果', 'The terminal goes on until it is settled'),
    ],
    keys: [BACK],
  },
  refundConfirmed: {
    tone: 'success',
    title: ({ what }) => ({ zh: `${REFUND_KINDS[what].zh}已确认`, en: `The ${REFUND_KINDS[what].en} is confirmed` }),
    lines: ({ amountFen }, say) => [
      yuan(amountFen),
      say('此前结果不明的退款已成功', 'The money that was in doubt went back'),
      say('请勿重复退款，可补打凭条', 'Do not refund again. Print the slips'),
    ],
    keys: [],
  },
  voidReversed: {
    tone: 'failure',
    title: { zh: '撤销未成功，已冲正', en: 'Not voided, taken back' },
    lines: ({ amountFen }, say) => [
      yuan(amountFen),
      say('原消费仍然有效，款未退', 'The sale stands, nothing went back'),
      say('可以重新撤销', 'You can void it again'),
    ],
    keys: [BACK],
  },
};

function adviceLines({ happened, toDo }: Advice, say: Say): string[] {
  return [say(happened.zh, happened.en), say(toDo.zh, toDo.en)];
}

function originalLines(params: RefundOnScreen, say: Say): string[] {
  const { saleFen, refundedFen, method, periods } = params;
  const paid = PAID_WITH[method];
  return [
    ...saleLines({ ...params, amountFen: saleFen }, say),
    say(
      periods === undefined ? paid.zh : `${paid.zh} ${periods}期`,
      periods === undefined ? paid.en : `${paid.en}, ${periods} periods`,
    ),
    ...(refundedFen === 0 ? [] : [say(`已退 ${yuan(refundedFen)}`, `Went back before ${yuan(refundedFen)}`)]),
  ];
}

/** A wallet's cause is shown as it is: its texts are about payments. */
function declineText(code: string, say: Say): string {
  if (code.length !== 2) return say(`钱包拒绝 ${code}`, `The wallet refuses: ${code}`);
  const { zh, en } = responseCode(code);
  return say(`${code} ${zh}`, `${code} ${en}`);
}

function adviceAfter(code: string, say: Say): string {
  const { zh, en } = AFTER_REFUND_DECLINE[code.length === 2 ? afterDecline(responseCode(code).action) : 'callWallet'];
  return say(zh, en);
}
