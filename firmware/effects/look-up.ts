import { type JournaledRefund, type JournaledSale, type JournalState, openItems, refundsOf } from '../journal/fold.ts';
import { saleId, type SaleKey } from '../journal/sale-key.ts';
import { isRefund, type ItemKind, kindOf, refundTruth, saleTruth, type SaleTruth } from '../rules/sale-truth.ts';
import type { Effect } from './effect.ts';

/** A sale, void or refund in the words of a screen. Nothing in it is secret. */
export interface SaleView {
  readonly key: SaleKey;
  readonly what: ItemKind;
  readonly amountFen: number;
  /** Masked card number, or the order number of a wallet. */
  readonly subject: string;
  readonly truth: SaleTruth;
}

/** The truth about one item of the open batch, or of the newest batch that has the number; `undefined` for none. */
export const lookUp: Effect<SaleView | undefined, { readonly stan: number }> = async ({ journal }, { stan }) => {
  const found = itemNamed(journal.state, stan);
  return found && viewOf(journal.state, found);
};

/** Items in doubt, oldest first. */
export const listOpen: Effect<readonly SaleView[], undefined> = async ({ journal: { state } }) =>
  openItems(state).map((item) => viewOf(state, item));

/** The sale, void or refund with this voucher number that people mean: of the open batch, else of the newest. */
export function itemNamed(state: Readonly<JournalState>, stan: number): JournaledSale | JournaledRefund | undefined {
  const id = saleId({ batch: state.batch, stan });
  const inBatch = state.sales.get(id) ?? state.refunds.get(id);
  if (inBatch !== undefined) return inBatch;
  const named = [...state.sales.values(), ...state.refunds.values()].filter(({ key }) => key.stan === stan);
  return named.sort((a, b) => a.order - b.order).at(-1);
}

/** Masked card number, or the order number of a wallet. */
export function subjectOf({ intent }: JournaledSale): string {
  return intent.type === 'cardIntent' ? intent.maskedPan : intent.outTradeNo;
}

function viewOf(state: Readonly<JournalState>, item: JournaledSale | JournaledRefund): SaleView {
  const { key, intent } = item;
  const shared = { key, what: kindOf(item), amountFen: intent.amountFen };
  if (!isRefund(item)) {
    return { ...shared, subject: subjectOf(item), truth: saleTruth(item, refundsOf(state, key)) };
  }
  const { way, original } = item.intent;
  const sale = state.sales.get(saleId(original));
  const subject = way.by === 'card' ? way.maskedPan : sale === undefined ? way.refundNo : subjectOf(sale);
  return { ...shared, subject, truth: refundTruth(item) };
}
