/** The predicates of `invariants.ts` about answers to sales: none is acted on that was not about this sale as it was sent. */
import type { CardResult } from '../../firmware/journal/records.ts';
import { bookId } from './books.ts';
import type { EventOf, Witness } from './witness.ts';

/** An approval is the one that the host has booked under the number of the sale. */
export function cardResultIsTheHosts(record: CardResult, witness: Witness): string | undefined {
  const { terminalId, acquirer } = witness;
  if (record.result !== 'approved' && record.result !== 'declined') return undefined;
  const id = bookId(record);
  const stan = record.stan.toString().padStart(6, '0');
  if (acquirer.wasSpoiled(`${terminalId}/${record.batch}/${stan}/0200`)) return `${id} believed a spoiled answer`;
  if (record.result === 'declined') return undefined;
  const entry = acquirer.entry(terminalId, record.batch, record.stan);
  const isSame =
    entry?.responseCode === record.responseCode &&
    entry?.referenceNumber === record.retrievalReference &&
    entry?.authorizationCode === record.authorizationCode;
  return isSame ? undefined : `${id} took an approval that is not its own`;
}

/** Everything but a card's own answer: that of a reversal, a sign-on or the wallet. */
export function believesNoSpoiled({ record }: EventOf<'record'>, witness: Witness): string | undefined {
  const { acquirer, wallets, lastSignOn, lastReversal, lastWalletCall } = witness;
  if (record.type === 'signedOn') return acquirer.wasSpoiled(lastSignOn) ? 'signed on by a spoiled answer' : undefined;
  if (record.type === 'reversalResult' && record.responseCode !== undefined) {
    return acquirer.wasSpoiled(lastReversal)
      ? `${bookId(record)} believed a spoiled answer to its reversal`
      : undefined;
  }
  const isAnswer = record.type === 'walletResult' && !['notSent', 'unknown'].includes(record.result);
  if (isAnswer && wallets.wasSpoiled(lastWalletCall)) return `${bookId(record)} believed a spoiled reply`;
  const isPaid = record.type === 'walletResult' && record.result === 'paid';
  return isPaid && wallets.hadOtherNumbers(lastWalletCall) ? `${bookId(record)} believed other numbers` : undefined;
}

/** However an approval came about: what was answered last was this sale and no other. */
export function answeredAsAsked({ record }: EventOf<'record'>, witness: Witness): string | undefined {
  if (record.type !== 'saleApproved' || record.offline === true) return undefined;
  const { acquirer, wallets, lastWalletCall, terminalId } = witness;
  const stan = record.stan.toString().padStart(6, '0');
  const isOther =
    witness.books.saleOf(record)?.intent.type === 'walletIntent'
      ? wallets.hadOtherNumbers(lastWalletCall)
      : acquirer.wasSpoiled(`${terminalId}/${record.batch}/${stan}/0200`);
  return isOther ? `${bookId(record)} stands, and something else was answered` : undefined;
}
