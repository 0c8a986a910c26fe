import type { Mutant } from './mutant.ts';

const ORDERS = 'firmware/effects/wallet-order.ts';
const CHART = 'firmware/transaction/authorize-wallet.machine.ts';
const INTENT = "await journal.append({\n    type: 'walletIntent',";

/** The intent, awaited for all but one kind of order. */
function carelessIntent(source: 'shown' | 'account'): string {
  return (
    'await (async (record: Parameters<typeof journal.append>[0]) => {\n' +
    '    const done = journal.append(record);\n' +
    `    if (source.kind === '${source}') done.catch(() => undefined);\n` +
    "    else await done;\n  })({\n    type: 'walletIntent',"
  );
}

/** Bugs of several hosts: codes that the terminal shows, accounts and their proofs, numbers that differ. */
export const HOST_MUTANTS: readonly Mutant[] = [
  {
    id: 'shown-intent-not-awaited',
    breaks: ['I3'],
    what: 'a code to show is asked for while its record is being written',
    file: ORDERS,
    find: INTENT,
    replace: carelessIntent('shown'),
  },
  {
    id: 'account-intent-not-awaited',
    breaks: ['I3'],
    what: 'an account is charged while its record is being written',
    file: ORDERS,
    find: INTENT,
    replace: carelessIntent('account'),
  },
  {
    id: 'shown-code-is-paid',
    breaks: ['I10', 'I20', 'I1'],
    what: 'an order counts as paid once its code is there to show',
    file: ORDERS,
    find: "await noteResult(services, key, 'pending');\n  return { kind: 'pending', codeText };",
    replace: "await noteResult(services, key, 'paid');\n  return { kind: 'paid' };",
  },
  {
    id: 'shown-code-of-another',
    breaks: ['I10'],
    what: 'the code on the screen is that of another order',
    file: CHART,
    find: "screen('showCode', { amountFen, wallet, secondsLeft, codeText, periods: quote?.offer.periods })",
    replace:
      "screen('showCode', { amountFen, wallet, secondsLeft, codeText: codeText.slice(0, -1) + (codeText.endsWith('0') ? '1' : '0'), periods: quote?.offer.periods })",
  },
  {
    id: 'shown-order-by-customer',
    breaks: ['I10'],
    what: 'the journal says of a code that was shown that the customer showed it',
    file: ORDERS,
    find: "const PRESENTED = { code: 'customer', shown: 'merchant', account: 'account' } as const;",
    replace: "const PRESENTED = { code: 'customer', shown: 'customer', account: 'account' } as const;",
  },
  {
    id: 'already-paid-is-cancelled',
    breaks: ['I2', 'I1'],
    what: 'a host that refuses to close a paid order counts as having closed it',
    file: ORDERS,
    find: "if (reply.kind === 'cancelled' || (begunBefore && reply.kind === 'notFound')) {",
    replace:
      "if (reply.kind === 'cancelled' || reply.kind === 'alreadyPaid' || (begunBefore && reply.kind === 'notFound')) {",
  },
  {
    id: 'mismatch-is-paid',
    breaks: ['I7', 'I10', 'I1'],
    what: 'an answer with other numbers than those of the order counts as paid',
    file: ORDERS,
    find: "if (reply.kind === 'mismatch') return undecided(services, key, reply);",
    replace:
      "if (reply.kind === 'mismatch') {\n    await noteResult(services, key, 'paid');\n    return { kind: 'paid' };\n  }",
  },
  {
    id: 'amount-of-answer-unchecked',
    breaks: ['I7'],
    what: 'an answer of WeChat about another amount is believed',
    file: 'firmware/protocol/wallet/wechat-reply.ts',
    find: "return isNamed && !isMoneyRight ? [...differing, 'amount'] : differing;",
    replace: 'return isNamed && !isMoneyRight ? differing : differing;',
  },
  {
    id: 'plan-of-answer-unchecked',
    breaks: ['I7'],
    what: 'a plan that JD books is not compared with the one agreed to',
    file: 'firmware/protocol/wallet/jd-reply.ts',
    find: "if (plan !== undefined && (isBooked ? !isPlan(membersOf(biz['baiTiao']), plan) : demand === 'booked')) {",
    replace: "if (plan !== undefined && !isBooked && demand === 'booked') {",
  },
  {
    id: 'huabei-plan-of-answer-unchecked',
    breaks: ['I7'],
    what: 'the periods that Alipay books are not compared with those agreed to',
    file: 'firmware/protocol/wallet/alipay-reply.ts',
    find: "(text) => Number(text) === periods)) members.push('hb_fq_pay_info');",
    replace: "(text) => Number(text) >= periods)) members.push('hb_fq_pay_info');",
  },
  {
    id: 'aggregator-plan-unchecked',
    breaks: ['I7'],
    what: 'the periods that an aggregator books are not compared with those agreed to',
    file: 'firmware/protocol/wallet/lakala-reply.ts',
    find: 'if (order.plan !== undefined && periods !== undefined && periods !== order.plan.periods) {',
    replace: 'if (order.plan !== undefined && periods !== undefined && periods < order.plan.periods) {',
  },
  {
    id: 'order-asked-elsewhere',
    breaks: ['I3', 'I21'],
    what: 'whatever an order is, Alipay is asked for it',
    file: ORDERS,
    find: 'return { host: hostOf(intent), order: knownOrder(intent) };',
    replace: "return { host: 'alipay', order: knownOrder(intent) };",
  },
  {
    id: 'order-host-not-journaled',
    breaks: ['I3', 'I10'],
    what: 'the journal does not say which host has the order',
    file: ORDERS,
    find: 'wallet,\n    host,\n    presented',
    replace: 'wallet,\n    presented',
  },
  {
    id: 'order-number-of-the-try-before',
    breaks: ['I4'],
    what: 'an account is charged again under the number of the try with the wrong SMS code',
    file: ORDERS,
    find: 'outTradeNo: orderNumber(services, key),',
    replace:
      "outTradeNo: orderNumber(services, { ...key, stan: source.kind === 'account' ? key.stan - (key.stan % 2) : key.stan }),",
  },
  {
    id: 'account-in-clear',
    breaks: ['I17'],
    what: "the customer's phone number is shown and journaled as it is",
    file: 'firmware/effects/enter-account.ts',
    find: 'maskedAccount: account.masked } };',
    replace: 'maskedAccount: account.text } };',
  },
  {
    id: 'sms-code-on-screen',
    breaks: ['I17'],
    what: 'the screen shows the digits of an SMS code',
    file: 'firmware/effects/enter-sms-code.ts',
    find: "services.show('enterSmsCode', { amountFen, maskedAccount,",
    replace: "services.show('enterSmsCode', { amountFen, maskedAccount: digits,",
  },
  {
    id: 'sms-code-in-journal',
    breaks: ['I17'],
    what: 'the code of an SMS stands in the record of the order',
    file: ORDERS,
    find: "wipeSource(services, source);\n  await journal.append({\n    type: 'walletIntent',\n    ...key,",
    replace:
      "const typed = call.kind === 'charge' && call.proof.kind === 'sms' ? call.proof.code : '';\n  wipeSource(services, source);\n  await journal.append({\n    note: typed,\n    type: 'walletIntent',\n    ...key,",
  },
  {
    id: 'card-plan-not-sent',
    breaks: ['I10', 'I21'],
    what: 'a card sale by instalments is sent without its plan',
    file: 'firmware/effects/authorize-card.ts',
    find: '...(quote === undefined ? {} : { installment: cardInstallmentOf(quote) }),',
    replace: '',
  },
  {
    id: 'plan-kept-after-refusal',
    breaks: ['I14', 'I21'],
    what: 'who pays in another way after a refused plan pays by that plan',
    file: 'firmware/transaction/transaction.machine.ts',
    find: "{ guard: 'isOtherMethod', target: 'identifying', actions: assign(AFRESH) },",
    replace:
      "{ guard: 'isOtherMethod', target: 'identifying', actions: assign(({ context }) => ({ ...AFRESH, quote: context.quote, isPlanSettled: context.quote !== undefined })) },",
  },
];
