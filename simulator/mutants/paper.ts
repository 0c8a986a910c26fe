import type { Mutant } from './mutant.ts';

const PRINT = 'firmware/effects/print-copy.ts';
const ORIGIN = 'firmware/effects/slip-origin.ts';
const SLIP = 'firmware/receipts/sale-slip.ts';
const LINES = 'firmware/receipts/slip-lines.ts';

/** Bugs of slips: marks, amounts, numbers. */
export const PAPER_MUTANTS: readonly Mutant[] = [
  {
    id: 'reprint-mark-missing',
    breaks: ['I9'],
    what: 'a copy that may be on paper already is printed again without a mark',
    file: PRINT,
    find: "const reprint = copies[copy] === 'started' || copies[copy] === 'done';",
    replace: "const reprint = copies[copy] === 'done';",
  },
  {
    id: 'print-start-not-journaled',
    breaks: ['I9'],
    what: 'a print begins without a record of it',
    file: PRINT,
    find: "await journal.append({ type: 'receiptStarted', ...key, copy });",
    replace: '',
  },
  {
    id: 'partial-print-not-started',
    breaks: ['I9'],
    what: 'a slip that broke off in the middle counts as not begun',
    file: PRINT,
    find: 'if (!printed.partial && !reprint) await',
    replace: 'if (!reprint) await',
  },
  {
    id: 'print-twice',
    breaks: ['I9'],
    what: 'every slip goes to the printer twice',
    file: PRINT,
    find: 'const printed = await ports.printer.print(slip);',
    replace: 'await ports.printer.print(slip);\n    const printed = await ports.printer.print(slip);',
  },
  {
    id: 'slip-number-of-another-sale',
    breaks: ['I9', 'I10'],
    what: 'the slip shows the voucher number of the next sale',
    file: ORIGIN,
    find: 'voucher: voucherOf(key.stan),',
    replace: 'voucher: voucherOf(key.stan + 1),',
  },
  {
    id: 'slip-amount',
    breaks: ['I10'],
    what: 'the slip shows the amount with the fee of the plan',
    file: ORIGIN,
    find: 'amountFen: intent.amountFen,',
    replace: "amountFen: intent.amountFen + (intent.type === 'walletIntent' ? (intent.plan?.feeFen ?? 0) : 0),",
  },
  {
    id: 'slip-without-auth-code',
    breaks: ['I10'],
    what: 'the slip of a card sale lacks the authorisation code',
    file: SLIP,
    find: "...write.pairIf('授权码', 'AUTH CODE', card.authorizationCode),",
    replace: '',
  },
  {
    id: 'slip-plan-per-period',
    breaks: ['I10'],
    what: 'the slip shows the first payment as that of every period',
    file: LINES,
    find: "this.pair('每期还款', 'EACH PERIOD', yuan(plan.perPeriodFen)),",
    replace: "this.pair('每期还款', 'EACH PERIOD', yuan(plan.firstPaymentFen)),",
  },
  {
    id: 'slip-plan-first-payment',
    breaks: ['I10'],
    what: 'the slip shows an ordinary payment as the first one',
    file: LINES,
    find: "this.pair('首期还款', 'FIRST PAYMENT', yuan(plan.firstPaymentFen)),",
    replace: "this.pair('首期还款', 'FIRST PAYMENT', yuan(plan.perPeriodFen)),",
  },
  {
    id: 'slip-total-of-plan',
    breaks: ['I10'],
    what: 'the slip of a plan shows the price as the total to repay',
    file: LINES,
    find: "this.pair('还款总额', 'TOTAL', yuan(plan.totalFen)),",
    replace: "this.pair('还款总额', 'TOTAL', yuan(plan.totalFen - plan.feeFen)),",
  },
  {
    id: 'slip-of-declined-sale',
    breaks: ['I9'],
    what: 'a copy is owed from the answer of the host on, approved or not',
    file: 'firmware/journal/fold.ts',
    find: "setMember(state.owing, sale, sale.status === 'approved' && COPIES.some((copy) => isOwed(sale.copies[copy])));",
    replace:
      "if (sale.status === 'declined') sale.copies.merchant = 'owed';\n  setMember(state.owing, sale, COPIES.some((copy) => isOwed(sale.copies[copy])));",
  },
];
