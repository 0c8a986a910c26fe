import { HalError, type SlipLine } from '../hal/index.ts';
import { invariant } from '../base/invariant.ts';
import { refundedFen } from '../journal/fold.ts';
import type { SaleKey } from '../journal/records.ts';
import { chinaTimestamp } from '../protocol/wallet/china-time.ts';
import type { Bill } from '../protocol/wallet/wallet-api.ts';
import { buildBillSlip } from '../receipts/bill-slip.ts';
import { buildScheduleSlip } from '../receipts/schedule-slip.ts';
import type { SlipOptions } from '../receipts/slip-data.ts';
import { scheduleOf } from '../rules/installment/schedule.ts';
import type { Services } from '../services.ts';
import type { Effect } from './effect.ts';
import { subjectOf } from './look-up.ts';
import type { PrintCopyOutcome } from './print-copy.ts';
import { originOf } from './slip-origin.ts';

export interface PrintScheduleInput {
  readonly original: SaleKey;
}

export interface PrintBillInput {
  readonly bills: readonly Bill[];
}

/** Job numbers that no receipt has within its first million copies. */
const SCHEDULE_JOB = 'ZPLN';
const BILL_JOB = 'ZBIL';

/** Prints the repayment schedule of a sale from the journal, the same that was quoted. */
export const printSchedule: Effect<PrintCopyOutcome, PrintScheduleInput> = (services, { original }) => {
  const { journal } = services;
  const sale = journal.sale(original);
  const { plan, amountFen } = sale.intent;
  invariant(plan !== undefined, 'a schedule is that of a plan');
  const origin = originOf(services, sale);
  const [year = 0, month = 0, day = 0] = origin.at.slice(0, 10).split('/').map(Number);
  const schedule = scheduleOf(plan, amountFen, { year, month, day });
  const data = {
    ...origin,
    subject: subjectOf(sale),
    plan,
    schedule,
    refundedFen: refundedFen(journal.state, original),
  };
  return printed(services, SCHEDULE_JOB, (options) => buildScheduleSlip(data, options));
};

/** Prints what a wallet said is owed. */
export const printBill: Effect<PrintCopyOutcome, PrintBillInput> = (services, { bills }) => {
  const { settings, ports } = services;
  const at = chinaTimestamp(ports.clock.wallMs()).replaceAll('-', '/');
  const { merchantName, terminalId } = settings;
  return printed(services, BILL_JOB, (options) => buildBillSlip({ merchantName, terminalId, at, bills }, options));
};

/** Prints something that is no receipt: nobody has to know afterwards whether it is on paper. */
async function printed(
  { ports, settings }: Services,
  jobId: string,
  build: (options: SlipOptions) => SlipLine[],
): Promise<PrintCopyOutcome> {
  const { language, training, servicePhone } = settings;
  const { columns } = ports.printer;
  try {
    const lines = build({ language, training, reprint: false, columns, servicePhone });
    const status = await ports.printer.status();
    if (status.kind === 'stopped') return { kind: 'stopped', reason: status.reason };
    const outcome = await ports.printer.print({ jobId, lines });
    return outcome.kind === 'printed' ? { kind: 'printed' } : { kind: 'stopped', reason: outcome.reason };
  } catch (error) {
    if (error instanceof HalError) return { kind: 'stopped', reason: error.kind };
    throw error;
  }
}
