/** Voids and refunds: money on its way back goes back once, and no more of it than was paid. */
import type { SaleKey } from '../../firmware/journal/records.ts';
import { type IsoMessage, textField } from '../../firmware/protocol/iso8583/index.ts';
import { bookId } from './books.ts';
import { isReturn, isVoid } from './hosts.ts';
import { invariant, type Invariant } from './predicate.ts';
import type { BookedRefund } from './refunds-book.ts';
import type { EventOf, Witness } from './witness.ts';

function keyOf(message: IsoMessage): SaleKey {
  return { batch: textField(message, 60)?.slice(2, 8) ?? '', stan: Number(textField(message, 11)) };
}

function cardRefundStands({ message }: EventOf<'cardRequest'>, { books }: Witness): string | undefined {
  if (!isReturn(message)) return undefined;
  const refund = books.refunds.find(keyOf(message));
  if (refund === undefined) return `${bookId(keyOf(message))} goes back, and is not in the journal`;
  if (refund.status !== 'open') return `${refund.id} is sent when ${refund.status}`;
  if (Number(textField(message, 4)) !== refund.intent.amountFen) return `${refund.id} is sent with another amount`;
  if ((refund.intent.kind === 'void') !== isVoid(message)) return `${refund.id} is sent as what it is not`;
  return refund.hasReversalIntent ? `${refund.id} is sent, and owes a reversal` : undefined;
}

function walletRefundStands({ call }: EventOf<'walletRequest'>, { books }: Witness): string | undefined {
  if (call?.kind !== 'refund') return undefined;
  const { refundNo = '', outTradeNo, amountFen } = call;
  const refund = books.refunds.byNumber(refundNo);
  if (refund === undefined) return `refund ${refundNo} is sent, and is not in the journal`;
  if (refund.status !== 'open') return `refund ${refundNo} is sent when ${refund.status}`;
  const sale = books.find(refund.intent.original);
  const isSame = sale?.intent.type === 'walletIntent' && sale.intent.outTradeNo === outTradeNo;
  return isSame && amountFen === refund.intent.amountFen ? undefined : `refund ${refundNo} is about another sale`;
}

/** As far as anybody knows; what is in doubt may have gone back. */
function staysWithinItsSale({ record }: EventOf<'record'>, { books }: Witness): string | undefined {
  if (record.type !== 'refundIntent') return undefined;
  const sale = books.find(record.original);
  const id = bookId(record);
  if (sale?.status !== 'approved') return `${id} takes back a sale that is ${sale?.status ?? 'unknown'}`;
  const before = books.refunds.of(record.original);
  if (before.some(({ status }) => status === 'open')) return `${id} is begun while another of its sale is in doubt`;
  const counts = before.filter(({ status }) => status === 'done' || status === 'handedOver');
  const backFen = counts.reduce((sum, { intent }) => sum + intent.amountFen, record.amountFen);
  if (backFen > sale.intent.amountFen) return `${backFen} of ${sale.intent.amountFen} fen of ${sale.id} go back`;
  const isWhole = record.amountFen === sale.intent.amountFen && counts.length === 0;
  return record.kind === 'void' && !isWhole ? `${id} voids a part of ${sale.id}` : undefined;
}

/** What the host has given back of a sale; `undefined` when it has forgotten it. */
export function backFen(witness: Witness, original: SaleKey): number | undefined {
  const sale = witness.books.find(original);
  if (sale === undefined) return undefined;
  if (sale.intent.type === 'walletIntent') {
    return witness.wallets.order(sale.intent.host ?? 'alipay', sale.intent.outTradeNo)?.refundedFen;
  }
  const entry = witness.acquirer.entry(witness.terminalId, original.batch, original.stan);
  return entry?.state === 'voided' ? entry.amountFen : entry?.refundedFen;
}

/** A void or refund that is over is over at the host as well, in the same way. */
function endsAtBothEnds({ record }: EventOf<'record'>, witness: Witness): string | undefined {
  if (record.type !== 'reversalResult' && record.type !== 'refundResult') return undefined;
  const refund = witness.books.refunds.find(record);
  if (refund === undefined) return undefined;
  const isReversed = record.type === 'reversalResult' && record.outcome === 'reversed';
  const isOver = record.type === 'refundResult' && ['done', 'declined', 'notSent'].includes(record.result);
  if (!isReversed && !isOver) return undefined;
  const { original, amountFen } = refund.intent;
  const others = witness.books.refunds.of(original);
  if (others.some(({ status }) => status === 'handedOver')) return undefined;
  const nowFen = record.type === 'refundResult' && record.result === 'done' ? amountFen : 0;
  const expectedFen = witness.books.refunds.doneFen(original) + nowFen;
  const hostFen = backFen(witness, original);
  return hostFen === undefined || hostFen === expectedFen
    ? undefined
    : `${refund.id} ends with ${expectedFen} fen given back, and the host has given back ${hostFen}`;
}

function believesItsAnswer({ record }: EventOf<'record'>, witness: Witness): string | undefined {
  if (record.type !== 'refundResult' || !['done', 'declined'].includes(record.result)) return undefined;
  const { books, acquirer, wallets, lastReturn, lastWalletCall } = witness;
  const refund = books.refunds.find(record);
  const isSpoiled =
    refund?.intent.way.by === 'wallet'
      ? wallets.wasSpoiled(lastWalletCall) || (record.result === 'done' && wallets.hadOtherNumbers(lastWalletCall))
      : acquirer.wasSpoiled(lastReturn);
  return isSpoiled ? `${bookId(record)} believed a spoiled answer` : undefined;
}

export function isRefundSlip(text: string): boolean {
  return text.startsWith('撤销单') || text.startsWith('退货单');
}

function slipOfDone({ text }: EventOf<'slip'>, { books }: Witness): string | undefined {
  if (!isRefundSlip(text)) return undefined;
  const [, batch = ''] = /BATCH NO\.\)?\|(\d{6})/.exec(text) ?? [];
  const [, stan = ''] = /VOUCHER NO\.\)?\|(\d{6})/.exec(text) ?? [];
  const refund = books.refunds.find({ batch, stan: Number(stan) });
  if (refund?.status !== 'done') return `a slip for a refund that is ${refund?.status ?? 'unknown'}`;
  const { amountFen, original } = refund.intent;
  const yuan = (amountFen / 100).toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ',');
  const isWhole = text.includes(yuan) && text.includes(original.stan.toString().padStart(6, '0'));
  return isWhole ? undefined : `the slip of ${refund.id} does not say how much of what went back`;
}

/** What each screen says of a void or refund of that amount. */
const SAID: Readonly<Record<string, BookedRefund['status']>> = {
  refundDone: 'done',
  refundConfirmed: 'done',
  refundDeclined: 'declined',
  voidReversed: 'reversed',
};

function screenIsTrue({ screen }: EventOf<'screen'>, { books }: Witness): string | undefined {
  const said = SAID[screen.id];
  if (said === undefined) return undefined;
  const { amountFen } = screen.params;
  const isTrue = [...books.refunds.all.values()].some(
    ({ status, intent }) => status === said && intent.amountFen === amountFen,
  );
  return isTrue ? undefined : `${screen.id} of ${String(amountFen)} fen on the screen, and none is ${said}`;
}

/** The numbers are those of the list of invariants in `docs/reliability.md`. */
export const REFUND_INVARIANTS: readonly Invariant[] = [
  invariant('I3', 'cardRequest', 'no void or refund leaves before its record is durable', cardRefundStands),
  invariant('I3', 'walletRequest', 'no refund of an order leaves before its record is durable', walletRefundStands),
  invariant('I13', 'record', 'no more goes back than was paid, and one at a time', staysWithinItsSale),
  invariant('I13', 'record', 'a refund ends at both ends', endsAtBothEnds),
  invariant('I7', 'record', 'no spoiled answer to a refund is used', believesItsAnswer),
  invariant('I9', 'slip', 'a refund slip only for money that went back', slipOfDone),
  invariant('I20', 'screen', 'the screen says what is true of a refund', screenIsTrue),
];
