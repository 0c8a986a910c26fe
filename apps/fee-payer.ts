import { productPaidBy } from '../simulator/acquirer/card-instalment.ts';
import type { FeePayer, InstallmentSettings, MethodPlans, PlanMethod } from '../firmware/rules/installment/settings.ts';

/**
 * The same plans with another payer of their fees, as a shop's contract would have them with the simulated lenders.
 *
 * @param only numbers of periods that change; all unless told
 */
export function paidBy(
  feePayer: FeePayer,
  settings: InstallmentSettings,
  only?: readonly number[],
): InstallmentSettings {
  const changedOffer = (offer: MethodPlans['offers'][number]): MethodPlans['offers'][number] => {
    if (only?.includes(offer.periods) === false) return offer;
    const product = offer.product && productPaidBy(offer.product, feePayer);
    return { ...offer, feePayer, ...(product === undefined ? {} : { product }) };
  };
  const changed = (plans: MethodPlans | undefined): MethodPlans | undefined =>
    plans && { ...plans, offers: plans.offers.map(changedOffer) };
  const methods = Object.entries(settings) as [PlanMethod, MethodPlans | undefined][];
  return Object.fromEntries(methods.map(([method, plans]) => [method, changed(plans)]));
}
