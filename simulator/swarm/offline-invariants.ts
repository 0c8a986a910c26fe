import { textField } from '../../firmware/protocol/iso8583/index.ts';
import { type BookedSale, type Books, bookId } from './books.ts';
import { isForwarded } from './hosts.ts';
import { OFFLINE_LIMITS } from './parameters.ts';
import { invariant, type Invariant } from './predicate.ts';
import type { EventOf, Witness } from './witness.ts';

/** In the order they were sold. */
function waiting({ sales }: Books): BookedSale[] {
  return [...sales.values()].filter(({ isStored }) => isStored);
}

/** A chip alone can promise that its issuer pays: it has said yes, and its certificate is kept. */
function standsByItsChip({ record }: EventOf<'record'>, witness: Witness): string | undefined {
  if (record.type !== 'saleApproved' || record.offline !== true) return undefined;
  const { books, chipInHand, sellsOffline } = witness;
  const id = bookId(record);
  if (!sellsOffline) return `${id} stands offline in a shop that does not sell so`;
  const intent = books.find(record)?.intent;
  if (intent?.type !== 'cardIntent' || intent.entry !== 'chip') return `${id} stands offline without a chip`;
  if (intent.verification === 'pin') return `${id} stands offline with a PIN that nobody has checked`;
  if (chipInHand?.accepted !== true) return `${id} stands offline, and its chip did not agree`;
  return books.settlements.evidence.has(id) ? undefined : `${id} stands offline without a certificate`;
}

function limitsHold({ record }: EventOf<'record'>, { books }: Witness): string | undefined {
  if (record.type !== 'saleApproved' || record.offline !== true) return undefined;
  const sale = books.find(record);
  if (sale?.status !== 'notSent') return `${bookId(record)} may have reached the host, and stands offline`;
  const { amountFen } = sale.intent;
  const stored = waiting(books);
  const totalFen = stored.reduce((sum, { intent }) => sum + intent.amountFen, amountFen);
  const { saleMaxFen, totalMaxFen, countMax } = OFFLINE_LIMITS;
  const isInside = amountFen <= saleMaxFen && totalFen <= totalMaxFen && stored.length < countMax;
  return isInside ? undefined : `${sale.id} of ${amountFen} fen stands offline as number ${stored.length + 1}`;
}

function inOrder({ message }: EventOf<'cardRequest'>, { books }: Witness): string | undefined {
  if (!isForwarded(message)) return undefined;
  const stan = Number(textField(message, 11));
  const [oldest] = waiting(books);
  if (books.open.size > 0) return `${stan} is forwarded while something is in doubt`;
  if (oldest?.intent.stan !== stan) return `${stan} is forwarded before ${oldest?.id ?? 'anything'}`;
  return Number(textField(message, 4)) === oldest.intent.amountFen ? undefined : `${oldest.id} with another amount`;
}

/** Store and forward; the number is that of the list of invariants in `docs/reliability.md`. */
export const OFFLINE_INVARIANTS: readonly Invariant[] = [
  invariant('I28', 'record', 'offline sales keep within their limits', limitsHold),
  invariant('I28', 'record', 'offline sales stand by their chips', standsByItsChip),
  invariant('I28', 'cardRequest', 'offline sales are forwarded in order', inOrder),
  invariant('I28', 'record', 'an offline sale is forwarded once', ({ record }, { books }) =>
    record.type === 'forwardResult' && books.find(record)?.isStored !== true
      ? `${bookId(record)} was forwarded already`
      : undefined,
  ),
  invariant('I7', 'record', 'no spoiled answer to a forwarded sale is used', ({ record }, witness) => {
    if (record.type !== 'forwardResult') return undefined;
    const { acquirer, terminalId } = witness;
    const stan = record.stan.toString().padStart(6, '0');
    return acquirer.wasSpoiled(`${terminalId}/${record.batch}/${stan}/0200`)
      ? `${bookId(record)} believed a spoiled answer to its forwarding`
      : undefined;
  }),
  invariant('I28', 'cardRequest', 'offline sales go before a settlement', ({ message }, { books }) =>
    message.mti === '0500' && waiting(books).length > 0 ? 'totals are sent while offline sales wait' : undefined,
  ),
  invariant('I28', 'rest', 'no offline sale waits at rest', (_, { books }) => {
    const [oldest] = waiting(books);
    return oldest && `${oldest.id} still waits`;
  }),
];
