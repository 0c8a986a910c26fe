import type { JournalState } from '../journal/fold.ts';
import { saleId } from '../journal/sale-key.ts';
import type { SettlementState } from '../journal/settlement-fold.ts';
import { type CardSale, isCardSale } from './totals.ts';

/** A sale whose issuer does not know yet what its script did to the card. */
export interface DueNotice {
  readonly sale: CardSale;
  /** Field 55 at the end of the sale, hex. */
  readonly chipData: string;
}

/** Script notices 脚本结果通知 that the host has not answered, oldest sale first. A sale that is still in doubt waits. */
export function dueNotices(
  state: Readonly<JournalState>,
  { evidence, notices }: Readonly<SettlementState>,
): DueNotice[] {
  const due = [...evidence.values()].filter(
    (item) => item.scriptRan && notices.get(saleId(item))?.result === undefined,
  );
  if (due.length === 0) return [];
  return [...state.sales.values()].filter(isCardSale).flatMap((sale) => {
    const item = due.find(({ batch, stan }) => batch === sale.key.batch && stan === sale.key.stan);
    return item === undefined || state.open.has(sale) ? [] : [{ sale, chipData: item.chipData }];
  });
}
