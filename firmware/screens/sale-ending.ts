/** How a sale ended, as the screen that says so to cashier and customer. */
import type { DeviceFault } from '../hal/index.ts';
import type { PaidWith, WayOn } from './screen-params.ts';
import { type ScreenCall, screen } from './show.ts';

/** The ends of a sale, as far as a screen tells them apart. */
export type SaleEnding =
  | { readonly kind: 'approved'; readonly offline: boolean }
  | { readonly kind: 'declined'; readonly responseCode: string }
  | { readonly kind: 'failed'; readonly subCode: string | undefined }
  | { readonly kind: 'notSent'; readonly missing: DeviceFault | undefined }
  | { readonly kind: 'cancelled'; readonly numbersDiffer: boolean }
  | { readonly kind: 'reversing'; readonly numbersDiffer: boolean }
  | { readonly kind: 'ended'; readonly reason: 'cancelled' | 'timedOut' | 'device' | 'noKey' }
  | { readonly kind: 'unresolved' | 'faulted' };

/** What of the sale stands beside its end. */
export interface EndedSale {
  readonly amountFen: number;
  readonly method: PaidWith;
  readonly maskedPan: string | undefined;
  readonly periods: number | undefined;
  readonly ways: readonly WayOn[];
}

/** Unknown is unknown: nothing here looks like an approval or a refusal while the truth is open. */
export function saleEnding(ending: SaleEnding, sale: EndedSale): ScreenCall {
  const { amountFen, ways, periods } = sale;
  switch (ending.kind) {
    case 'approved':
      return screen('approved', { ...sale, offline: ending.offline });
    case 'declined':
      return screen('declined', { responseCode: ending.responseCode, isInstallment: periods !== undefined, ways });
    case 'failed':
      return screen('declined', { responseCode: ending.subCode ?? '', isInstallment: periods !== undefined, ways });
    case 'notSent':
      return ending.missing === undefined
        ? screen('notSent', { reason: 'unreachable', ways })
        : screen('deviceProblem', ending.missing);
    case 'cancelled':
      return ending.numbersDiffer ? screen('numbersDiffer', { amountFen, isReversed: true }) : screen('cancelled', {});
    case 'reversing':
      return ending.numbersDiffer
        ? screen('numbersDiffer', { amountFen, isReversed: false })
        : screen('outcomeUnknown', { amountFen });
    case 'ended':
      return ending.reason === 'timedOut' ? screen('timedOut', {}) : screen('cancelled', {});
    case 'unresolved':
    case 'faulted':
      return screen('outcomeUnknown', { amountFen });
  }
}
