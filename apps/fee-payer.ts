import { productPaidBy } from '../simulator/acquirer/card-instalment.ts';
import type { FeePayer, InstallmentSettings, MethodPlans, PlanMethod } from '../firmware/rules/installment/settings.ts';

/** The same plans with another payer of their fees, as a shop's contract would have them with the simulated lenders. */
export function paidBy(feePayer: FeePayer, settings: InstallmentSettings): InstallmentSettings {
  const changed = (plans: MethodPlans | undefined): MethodPlans | undefined =>
    plans && {
      ...plans,
      offers: plans.offers.map((offer) => ({
        ...offer,
        feePayer,
        ...(offer.product === undefined ? {} : { product: productPaidBy(offer.product, feePayer) }),
      })),
    };
  const methods = Object.entries(settings) as [PlanMethod, MethodPlans | undefined][];
  return Object.fromEntries(methods.map(([method, plans]) => [method, changed(plans)]));
}
