import type { Key, ScreenOption } from '../hal/index.ts';
import { responseCode } from '../rules/response-codes.ts';
import { afterDecline } from '../rules/after-exchange.ts';
import { walletReason, type WalletReason } from '../rules/wallet-reasons/wallet-reasons.ts';
import { press, type Say, type ScreenRows } from './screen-spec.ts';
import { yuan } from './amounts.ts';
import type { WayOn } from './screen-params.ts';
import { AFTER_DECLINE, AUTHORIZING, NOT_SENT, PAID_WITH, PIN_PROBLEMS, WAYS_ON } from './words.ts';

const BACK = press('confirm', '返回', 'Back');

/** From the PIN to the outcome. */
export const PAYMENT_SCREENS: ScreenRows<
  | 'enterPin'
  | 'pinProblem'
  | 'signOnPanel'
  | 'authorizing'
  | 'waitingForCustomer'
  | 'completingChip'
  | 'approved'
  | 'declined'
  | 'notSent'
  | 'numbersDiffer'
  | 'reversing'
  | 'outcomeUnknown'
  | 'reversed'
  | 'lateApproval'
  | 'cancelled'
  | 'timedOut'
> = {
  enterPin: {
    tone: 'attention',
    title: { zh: '请输入密码', en: 'Enter the PIN' },
    lines: ({ amountFen, maskedPan, digits, tryNumber }, say) => [
      yuan(amountFen),
      maskedPan,
      ...(tryNumber > 1 ? [say(`第 ${tryNumber} 次输入`, `Try ${tryNumber}`)] : []),
      say(`密码 ${'*'.repeat(digits)}`, `PIN ${'*'.repeat(digits)}`),
      say('请持卡人在密码键盘输入', 'The cardholder enters it on the PIN pad'),
    ],
    keys: [press('cancel', '取消交易', 'Cancel')],
  },
  pinProblem: {
    tone: 'failure',
    title: { zh: '密码未通过', en: 'PIN not accepted' },
    lines: ({ reason, triesLeft }, say) => [
      say(PIN_PROBLEMS[reason].happened.zh, PIN_PROBLEMS[reason].happened.en),
      reason === 'wrongPin' && triesLeft <= 0
        ? say('不能再试，请换卡或换支付方式', 'No more tries. Use another way to pay')
        : say(PIN_PROBLEMS[reason].toDo.zh, PIN_PROBLEMS[reason].toDo.en),
      ...(triesLeft > 0 ? [say(`还可输入 ${triesLeft} 次`, `Tries left: ${triesLeft}`)] : []),
    ],
    keys: ({ triesLeft }) =>
      triesLeft > 0 ? [press('confirm', '重新输入', 'Try again'), press('cancel', '取消交易', 'Cancel')] : [BACK],
  },
  signOnPanel: {
    tone: 'attention',
    title: { zh: '交易成功 请签名', en: 'Approved, please sign' },
    lines: ({ amountFen, maskedPan }, say) => [
      yuan(amountFen),
      maskedPan,
      say('请持卡人在签名板上签名', 'The cardholder signs on the panel'),
    ],
    keys: [press('cancel', '改为纸上签名', 'Sign on paper')],
  },
  authorizing: {
    tone: 'busy',
    title: { zh: '正在交易', en: 'Processing' },
    lines: ({ amountFen, route }, say) => [yuan(amountFen), say(AUTHORIZING[route].zh, AUTHORIZING[route].en)],
    keys: [],
  },
  waitingForCustomer: {
    tone: 'attention',
    title: { zh: '等待顾客确认', en: 'Waiting for the customer' },
    lines: ({ amountFen, secondsLeft }, say) => [
      yuan(amountFen),
      say('请顾客在手机上确认付款', 'Ask the customer to confirm on the phone'),
      say(`剩余 ${Math.max(0, secondsLeft)} 秒`, `${Math.max(0, secondsLeft)} s left`),
    ],
    keys: [press('cancel', '撤销订单', 'Cancel the order')],
  },
  completingChip: {
    tone: 'busy',
    title: { zh: '正在确认芯片', en: 'Completing the chip' },
    lines: (_, say) => [say('请勿拔卡', 'Do not remove the card')],
    keys: [],
  },
  approved: {
    tone: 'success',
    title: { zh: '交易成功', en: 'Approved' },
    lines: ({ amountFen, method, authCode, maskedPan, periods, offline }, say) => [
      yuan(amountFen),
      say(
        `${PAID_WITH[method].zh}${periods === undefined ? '' : ` ${periods}期`}`,
        `${PAID_WITH[method].en}${periods === undefined ? '' : `, ${periods} periods`}`,
      ),
      ...(maskedPan === undefined ? [] : [maskedPan]),
      ...(authCode === undefined ? [] : [say(`授权码 ${authCode}`, `Auth code ${authCode}`)]),
      ...(offline === true ? [say('脱机交易，联机后自动上送', 'Offline: it is sent when the host is back')] : []),
      say('正在打印签购单', 'Printing the slip'),
    ],
    keys: [],
  },
  declined: {
    tone: 'failure',
    title: { zh: '交易被拒绝', en: 'Declined' },
    lines: ({ responseCode: code, isInstallment, next }, say) => {
      const reason = declineReason(code, isInstallment === true);
      const advice = AFTER_DECLINE[next ?? reason.next];
      return [say(reason.zh, reason.en), say(advice.zh, advice.en)];
    },
    options: ({ ways }, say) => wayOptions(ways, say),
    keys: [BACK],
  },
  notSent: {
    tone: 'failure',
    title: { zh: '交易未发出', en: 'Not sent' },
    lines: ({ reason }, say) => [
      say(NOT_SENT[reason].zh, NOT_SENT[reason].en),
      say('未扣款，请检查网络后重新交易', 'Not charged. Check the network, try again'),
    ],
    options: ({ ways }, say) => wayOptions(ways, say),
    keys: [BACK],
  },
  numbersDiffer: {
    tone: 'failure',
    title: { zh: '金额或分期不符', en: 'Numbers do not agree' },
    lines: ({ amountFen, isReversed }, say) => [
      yuan(amountFen),
      say('主机返回的数字与顾客确认的不一致', 'The host booked other numbers than agreed'),
      isReversed
        ? say('已撤销，未扣款，请联系收单服务商', 'Taken back. Call your acquirer')
        : say('正在撤回，请勿交货，请联系收单服务商', 'Being taken back. Hold the goods'),
    ],
    keys: [BACK],
  },
  reversing: {
    tone: 'busy',
    title: { zh: '正在冲正', en: 'Reversing' },
    lines: ({ amountFen }, say) => [
      yuan(amountFen),
      say('正在撤回这笔交易，请稍候', 'Taking this sale back, please wait'),
      say('请勿交货', 'Do not hand over the goods'),
    ],
    keys: [],
  },
  outcomeUnknown: {
    tone: 'failure',
    title: { zh: '交易结果不明', en: 'Outcome unknown' },
    lines: ({ amountFen }, say) => [
      yuan(amountFen),
      say('请勿交货，请勿重复收款', 'Do not hand over goods or charge again'),
      say('终端会继续查询或冲正，直到有结果', 'The terminal goes on until it is settled'),
    ],
    keys: [BACK],
  },
  reversed: {
    tone: 'failure',
    title: { zh: '交易未成功，已冲正', en: 'Not approved, reversed' },
    lines: ({ amountFen }, say) => [
      yuan(amountFen),
      say('已撤回，未扣款', 'Taken back, nothing is charged'),
      say('可以重新交易', 'You can start the sale again'),
    ],
    keys: [BACK],
  },
  lateApproval: {
    tone: 'success',
    title: { zh: '付款已确认', en: 'Payment confirmed' },
    lines: ({ amountFen }, say) => [
      yuan(amountFen),
      say('此前结果不明的交易已付款成功', 'The sale that was in doubt is paid'),
      say('请勿重复收款，可补打签购单', 'Do not charge again. Print the slips'),
    ],
    keys: [],
  },
  cancelled: {
    tone: 'neutral',
    title: { zh: '交易已取消', en: 'Cancelled' },
    lines: (_, say) => [say('未扣款', 'Nothing was charged')],
    keys: [BACK],
  },
  timedOut: {
    tone: 'neutral',
    title: { zh: '操作超时，交易已取消', en: 'Timed out, cancelled' },
    lines: (_, say) => [say('未扣款，可以重新交易', 'Nothing was charged, start again')],
    keys: [BACK],
  },
};

function wayOptions(ways: readonly WayOn[] | undefined, say: Say): ScreenOption[] {
  return (ways ?? []).map((way, index) => ({
    key: WAY_KEYS[index] ?? '9',
    id: way,
    label: say(WAYS_ON[way].zh, WAYS_ON[way].en),
  }));
}

/** Keys of the ways on, in their order. */
const WAY_KEYS: readonly Key[] = ['1', '2', '3'];

/** Field 39 has two characters and is shown with its text; a wallet's sub code is a dotted name. */
function declineReason(code: string, isInstallment: boolean): Omit<WalletReason, 'cause'> {
  if (code.length !== 2) return walletReason(code, isInstallment);
  const { zh, en, action } = responseCode(code);
  return { zh: `${code} ${zh}`, en: `${code} ${en}`, next: afterDecline(action) };
}
