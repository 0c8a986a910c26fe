/**
 * Answer codes of the Lakala aggregator. Public are one that says done and three that say wait (reference B.4). A code
 * in no table says nothing: the query that follows finds out what became of the order.
 */
import type { WalletCall } from './wallet-api.ts';

export type LakalaMeaning = 'done' | 'waiting' | 'refused' | 'notFound' | 'alreadyPaid' | 'unknown';

const EVERY_CALL: Readonly<Record<string, LakalaMeaning>> = {
  BBS00000: 'done',
  BBS11112: 'waiting',
  BBS11105: 'waiting',
  BBS10000: 'waiting',
};

/**
 * Refusals, ours: they begin with letters that no code of the real host begins with, so that none of its codes can be
 * taken for one. A contract with the aggregator that names codes adds rows here. FQ50008, another order under that
 * number, is missing on purpose: the other one may be paid.
 */
export const LAKALA_REFUSALS: readonly string[] = [
  'FQ40001', // the request is not valid
  'FQ40002', // its signature or time is wrong
  'FQ40003', // the merchant is not activated
  'FQ50001', // the code is invalid or expired
  'FQ50002', // not enough balance
  'FQ50003', // over a limit
  'FQ50004', // the account is restricted
  'FQ50005', // a risk
  'FQ50006', // no instalments for this customer
  'FQ50007', // the order is closed
  'FQ60001', // more than is left to refund
  'FQ60002', // the order cannot be refunded
];

export const LAKALA_NOT_FOUND = 'FQ50009';
export const LAKALA_ALREADY_PAID = 'FQ50010';
export const LAKALA_SIGNATURE = 'FQ40002';

/** Refusals that are found before anybody looks at the order: what an earlier try of the same call did stays open. */
const UNREAD: readonly string[] = ['FQ40002', 'FQ40003'];

/** Of a code under a call. */
export function lakalaMeaning(call: WalletCall['kind'], code: string): LakalaMeaning {
  const general = Object.hasOwn(EVERY_CALL, code) ? EVERY_CALL[code] : undefined;
  if (general !== undefined) return general;
  if (code === LAKALA_NOT_FOUND) return call === 'query' || call === 'cancel' ? 'notFound' : notFoundOf(call);
  if (code === LAKALA_ALREADY_PAID) return call === 'cancel' ? 'alreadyPaid' : 'unknown';
  if (!LAKALA_REFUSALS.includes(code)) return 'unknown';
  if (call === 'pay' || call === 'present') return 'refused';
  return call === 'refund' && !UNREAD.includes(code) ? 'refused' : 'unknown';
}

/** A refund of an order that the host does not know is refused; a payment cannot be answered so. */
function notFoundOf(call: WalletCall['kind']): LakalaMeaning {
  return call === 'refund' ? 'refused' : 'unknown';
}
