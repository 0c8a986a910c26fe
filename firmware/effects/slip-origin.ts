import type { JournaledRefund, JournaledSale } from '../journal/fold.ts';
import { chinaTimestamp } from '../protocol/wallet/china-time.ts';
import type { SlipOrigin } from '../receipts/slip-data.ts';
import type { Services } from '../services.ts';

/** Where and when: the head of a slip about a sale, void or refund of the journal. */
export function originOf(
  { settings }: Services,
  { key, intent, begunWallMs }: JournaledSale | JournaledRefund,
): SlipOrigin {
  const { merchantName, merchantId, terminalId, operator } = settings;
  return {
    merchantName,
    merchantId,
    terminalId,
    operator,
    batch: key.batch,
    voucher: voucherOf(key.stan),
    at: slipTime(begunWallMs),
    amountFen: intent.amountFen,
  };
}

export function voucherOf(stan: number): string {
  return stan.toString().padStart(6, '0');
}

/** China time, `YYYY/MM/DD hh:mm:ss`. */
export function slipTime(wallMs: number): string {
  return chinaTimestamp(wallMs).replaceAll('-', '/');
}
