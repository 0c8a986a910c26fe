/** What the records of a trace say about money: sales, voids and refunds with their states. */
import type { Field, TraceEvent } from './trace.ts';

export type BookedStatus =
  | 'sent'
  | 'authorized'
  | 'approved'
  | 'declined'
  | 'notSent'
  | 'reversing'
  | 'reversed'
  | 'cancelling'
  | 'cancelled'
  | 'handedOver'
  | 'uncollected'
  | 'done';

/** One sale, void or refund. */
export interface Booked {
  /** `000001-000017`: batch and voucher number. */
  readonly id: string;
  readonly kind: 'sale' | 'void' | 'refund';
  readonly amountFen: number;
  /** `card`, or the wallet. */
  readonly by: string;
  /** How the card or the code came: `chip`, `tap`, `swipe`, `code`, …; empty where nothing says so. */
  readonly entry: string;
  readonly periods: number | undefined;
  /** Of a void or refund: the id of its sale. */
  readonly of: string | undefined;
  readonly status: BookedStatus;
}

type RecordEvent = Extract<TraceEvent, { kind: 'record' }>;

const AFTER_RESULT: Readonly<Record<string, Readonly<Record<string, BookedStatus>>>> = {
  cardResult: {
    approved: 'authorized',
    declined: 'declined',
    notSent: 'notSent',
    unknown: 'sent',
    untrusted: 'sent',
  },
  walletResult: { paid: 'authorized', failed: 'declined', notSent: 'notSent', cancelled: 'cancelled' },
  refundResult: { done: 'done', declined: 'declined', notSent: 'notSent' },
  reversalResult: { reversed: 'reversed' },
  forwardResult: { rejected: 'uncollected' },
};

const AFTER_TYPE: Readonly<Record<string, BookedStatus>> = {
  saleApproved: 'approved',
  reversalIntent: 'reversing',
  cancelIntent: 'cancelling',
  closedByHand: 'handedOver',
};

const INTENTS: ReadonlySet<string> = new Set(['cardIntent', 'walletIntent', 'refundIntent']);

/** The books after one more record; the same list when it changes nothing. */
export function booksAfter(books: readonly Booked[], record: RecordEvent): readonly Booked[] {
  const id = idOf(record.fields);
  if (id === undefined) return books;
  if (INTENTS.has(record.type)) return [...books, begun(id, record)];
  const at = books.findLastIndex((booked) => booked.id === id);
  const booked = books[at];
  const status = statusAfter(record);
  return booked === undefined || status === undefined ? books : books.with(at, { ...booked, status });
}

function statusAfter({ type, fields }: RecordEvent): BookedStatus | undefined {
  const results = AFTER_RESULT[type];
  if (results === undefined) return AFTER_TYPE[type];
  return results[textOf(fields, 'result') ?? textOf(fields, 'outcome') ?? ''];
}

function begun(id: string, { type, fields }: RecordEvent): Booked {
  const isRefund = type === 'refundIntent';
  const periods = textOf(groupOf(fields, 'plan'), 'periods');
  return {
    id,
    kind: isRefund ? (textOf(fields, 'kind') === 'void' ? 'void' : 'refund') : 'sale',
    amountFen: Number(textOf(fields, 'amountFen')),
    by: type === 'walletIntent' ? (textOf(fields, 'wallet') ?? '') : isRefund ? refundedBy(fields) : 'card',
    entry: textOf(fields, 'entry') ?? textOf(fields, 'presented') ?? '',
    periods: periods === undefined ? undefined : Number(periods),
    of: isRefund ? idOf(groupOf(fields, 'original')) : undefined,
    status: 'sent',
  };
}

function refundedBy(fields: readonly Field[]): string {
  return textOf(groupOf(fields, 'way'), 'by') ?? '';
}

function idOf(fields: readonly Field[]): string | undefined {
  const batch = textOf(fields, 'batch');
  const stan = textOf(fields, 'stan');
  return batch === undefined || stan === undefined ? undefined : `${batch}-${stan.padStart(6, '0')}`;
}

function textOf(fields: readonly Field[], name: string): string | undefined {
  return fields.find((field) => field.name === name)?.value;
}

function groupOf(fields: readonly Field[], name: string): readonly Field[] {
  return fields.find((field) => field.name === name)?.children ?? [];
}
