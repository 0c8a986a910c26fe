import { hex, hexOf } from '../base/bytes.ts';
import { type ChipDetails, HalError, type HalErrorKind, type PrinterStop, type Slip } from '../hal/index.ts';
import type { JournaledSale, OwedCopy } from '../journal/fold.ts';
import type { CardIntent, SaleKey, WalletIntent } from '../journal/records.ts';
import { saleId } from '../journal/sale-key.ts';
import { TlvIndex } from '../protocol/tlv/tlv-index.ts';
import { unpackImage } from '../receipts/packed-image.ts';
import { buildRefundSlip } from '../receipts/refund-slip.ts';
import { buildSaleSlip } from '../receipts/sale-slip.ts';
import { sealImage } from '../receipts/seal.ts';
import type { SaleSlipData } from '../receipts/slip-data.ts';
import type { Services } from '../services.ts';
import type { Effect } from './effect.ts';
import { printSettlement } from './print-settlement.ts';
import { refundSlipDataOf } from './refund-slip-data.ts';
import { originOf } from './slip-origin.ts';

export type PrintCopyInput = OwedCopy;

export type PrintCopyOutcome =
  { readonly kind: 'printed' } | { readonly kind: 'stopped'; readonly reason: PrinterStop | HalErrorKind };

/** Tag 9F26. */
const CRYPTOGRAM = 0x9f26;

type SaleCopy = Extract<OwedCopy, { readonly key: SaleKey }>;

/** Job numbers of two copies differ, and so do those of neighbouring sales; 36^4 of them outlast a day. */
function jobIdOf({ key, copy }: SaleCopy): string {
  const number = (key.stan * 2 + (copy === 'merchant' ? 0 : 1)) % 36 ** 4;
  return number.toString(36).toUpperCase().padStart(4, '0');
}

/** What the chip said last: an offline sale stands by its certificate. */
function chipOf({ journal }: Services, sale: JournaledSale, { chip }: CardIntent): ChipDetails | undefined {
  const { tvr = chip?.tvr, tsi = chip?.tsi } = sale.approval ?? {};
  if (chip === undefined || tvr === undefined || tsi === undefined) return undefined;
  if (sale.forwarding === undefined) return { ...chip, tvr, tsi };
  const evidence = journal.state.settlement.evidence.get(saleId(sale.key));
  const certificate = evidence && new TlvIndex(hex(evidence.chipData)).find(CRYPTOGRAM);
  return certificate === undefined
    ? { ...chip, tvr, tsi }
    : { ...chip, tvr, tsi, cryptogram: hexOf(certificate), cryptogramType: 'tc' };
}

function paymentOf(
  services: Services,
  sale: JournaledSale,
  intent: CardIntent | WalletIntent,
): SaleSlipData['payment'] {
  if (intent.type === 'walletIntent') {
    const { tradeNo, buyer } = sale.walletResult ?? {};
    return { kind: 'wallet', wallet: intent.wallet, outTradeNo: intent.outTradeNo, tradeNo, maskedBuyer: buyer };
  }
  return {
    kind: 'card',
    maskedPan: intent.maskedPan,
    entry: intent.entry,
    verification: intent.verification,
    issuer: sale.cardResult?.issuer,
    acquirer: sale.cardResult?.acquirer,
    authorizationCode: sale.cardResult?.authorizationCode,
    retrievalReference: sale.cardResult?.retrievalReference,
    cardSequence: intent.reversal.cardSequence,
    chip: chipOf(services, sale, intent),
    offline: sale.forwarding !== undefined,
  };
}

/** The slip's data from the journal alone: what is printed is what is durable. */
function slipDataOf(services: Services, sale: JournaledSale): SaleSlipData {
  const { intent } = sale;
  return {
    ...originOf(services, sale),
    payment: paymentOf(services, sale, intent),
    plan: intent.plan,
    remarks: sale.cardResult?.remarks ?? [],
    seal: sealImage(services.settings),
    signature: sale.signature === undefined ? undefined : unpackImage(sale.signature),
  };
}

/** Prints one copy of a sale, void or refund, or the slip of the last settlement. */
export const printCopy: Effect<PrintCopyOutcome, PrintCopyInput> = (services, owed, signal) =>
  owed.copy === 'settlement' ? printSettlement(services, undefined, signal) : printSaleCopy(services, owed);

/**
 * Prints one copy of a standing sale, or of a void or refund that is done. The attempt is durable before the first line, so
 * that a copy which may be on paper already is marked as a reprint when it is printed again.
 */
async function printSaleCopy(services: Services, owed: SaleCopy): Promise<PrintCopyOutcome> {
  const { ports, settings, journal } = services;
  const { key, copy } = owed;
  const refund = journal.state.refunds.get(saleId(key));
  const { copies } = refund ?? journal.sale(key);
  const reprint = copies[copy] === 'started' || copies[copy] === 'done';
  const { language, training, servicePhone } = settings;
  const options = { language, reprint, training, columns: ports.printer.columns, servicePhone };
  const slip: Slip = {
    jobId: jobIdOf(owed),
    lines:
      refund === undefined
        ? buildSaleSlip(slipDataOf(services, journal.sale(key)), copy, options)
        : buildRefundSlip(refundSlipDataOf(services, refund), copy, options),
  };
  try {
    const status = await ports.printer.status();
    if (status.kind === 'stopped') return { kind: 'stopped', reason: status.reason };
    await journal.append({ type: 'receiptStarted', ...key, copy });
    const printed = await ports.printer.print(slip);
    if (printed.kind === 'printed') {
      await journal.append({ type: 'receiptDone', ...key, copy, evidence: printed.evidence });
      return { kind: 'printed' };
    }
    if (!printed.partial && !reprint) await journal.append({ type: 'receiptNotStarted', ...key, copy });
    return { kind: 'stopped', reason: printed.reason };
  } catch (error) {
    if (error instanceof HalError && error.device !== 'journal') return { kind: 'stopped', reason: error.kind };
    throw error;
  }
}
