import type { SlipLine } from '../hal/slip.ts';
import type { Wallet } from '../protocol/wallet/wallet-api.ts';
import { PAID_WITH } from '../screens/words.ts';
import type { SlipOptions } from './slip-data.ts';
import { SlipWriter } from './slip-lines.ts';

/** A code that the terminal asks to be paid with, on paper because the screen cannot be reached or read. */
export interface CodeSlipData {
  readonly merchantName: string;
  readonly wallet: Wallet;
  readonly amountFen: number;
  readonly codeText: string;
  readonly secondsLeft: number;
}

/** The paper with a code to scan 收款码. It says that it proves no payment. */
export function buildCodeSlip(data: CodeSlipData, options: SlipOptions): SlipLine[] {
  const write = new SlipWriter(options);
  const { zh, en } = PAID_WITH[data.wallet];
  const { secondsLeft } = data;
  return [
    ...write.title('扫码付款', 'SCAN TO PAY'),
    ...write.marks(),
    write.mark('此单不是签购单', 'NOT A SALES SLIP'),
    { kind: 'rule' },
    write.pair('商户名称', 'MERCHANT', write.foreign(data.merchantName)),
    write.pair('支付方式', 'PAY WITH', write.pick(zh, en)),
    ...write.amount(data.amountFen),
    { kind: 'qr', data: data.codeText },
    ...write.sentence(`请在 ${secondsLeft} 秒内扫码付款`, `VALID FOR ${secondsLeft} SECONDS`, 'center'),
  ];
}
