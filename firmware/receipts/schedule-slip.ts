import type { SlipLine } from '../hal/slip.ts';
import type { PlanPeriod } from '../rules/installment/schedule.ts';
import { yuan } from '../screens/amounts.ts';
import type { SlipOptions, SlipOrigin, SlipPlan } from './slip-data.ts';
import { SlipWriter } from './slip-lines.ts';

/** A plan and its periods, as they were confirmed. */
export interface ScheduleSlipData extends SlipOrigin {
  readonly subject: string;
  readonly plan: SlipPlan;
  readonly schedule: readonly PlanPeriod[];
  /** What has gone back of the sale since then. */
  readonly refundedFen: number;
}

/** The repayment schedule 还款计划 of a standing sale by instalments. It proves no payment, and says so. */
export function buildScheduleSlip(data: ScheduleSlipData, options: SlipOptions): SlipLine[] {
  const write = new SlipWriter(options);
  const { plan, schedule, refundedFen } = data;
  return [
    ...write.title('还款计划', 'REPAYMENT SCHEDULE'),
    ...write.marks(),
    write.mark('此单不是签购单', 'NOT A SALES SLIP'),
    { kind: 'rule' },
    ...write.origin(data),
    ...write.numbers(data),
    write.pair('日期时间', 'DATE/TIME', data.at),
    { kind: 'text', text: data.subject },
    ...write.amount(data.amountFen),
    ...write.plan(plan),
    { kind: 'rule' },
    ...schedule.map((period) => periodLine(write, period)),
    { kind: 'rule' },
    ...(refundedFen === 0
      ? []
      : [
          write.pair('已退', 'REFUNDED', yuan(refundedFen)),
          ...write.sentence('退货后以贷款方账单为准', 'AFTER A REFUND THE BILL OF THE LENDER COUNTS'),
        ]),
    ...write.service(),
  ];
}

function periodLine(write: SlipWriter, { period, dueDate, totalFen }: PlanPeriod): SlipLine {
  const when = dueDate ?? write.pick('以账单为准', 'BY STATEMENT');
  return { kind: 'pair', label: write.pick(`${period}期 ${when}`, `${period}: ${when}`), value: yuan(totalFen) };
}
