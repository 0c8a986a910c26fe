import { press, type ScreenRows } from './screen-spec.ts';
import { yuan } from './amounts.ts';
import type { ScreenOption } from '../hal/index.ts';
import { planName } from './plan-screens.ts';
import { CARD_PROBLEMS, SCAN_PROBLEMS, WAYS_TO_PAY } from './words.ts';

const CANCEL = press('cancel', '取消交易', 'Cancel');

/** From idle until the customer's card or code is known. */
export const ENTRY_SCREENS: ScreenRows<
  'idle' | 'enterAmount' | 'presentCard' | 'insertCard' | 'swipeCard' | 'cardProblem' | 'scanProblem' | 'removeCard'
> = {
  idle: {
    tone: ({ openItems, copiesOwed, mustSettle, online }) =>
      openItems > 0 || copiesOwed > 0 || mustSettle || !online ? 'attention' : 'neutral',
    title: { zh: '欢迎使用', en: 'Welcome' },
    lines: ({ merchantName, openItems, copiesOwed, mustSettle, stored, online }, say) => [
      merchantName,
      online ? say('请输入金额', 'Enter the amount') : say('网络不通，请检查网络', 'Offline. Check the network'),
      ...(openItems > 0 ? [say(`未完成交易 ${openItems} 笔`, `Open items: ${openItems}`)] : []),
      ...(stored > 0 ? [say(`待上送脱机交易 ${stored} 笔`, `Offline sales to send: ${stored}`)] : []),
      ...(mustSettle ? [say('结算未完成，收款前会先结算', 'Not settled: goes before the next sale')] : []),
      ...(copiesOwed > 0 ? [say(`待补打签购单 ${copiesOwed} 张`, `Receipts to print: ${copiesOwed}`)] : []),
    ],
    keys: [press('digits', '输入金额', 'Amount'), press('function', '菜单', 'Menu')],
  },
  enterAmount: {
    tone: 'neutral',
    title: { zh: '消费金额', en: 'Amount' },
    lines: ({ amountFen }) => [yuan(amountFen)],
    keys: [press('confirm', '收款', 'Pay'), press('clear', '删除', 'Undo'), press('cancel', '返回', 'Back')],
  },
  presentCard: {
    tone: 'attention',
    title: { zh: '请付款', en: 'Please pay' },
    lines: ({ amountFen, accept, offersInstallment, quote }, say) => [
      yuan(amountFen),
      ...(quote === undefined ? [] : [planName(quote, say)]),
      ...(offersInstallment ? [say('可分期：请询问顾客是否分期', 'Offer instalments to the customer')] : []),
      say(
        `请${accept.map((way) => WAYS_TO_PAY[way].zh).join('、')}`,
        `Ways: ${accept.map((way) => WAYS_TO_PAY[way].en).join(', ')}`,
      ),
    ],
    options: ({ methods }, say) =>
      methods.map(({ key, id, zh, en, tone }): ScreenOption => ({ key, id, label: say(zh, en), tone })),
    keys: ({ methods }) => [...(methods.length > 0 ? [press('digits', '选择', 'Choose')] : []), CANCEL],
    shown: ({ amountFen, accept, methods, offersInstallment, quote }) => ({
      amountFen,
      accept,
      methods: methods.map(({ id }) => id),
      offersInstallment,
      periods: quote?.offer.periods,
    }),
  },
  insertCard: {
    tone: 'attention',
    title: { zh: '请插卡', en: 'Insert the card' },
    lines: ({ amountFen, reason }, say) => [
      yuan(amountFen),
      reason === 'chipCard'
        ? say('这是芯片卡，不能刷磁条', 'This card has a chip, do not swipe it')
        : say('此卡不能挥卡支付', 'This card can not be tapped'),
      say('请把芯片朝上插入读卡器', 'Insert it with the chip facing up'),
    ],
    keys: [CANCEL],
  },
  swipeCard: {
    tone: 'attention',
    title: { zh: '请刷卡', en: 'Swipe the card' },
    lines: ({ amountFen }, say) => [
      yuan(amountFen),
      say('芯片读不出，可以刷磁条', 'The chip can not be read, swipe instead'),
    ],
    keys: [CANCEL],
  },
  cardProblem: {
    tone: 'failure',
    title: { zh: '读卡未成功', en: 'Card not accepted' },
    lines: ({ reason, canRetry }, say) => [
      say(CARD_PROBLEMS[reason].happened.zh, CARD_PROBLEMS[reason].happened.en),
      say(CARD_PROBLEMS[reason].toDo.zh, CARD_PROBLEMS[reason].toDo.en),
      ...(canRetry ? [] : [say('本次交易已结束，未扣款', 'This sale has ended, nothing was charged')]),
    ],
    keys: ({ canRetry }) =>
      canRetry ? [press('confirm', '重试', 'Retry'), CANCEL] : [press('confirm', '返回', 'Back')],
  },
  scanProblem: {
    tone: 'failure',
    title: { zh: '扫码未成功', en: 'Code not accepted' },
    lines: ({ reason }, say) => [
      say(SCAN_PROBLEMS[reason].happened.zh, SCAN_PROBLEMS[reason].happened.en),
      say(SCAN_PROBLEMS[reason].toDo.zh, SCAN_PROBLEMS[reason].toDo.en),
    ],
    keys: [press('confirm', '重试', 'Retry'), CANCEL],
  },
  removeCard: {
    tone: 'attention',
    title: { zh: '请取卡', en: 'Remove the card' },
    lines: (_, say) => [say('请持卡人收好卡片', 'Please take your card')],
    keys: [],
  },
};
