import type { Mutant } from './mutant.ts';

const SEND = 'firmware/effects/send-refund.ts';
const WALLET = 'firmware/effects/refund-by-wallet.ts';
const FOLD = 'firmware/journal/refund-fold.ts';

/** Bugs of voids and refunds. */
export const REFUND_MUTANTS: readonly Mutant[] = [
  {
    id: 'refund-intent-not-awaited',
    breaks: ['I3'],
    what: 'a refund is sent while its record is being written',
    file: SEND,
    find: 'await services.journal.append(intentOf(services, key, input, way));\n  return services.journal.refund(key);',
    replace:
      'const intent = intentOf(services, key, input, way);\n  services.journal.append(intent).catch(() => undefined);\n  return { key, intent } as JournaledRefund;',
  },
  {
    id: 'refund-above-the-sale',
    breaks: ['I13', 'I2', 'I1'],
    what: 'what went back before is forgotten when more goes back',
    file: FOLD,
    find: '.filter(({ status }) => COUNTS.has(status))',
    replace: ".filter(({ status }) => status === 'sent')",
  },
  {
    id: 'refund-repeated-under-new-number',
    breaks: ['I3', 'I13'],
    what: 'a refund without an answer is repeated under another number',
    file: WALLET,
    find: 'refundNo: way.refundNo, refundFen: amountFen };',
    replace:
      "refundNo: way.refundNo + (services.journal.state.openRefunds.size > 0 ? '1' : ''), refundFen: amountFen };",
  },
  {
    id: 'refund-unanswered-is-declined',
    breaks: ['I13', 'I7', 'I1'],
    what: 'a wallet that does not answer counts as one that refuses',
    file: WALLET,
    find: "return { kind: 'unknown' };",
    replace: "return { kind: 'declined', responseCode: 'UNKNOWN' };",
  },
  {
    id: 'refund-unanswered-is-done',
    breaks: ['I13', 'I20', 'I1'],
    what: 'a refund counts as done when it was sent',
    file: WALLET,
    find: "return { kind: 'unknown' };",
    replace: "return { kind: 'done' };",
  },
  {
    id: 'refund-not-sent-again-ends-it',
    breaks: ['I13', 'I1'],
    what: 'a repetition that does not leave ends a refund that may have been executed',
    file: SEND,
    find: "if (word.kind !== 'done' && word.kind !== 'declined') return { kind: 'unanswered' };",
    replace:
      "if (word.kind !== 'done' && word.kind !== 'declined' && word.kind !== 'notSent') return { kind: 'unanswered' };",
  },
  {
    id: 'void-unknown-not-reversed',
    breaks: ['I5', 'I13', 'I21', 'I3'],
    what: 'a void without an answer is sent again instead of reversed',
    file: 'firmware/rules/recovery.ts',
    find: "if (intent.kind === 'refund' || intent.way.by === 'wallet') return { do: 'repeatRefund' };",
    replace:
      "if (intent.kind === 'refund' || intent.way.by === 'wallet' || status !== 'reversing') return { do: 'repeatRefund' };",
  },
  {
    id: 'void-unknown-is-declined',
    breaks: ['I13', 'I1', 'I7'],
    what: 'a void without an answer counts as declined',
    file: SEND,
    find: "if (intent.kind === 'void' && intent.way.by === 'card') {\n    const reason",
    replace:
      "if (intent.kind === 'void' && intent.way.by === 'card') {\n    await journal.append(refundResultOf(key, { kind: 'declined', responseCode: '98' }));\n    return { kind: 'unknown' };\n    const reason",
  },
  {
    id: 'refund-counted-as-sale',
    breaks: ['I11'],
    what: 'the totals of a settlement leave refunds out',
    file: 'firmware/settlement/totals.ts',
    find: 'creditFen: sum(creditsFen),',
    replace: 'creditFen: 0 * sum(creditsFen),',
  },
  {
    id: 'refund-slip-amount',
    breaks: ['I9'],
    what: 'the slip of a refund says another amount',
    file: 'firmware/receipts/refund-slip.ts',
    find: '...write.amount(data.amountFen),',
    replace: '...write.amount(data.amountFen + 1),',
  },
];
