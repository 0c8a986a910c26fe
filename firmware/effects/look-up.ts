import { openSales } from '../journal/fold.ts';
import { saleId, type SaleKey } from '../journal/sale-key.ts';
import { saleTruth, type SaleTruth } from '../rules/sale-truth.ts';
import type { Effect } from './effect.ts';

/** A sale in the words of a screen. Nothing in it is secret. */
export interface SaleView {
  readonly key: SaleKey;
  readonly amountFen: number;
  /** Masked card number, or the order number of a wallet. */
  readonly subject: string;
  readonly truth: SaleTruth;
}

/** The truth about one sale of the open batch, or of the newest batch that has the number; `undefined` for none. */
export const lookUp: Effect<SaleView | undefined, { readonly stan: number }> = async ({ journal }, { stan }) => {
  const { sales, batch } = journal.state;
  const inBatch = sales.get(saleId({ batch, stan }));
  const newest = inBatch ?? [...sales.values()].filter(({ key }) => key.stan === stan).at(-1);
  return newest === undefined ? undefined : viewOf(newest);
};

/** Sales in doubt, oldest first. */
export const listOpen: Effect<readonly SaleView[], undefined> = async ({ journal }) =>
  openSales(journal.state).map(viewOf);

function viewOf(sale: ReturnType<typeof openSales>[number]): SaleView {
  const { key, intent } = sale;
  return {
    key,
    amountFen: intent.amountFen,
    subject: intent.type === 'cardIntent' ? intent.maskedPan : intent.outTradeNo,
    truth: saleTruth(sale),
  };
}
