import { quotesOfHostPlans } from '../rules/installment/host-plan.ts';
import { merchantPaidPeriods } from '../rules/installment/plans.ts';
import type { PlanQuote } from '../rules/installment/quote.ts';
import { TERMINAL_REASONS } from '../rules/terminal-reasons.ts';
import type { Effect } from './effect.ts';
import { chinaDay } from './quote-plans.ts';
import { askWallet } from './wallet-channel.ts';
import { type NamedAccount, revealedAccount } from './wallet-order.ts';

export interface FetchPlansInput {
  readonly amountFen: number;
  /** Without one the plans are those of the shop, whoever pays. */
  readonly account: NamedAccount | undefined;
  /** Refused by the lender in this sale. */
  readonly refusedPeriods: readonly number[];
}

/** No money is touched: whatever is not an answer is the network's affair. */
export type FetchPlansOutcome =
  | {
      readonly kind: 'plans';
      readonly quotes: readonly PlanQuote[];
      readonly verifies: readonly ('sms' | 'face')[];
    }
  | { readonly kind: 'refused'; readonly subCode: string }
  | { readonly kind: 'notReached' };

/** Asks JD for the Baitiao plans of an amount. A list that is empty or does not add up is refused as a whole. */
export const fetchPlans: Effect<FetchPlansOutcome, FetchPlansInput> = async (services, input) => {
  const { amountFen, refusedPeriods } = input;
  const { jd } = services.settings.wallet.routes;
  if (jd === undefined || jd === 'acquirer') return { kind: 'refused', subCode: TERMINAL_REASONS.notServed };
  const account = input.account === undefined ? undefined : revealedAccount(services, input.account);
  const merchantPays = merchantPaidPeriods(services.settings.installments, { method: 'baitiao', amountFen });
  const reply = await askWallet(services, jd, { kind: 'plans', account, amountFen, merchantPays });
  if (reply.kind === 'failed') return { kind: 'refused', subCode: reply.code };
  if (reply.kind === 'notServed') return { kind: 'refused', subCode: TERMINAL_REASONS.notServed };
  if (reply.kind === 'mismatch') return { kind: 'refused', subCode: TERMINAL_REASONS.plansInconsistent };
  if (reply.kind !== 'plans') return { kind: 'notReached' };
  const boughtOn = chinaDay(services.ports.clock.wallMs());
  const quoted = quotesOfHostPlans(reply.plans, { method: 'baitiao', amountFen, boughtOn });
  if ('refused' in quoted) {
    return {
      kind: 'refused',
      subCode: TERMINAL_REASONS[quoted.refused === 'emptyList' ? 'noPlans' : 'plansInconsistent'],
    };
  }
  if (reply.creditLimitFen !== undefined && reply.creditLimitFen < amountFen) {
    return { kind: 'refused', subCode: TERMINAL_REASONS.creditLimit };
  }
  const quotes = quoted.filter(({ offer }) => !refusedPeriods.includes(offer.periods));
  return { kind: 'plans', quotes, verifies: reply.verifies };
};
