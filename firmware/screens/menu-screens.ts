import type { DoubtNext, SaleTruth } from '../rules/sale-truth.ts';
import type { ScreenOption } from '../hal/index.ts';
import { saleLines } from './sale-lines.ts';
import { type Bilingual, press, type ScreenRows } from './screen-spec.ts';

const TRUTHS: Readonly<Record<SaleTruth['kind'], Bilingual>> = {
  approved: { zh: '交易成功', en: 'Approved: the sale stands' },
  declined: { zh: '未成功，未扣款', en: 'Declined: nothing was charged' },
  reversed: { zh: '已冲正或撤销，款已退回', en: 'Reversed: the money went back' },
  inDoubt: { zh: '结果未定', en: 'In doubt' },
  unknown: { zh: '没有这笔交易', en: 'No such sale' },
};

const NEXT: Readonly<Record<DoubtNext, Bilingual>> = {
  reverse: { zh: '终端会自动冲正，请勿重复收款', en: 'It will be reversed. Do not charge again' },
  query: { zh: '终端会自动查询并撤销，请勿重复收款', en: 'It will be queried. Do not charge again' },
  callAcquirer: { zh: '已转人工，请联系收单服务商', en: 'Handed over. Call your acquirer' },
};

const BACK = press('cancel', '返回', 'Back');

/** What a cashier can ask for besides a sale. */
export const MENU_SCREENS: ScreenRows<'menu' | 'enterVoucher' | 'saleTruth'> = {
  menu: {
    tone: 'neutral',
    title: { zh: '菜单', en: 'Menu' },
    lines: (_, say) => [say('请按数字键选择', 'Choose by its number')],
    options: ({ copiesOwed, openItems, hasSettled }, say): readonly ScreenOption[] => [
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
    ],
    keys: [BACK],
  },
  enterVoucher: {
    tone: 'neutral',
    title: { zh: '查询交易结果', en: 'Look up a sale' },
    lines: ({ digits }, say) => [say('请输入凭证号', 'Voucher number'), digits.padEnd(6, '_')],
    keys: [press('confirm', '查询', 'Look up'), BACK],
  },
  saleTruth: {
    tone: ({ truth }) => (truth.kind === 'approved' ? 'success' : truth.kind === 'inDoubt' ? 'attention' : 'neutral'),
    title: ({ truth }) => TRUTHS[truth.kind],
    lines: (sale, say) => [
      ...(sale.truth.kind === 'unknown'
        ? [
            say(`凭证号 ${sale.voucher}`, `Voucher ${sale.voucher}`),
            say('更早的交易见结算单', 'Older ones stand on settlement slips'),
          ]
        : saleLines(sale, say)),
      ...(sale.truth.kind === 'inDoubt' ? [say(NEXT[sale.truth.next].zh, NEXT[sale.truth.next].en)] : []),
    ],
    keys: [press('confirm', '返回', 'Back')],
    shown: ({ voucher, amountFen, truth }) => ({
      voucher,
      amountFen,
      truth: truth.kind,
      ...(truth.kind === 'inDoubt' ? { next: truth.next } : {}),
    }),
  },
};
