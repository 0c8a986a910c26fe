import { HalError } from '../hal/index.ts';
import type { Wallet } from '../protocol/wallet/wallet-api.ts';
import { buildCodeSlip } from '../receipts/code-slip.ts';
import type { Effect } from './effect.ts';

export interface PrintCodeInput {
  readonly amountFen: number;
  readonly wallet: Wallet;
  readonly codeText: string;
  readonly secondsLeft: number;
}

/** Job numbers of code slips; a receipt's begins with another character in its first 46,656 numbers. */
const JOB_ID = 'ZQRC';

/** Prints the code that the customer is to scan. It is no receipt: what becomes of it changes nothing about the money. */
export const printCode: Effect<void, PrintCodeInput> = async ({ ports, settings }, input) => {
  const { language, training, merchantName } = settings;
  const { columns } = ports.printer;
  const lines = buildCodeSlip({ ...input, merchantName }, { language, training, reprint: false, columns });
  try {
    await ports.printer.print({ jobId: JOB_ID, lines });
  } catch (error) {
    if (!(error instanceof HalError)) throw error;
  }
};
