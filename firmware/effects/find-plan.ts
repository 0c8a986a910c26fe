import { saleTruth, isRefund } from '../rules/sale-truth.ts';
import type { SaleKey } from '../journal/records.ts';
import type { BillProblem } from '../screens/screen-params.ts';
import type { Effect } from './effect.ts';
import { itemNamed, subjectOf } from './look-up.ts';

/** A standing sale that somebody repays in parts. */
export interface PlannedSale {
  readonly kind: 'planned';
  readonly original: SaleKey;
  readonly amountFen: number;
  readonly subject: string;
  /** Its plan stands in the journal. */
  readonly hasSchedule: boolean;
  /** A wallet may know what is owed, also of a plan that the customer chose on the phone. */
  readonly hasBills: boolean;
}

export type FindPlanOutcome = PlannedSale | { readonly kind: 'refused'; readonly reason: BillProblem };

const refused = (reason: BillProblem): FindPlanOutcome => ({ kind: 'refused', reason });

/** The sale with this voucher number, when it has repayments to show. */
export const findPlan: Effect<FindPlanOutcome, { readonly stan: number }> = async ({ journal }, { stan }) => {
  const sale = itemNamed(journal.state, stan);
  if (sale === undefined || isRefund(sale)) return refused('noSuchSale');
  if (saleTruth(sale).kind !== 'approved') return refused('notStanding');
  const { intent } = sale;
  const hasSchedule = intent.plan !== undefined;
  const hasBills = intent.type === 'walletIntent';
  if (!hasSchedule && !hasBills) return refused('noPlan');
  return {
    kind: 'planned',
    original: sale.key,
    amountFen: intent.amountFen,
    subject: subjectOf(sale),
    hasSchedule,
    hasBills,
  };
};
