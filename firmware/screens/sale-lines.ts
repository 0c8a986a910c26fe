import { yuan } from './amounts.ts';
import type { SaleOnScreen } from './screen-params.ts';
import type { Say } from './screen-spec.ts';

/** One sale of the journal, in the lines that every screen about it begins with. */
export function saleLines({ voucher, amountFen, subject }: SaleOnScreen, say: Say): string[] {
  return [say(`凭证号 ${voucher}`, `Voucher ${voucher}`), yuan(amountFen), subject];
}
