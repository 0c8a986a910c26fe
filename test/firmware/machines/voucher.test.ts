import { voucherMachine } from '../../../firmware/terminal/voucher.machine.ts';
import { describeChart } from './chart.ts';
import { TIMING } from './samples.ts';

const input = { purpose: 'lookUp', timing: TIMING };

describeChart(voucherMachine, [
  {
    name: 'takes the number of a slip',
    input,
    hands: 'confirm 1 clear 00 2 function confirm',
    states: 'entering ended',
    screens: 'enterVoucher enterVoucher enterVoucher enterVoucher enterVoucher',
    output: { kind: 'voucher', stan: 2 },
  },
  {
    name: 'takes six digits and no more',
    input,
    hands: '1 2 3 4 5 6 7 confirm',
    states: 'entering ended',
    output: { kind: 'voucher', stan: 123_456 },
  },
  ...['5 cancel', '5 60s'].map((hands) => ({
    name: `is given up: ${hands}`,
    input,
    hands,
    states: 'entering ended',
    output: { kind: 'ended' },
  })),
]);
