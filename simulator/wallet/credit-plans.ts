import { huabeiQuote } from './huabei.ts';
import type { AskedPlan } from './host-words.ts';
import { baitiaoPlan } from './jd/baitiao.ts';

/**
 * What instalments through an aggregator cost the customer, by the tables of the credits' own hosts; `undefined` for
 * what nobody sells, such as instalments of a card by a code.
 */
export function customerFeeFen(amountFen: number, { method, periods, feePayer }: AskedPlan): number | undefined {
  if (method === 'baitiao') return baitiaoPlan(amountFen, periods, feePayer)?.feeFen;
  if (method !== 'huabei') return undefined;
  const quote = huabeiQuote(amountFen, periods, feePayer === 'customer' ? 'buyer' : 'seller');
  return feePayer === 'customer' ? quote?.feeFen : quote && 0;
}
