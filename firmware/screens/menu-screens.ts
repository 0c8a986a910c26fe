import type { DoubtNext, ItemKind, SaleTruth } from '../rules/sale-truth.ts';
import type { ScreenOption } from '../hal/index.ts';
import { printerAdvice } from '../rules/error-texts.ts';
import { yuan } from './amounts.ts';
import { saleLines } from './sale-lines.ts';
import type { VoucherPurpose } from './screen-params.ts';
import { type Bilingual, press, type Say, type ScreenRows } from './screen-spec.ts';

type Truths = Readonly<Record<SaleTruth['kind'], Bilingual>>;

const SALE_TRUTHS: Truths = {
  approved: { zh: '交易成功', en: 'Approved: the sale stands' },
  declined: { zh: '未成功，未扣款', en: 'Declined: nothing was charged' },
  reversed: { zh: '已冲正或撤销，款已退回', en: 'Reversed: the money went back' },
  refunded: { zh: '已退款', en: 'Money went back' },
  inDoubt: { zh: '结果未定', en: 'In doubt' },
  unknown: { zh: '没有这笔交易', en: 'No such sale' },
};

/** `approved` is said of sales alone. */
const REFUND_TRUTHS: Truths = {
  ...SALE_TRUTHS,
  declined: { zh: '退款未成功，原消费不变', en: 'Declined: the sale stands' },
  reversed: { zh: '撤销已冲正，原消费有效', en: 'Taken back: the sale stands' },
};

const TRUTHS: Readonly<Record<ItemKind, Truths>> = {
  sale: SALE_TRUTHS,
  void: { ...REFUND_TRUTHS, refunded: { zh: '撤销成功，款已退回', en: 'Voided: the money went back' } },
  refund: { ...REFUND_TRUTHS, refunded: { zh: '退货成功，款已退回', en: 'Refunded: the money went back' } },
};

const PURPOSES: Readonly<Record<VoucherPurpose, Bilingual>> = {
  lookUp: { zh: '查询交易结果', en: 'Look up a sale' },
  void: { zh: '撤销', en: 'Void' },
  refund: { zh: '退货', en: 'Refund' },
  bills: { zh: '账单和还款计划', en: 'Bills and schedules' },
};

const NEXT: Readonly<Record<DoubtNext, Bilingual>> = {
  reverse: { zh: '终端会自动冲正，请勿重复收款', en: 'It will be reversed. Do not charge again' },
  query: { zh: '终端会自动查询并撤销，请勿重复收款', en: 'It will be queried. Do not charge again' },
  refund: { zh: '终端会继续处理，请勿重复退款', en: 'It goes on. Do not refund again' },
  callAcquirer: { zh: '已转人工，请联系收单服务商', en: 'Handed over. Call your acquirer' },
};

const BACK = press('cancel', '返回', 'Back');

/** What a cashier can ask for besides a sale. */
export const MENU_SCREENS: ScreenRows<
  'menu' | 'openingDrawer' | 'drawerProblem' | 'enterVoucher' | 'saleTruth' | 'help'
> = {
  menu: {
    tone: 'neutral',
    title: { zh: '菜单', en: 'Menu' },
    lines: (_, say) => [say('请按数字键选择', 'Choose by its number')],
    options: ({ copiesOwed, openItems, hasSettled, hasDrawer }, say): readonly ScreenOption[] => [
      { key: '1', id: 'settle', label: say('结算', 'Settle') },
      { key: '2', id: 'lookUp', label: say('查询交易结果', 'Look up a sale') },
      ...(copiesOwed > 0
        ? [{ key: '3' as const, id: 'printOwed', label: say(`补打凭条 ${copiesOwed} 张`, `Print owed: ${copiesOwed}`) }]
        : []),
      ...(hasSettled
        ? [{ key: '4' as const, id: 'printSettlement', label: say('重打上次结算单', 'Last settlement slip') }]
        : []),
      ...(openItems > 0
        ? [{ key: '5' as const, id: 'handOver', label: say(`未完成交易转人工 ${openItems} 笔`, `Open: ${openItems}`) }]
        : []),
      { key: '6', id: 'void', label: say('撤销', 'Void a sale') },
      { key: '7', id: 'refund', label: say('退货', 'Refund') },
      { key: '8', id: 'bills', label: say('账单和还款计划', 'Bills and schedules') },
      { key: '9', id: 'help', label: say('帮助和客服电话', 'Help') },
      ...(hasDrawer ? [{ key: '0' as const, id: 'openDrawer', label: say('打开钱箱', 'Open the drawer') }] : []),
    ],
    keys: [BACK],
  },
  openingDrawer: {
    tone: 'busy',
    title: { zh: '正在打开钱箱', en: 'Opening the drawer' },
    lines: (_, say) => [say('请稍候', 'One moment')],
    keys: [],
  },
  drawerProblem: {
    tone: 'failure',
    title: { zh: '钱箱未打开', en: 'The drawer did not open' },
    lines: ({ reason }, say) => {
      const { happened, toDo } = printerAdvice(reason);
      return [say(happened.zh, happened.en), say(toDo.zh, toDo.en)];
    },
    keys: [press('confirm', '再试一次', 'Try again'), BACK],
  },
  enterVoucher: {
    tone: 'neutral',
    title: ({ purpose }) => PURPOSES[purpose],
    lines: ({ digits, purpose }, say) => [
      purpose === 'lookUp'
        ? say('请输入凭证号', 'Voucher number')
        : say('请输入原消费的凭证号', 'Voucher number of the sale'),
      digits.padEnd(6, '_'),
    ],
    keys: [press('confirm', '下一步', 'Next'), BACK],
  },
  help: {
    tone: 'neutral',
    title: { zh: '帮助', en: 'Help' },
    lines: ({ servicePhone, terminalId, merchantId }, say) => [
      say(`客服电话 ${servicePhone}`, `Service ${servicePhone}`),
      say(`终端号 ${terminalId}`, `Terminal ${terminalId}`),
      say(`商户尾号 ${merchantId.slice(-6)}`, `Merchant no. ends in ${merchantId.slice(-6)}`),
      say('结果不明：请勿重复收款或退款', 'In doubt: never charge or refund twice'),
      say('钱款有疑问：菜单 2 查询凭证号', 'About money: menu 2, voucher number'),
      say('打印中断：菜单 3 补打', 'Printing stopped: menu 3'),
      say('主机不通：检查网络，终端自动处理', 'No host: check the network, it goes on'),
    ],
    keys: [press('confirm', '返回', 'Back')],
  },
  saleTruth: {
    tone: ({ truth }) => (truth.kind === 'approved' ? 'success' : truth.kind === 'inDoubt' ? 'attention' : 'neutral'),
    title: ({ what, truth }) => TRUTHS[what][truth.kind],
    lines: (sale, say) => [
      ...(sale.truth.kind === 'unknown'
        ? [
            say(`凭证号 ${sale.voucher}`, `Voucher ${sale.voucher}`),
            say('更早的交易见结算单', 'Older ones stand on settlement slips'),
          ]
        : saleLines(sale, say)),
      ...(sale.truth.kind === 'refunded' ? backLines(sale.truth, say) : []),
      ...(sale.truth.kind === 'inDoubt' ? [say(NEXT[sale.truth.next].zh, NEXT[sale.truth.next].en)] : []),
    ],
    keys: [press('confirm', '返回', 'Back')],
    shown: ({ voucher, amountFen, what, truth }) => ({
      voucher,
      what,
      amountFen,
      truth: truth.kind,
      ...(truth.kind === 'inDoubt' ? { next: truth.next } : {}),
      ...(truth.kind === 'refunded' ? { backFen: truth.backFen } : {}),
    }),
  },
};

function backLines({ backFen, feeBackFen }: Extract<SaleTruth, { readonly kind: 'refunded' }>, say: Say): string[] {
  return [
    say(`已退 ${yuan(backFen)}`, `Went back ${yuan(backFen)}`),
    ...(feeBackFen === 0 ? [] : [say(`退还手续费 ${yuan(feeBackFen)}`, `Fee back ${yuan(feeBackFen)}`)]),
  ];
}
