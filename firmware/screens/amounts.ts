import { formatYuan } from '../base/fen.ts';

/** `120000` → `¥1,200.00`, the form on screens and slips. */
export function yuan(amountFen: number): string {
  return `¥${formatYuan(amountFen)}`;
}
