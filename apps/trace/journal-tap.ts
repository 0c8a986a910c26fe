import type { JournalStore } from '../../firmware/hal/index.ts';
import type { Field } from '../../visualizer/model/trace.ts';
import { hidden, memberFields, type MemberList } from './fields.ts';
import type { TraceRecorder } from './recorder.ts';

/** Members of records that are seen. Sealed card numbers, chip data, expiry, pictures, buyers and hosts' texts are not. */
const MEMBERS: MemberList = {
  shown: new Set(
    (
      'batch stan amountFen entry maskedPan verification aid applicationLabel cryptogramType tvr tsi atc processingCode ' +
      'entryMode conditionCode terminalId merchantId reserved60 originalData method periods feePayer feeFen totalFen ' +
      'perPeriodFen firstPaymentFen firstDueDate wallet host presented outTradeNo maskedCode result why responseCode ' +
      'retrievalReference authorizationCode hostDate hostTime issuer acquirer voucher tradeNo subCode differs ' +
      'scriptResult offline reason outcome copy evidence rule kind feeBackFen hostFeeBackFen by refundNo nextBatch index ' +
      'stans supervisor noticeStan scriptRan domestic foreign count debitFen debitCount creditFen creditCount'
    ).split(' '),
  ),
};

/** The same journal; each record is told once it is durable. */
export function tapJournal(store: JournalStore, recorder: TraceRecorder): JournalStore {
  return {
    open: (take) => store.open(take),
    async append(record) {
      await store.append(record);
      const { type, fields } = recordView(record);
      recorder.add({ kind: 'record', lane: 'journal', type, fields });
    },
  };
}

function recordView(text: string): { readonly type: string; readonly fields: readonly Field[] } {
  const { type, wallMs: _, ...members } = JSON.parse(text) as { readonly type?: unknown; readonly wallMs?: unknown };
  return typeof type === 'string'
    ? { type, fields: memberFields(members, MEMBERS) }
    : { type: 'unknown', fields: [hidden('record', text.length, 'characters')] };
}
