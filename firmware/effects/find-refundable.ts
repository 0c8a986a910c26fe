import { type JournaledSale, openItems, refundedFen, refundsOf } from '../journal/fold.ts';
import type { PlanRecord } from '../journal/records.ts';
import type { RefundKind } from '../journal/refund-records.ts';
import type { SaleKey } from '../journal/sale-key.ts';
import { afterSaleRefusal, type AfterSaleRefusal } from '../rules/after-sale.ts';
import { isRefund } from '../rules/sale-truth.ts';
import type { PaidWith } from '../screens/screen-params.ts';
import type { Services } from '../services.ts';
import { batchIsFull } from '../settlement/totals.ts';
import type { Effect } from './effect.ts';
import { itemNamed, subjectOf } from './look-up.ts';

/** A sale that can be taken back, in the words of screens and rules. */
export interface Refundable {
  readonly kind: 'refundable';
  readonly original: SaleKey;
  readonly amountFen: number;
  /** What went back before. */
  readonly refundedFen: number;
  /** Masked card number, or the order number of a wallet. */
  readonly subject: string;
  readonly paidWith: PaidWith;
  readonly plan: PlanRecord | undefined;
  /** The card is presented again. */
  readonly needsCard: boolean;
  readonly needsPin: boolean;
}

export type FindRefundableOutcome = Refundable | { readonly kind: 'refused'; readonly reason: AfterSaleRefusal };

export interface FindRefundableInput {
  readonly kind: RefundKind;
  /** The voucher number of the sale. */
  readonly stan: number;
}

/** The sale with this voucher number, when it can be voided or refunded at all. */
export const findRefundable: Effect<FindRefundableOutcome, FindRefundableInput> = async (services, { kind, stan }) => {
  const { state } = services.journal;
  const found = itemNamed(state, stan);
  if (found === undefined || isRefund(found)) return { kind: 'refused', reason: 'noSuchSale' };
  const reason = refusalOf(services, kind, found);
  return reason === undefined ? refundableOf(services, kind, found) : { kind: 'refused', reason };
};

/** Why this sale cannot go back now, by the journal as it stands. */
export function refusalOf({ journal }: Services, kind: RefundKind, sale: JournaledSale): AfterSaleRefusal | undefined {
  const { state } = journal;
  const { key } = sale;
  const refunds = refundsOf(state, key);
  const asked = { kind, sale, refunds, refundedFen: refundedFen(state, key), openBatch: state.batch };
  const reason = afterSaleRefusal(asked);
  if (reason !== undefined) return reason;
  if (state.settlement.progress?.answer !== undefined || batchIsFull(state)) return 'mustSettle';
  return openItems(state).length > 0 ? 'openItems' : undefined;
}

function refundableOf({ journal, settings }: Services, kind: RefundKind, sale: JournaledSale): Refundable {
  const { key, intent } = sale;
  const { needsCard, voidNeedsPin } = settings.refunds;
  const isCard = intent.type === 'cardIntent' && intent.entry !== 'code';
  return {
    kind: 'refundable',
    original: key,
    amountFen: intent.amountFen,
    refundedFen: refundedFen(journal.state, key),
    subject: subjectOf(sale),
    paidWith: paidWithOf(sale),
    plan: intent.plan,
    needsCard: isCard && needsCard,
    needsPin: isCard && needsCard && voidNeedsPin && kind === 'void' && intent.verification === 'pin',
  };
}

/** What a sale was paid with, for people. */
export function paidWithOf({ intent }: JournaledSale): PaidWith {
  if (intent.plan !== undefined) return intent.plan.method === 'card' ? 'cardInstallment' : intent.plan.method;
  if (intent.type === 'walletIntent') return intent.wallet;
  return intent.entry === 'code' ? 'unionpay' : 'card';
}
