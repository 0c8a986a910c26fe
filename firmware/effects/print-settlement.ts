import { invariant } from '../base/invariant.ts';
import { HalError, type Slip } from '../hal/index.ts';
import type { JournalState } from '../journal/fold.ts';
import {
  buildSettlementSlip,
  type SettlementSlipData,
  type SlipDisagreement,
  type SlipItem,
} from '../receipts/settlement-slip.ts';
import type { ClosedSettlement } from '../journal/settlement-fold.ts';
import { isRefund, kindOf } from '../rules/sale-truth.ts';
import { type Disagreement, type ListedItem, settlementReport } from '../settlement/report.ts';
import { originalOf } from '../settlement/totals.ts';
import type { NetTotals } from '../protocol/cup/messages.ts';
import type { PrintCopyOutcome } from './print-copy.ts';
import type { Services } from '../services.ts';
import type { Effect } from './effect.ts';
import { slipTime, voucherOf } from './slip-origin.ts';

/** `S` and the batch: no sales slip of a day has the same, as long as its number stays below 650,000. */
function jobIdOf(batch: string): string {
  return `S${(Number(batch) % 36 ** 3).toString(36).toUpperCase().padStart(3, '0')}`;
}

/**
 * Prints the slip of the last settlement from the journal alone. The attempt is durable before the first line, so that a
 * slip which may be on paper already is marked as a reprint.
 */
export const printSettlement: Effect<PrintCopyOutcome, undefined> = async (services) => {
  const { ports, settings, journal } = services;
  const { last } = journal.state.settlement;
  invariant(last !== undefined, 'a settlement is over before its slip is printed');
  const { batch } = last.begun;
  const reprint = last.slip !== 'owed';
  const { language, training, servicePhone } = settings;
  const options = { language, reprint, training, columns: ports.printer.columns, servicePhone };
  const slip: Slip = { jobId: jobIdOf(batch), lines: buildSettlementSlip(slipDataOf(services, last), options) };
  try {
    const status = await ports.printer.status();
    if (status.kind === 'stopped') return { kind: 'stopped', reason: status.reason };
    await journal.append({ type: 'settlementSlipStarted', batch });
    const printed = await ports.printer.print(slip);
    if (printed.kind === 'printed') {
      await journal.append({ type: 'settlementSlipDone', batch, evidence: printed.evidence });
      return { kind: 'printed' };
    }
    if (!printed.partial && !reprint) await journal.append({ type: 'settlementSlipNotStarted', batch });
    return { kind: 'stopped', reason: printed.reason };
  } catch (error) {
    if (error instanceof HalError && error.device !== 'journal') return { kind: 'stopped', reason: error.kind };
    throw error;
  }
};

function slipDataOf({ settings, journal }: Services, closed: ClosedSettlement): SettlementSlipData {
  const { batch, balanced, totals, uploaded, disagreements, byHand } = settlementReport(journal.state, closed);
  const { merchantName, merchantId, terminalId, operator } = settings;
  return {
    merchantName,
    merchantId,
    terminalId,
    operator,
    batch,
    balanced,
    uploaded,
    at: slipTime(closed.closedWallMs),
    domestic: sumsOf(totals.card.domestic),
    foreign: sumsOf(totals.card.foreign),
    wallets: totals.wallets,
    disagreements: disagreements.map((each) => slipDisagreement(journal.state, each)),
    byHand: byHand.map(({ item, supervisor }) => ({ ...slipItem(journal.state, item), supervisor })),
  };
}

function sumsOf({ debitCount, debitFen, creditCount, creditFen }: NetTotals): SettlementSlipData['domestic'] {
  return {
    sales: { count: debitCount, amountFen: debitFen },
    refunds: { count: creditCount, amountFen: creditFen },
  };
}

function slipDisagreement(state: Readonly<JournalState>, disagreement: Disagreement): SlipDisagreement {
  if (disagreement.kind === 'missingHere') {
    const { kind, of, count, amountFen, candidates } = disagreement;
    return { kind, of, count, amountFen, candidates: candidates.map((each) => slipItem(state, each)) };
  }
  const item = slipItem(state, disagreement.item);
  if (disagreement.kind !== 'rejected') return { kind: disagreement.kind, item };
  return { kind: 'rejected', item, responseCode: disagreement.responseCode };
}

function slipItem(state: Readonly<JournalState>, listed: ListedItem): SlipItem {
  const { key, intent } = listed;
  const sale = isRefund(listed) ? originalOf(state, listed) : listed;
  return {
    what: kindOf(listed),
    voucher: voucherOf(key.stan),
    amountFen: intent.amountFen,
    subject:
      sale.intent.type === 'cardIntent'
        ? { kind: 'card', maskedPan: sale.intent.maskedPan }
        : { kind: 'wallet', outTradeNo: sale.intent.outTradeNo },
  };
}
