import { assign, setup } from 'xstate';
import type { Key } from '../hal/index.ts';
import { afterDigitKey, isDigitKey } from '../rules/digit-entry.ts';
import type { ScreenParams } from '../screens/catalogue.ts';
import { screen, show } from '../screens/show.ts';
import type { TimingSettings } from '../settings.ts';

/** Field 11 and the voucher number on a slip have six digits. */
const VOUCHER_DIGITS = 6;

/** A voucher number as slips print it. */
export function voucherText(stan: number): string {
  return stan.toString().padStart(VOUCHER_DIGITS, '0');
}

export interface VoucherInput {
  readonly purpose: ScreenParams['enterVoucher']['purpose'];
  readonly timing: TimingSettings;
}

export type VoucherOutcome = { readonly kind: 'voucher'; readonly stan: number } | { readonly kind: 'ended' };

interface VoucherContext extends VoucherInput {
  readonly digits: string;
  readonly outcome: VoucherOutcome;
}

/** The cashier names a sale by its voucher number 输入凭证号. */
export const voucherMachine = setup({
  types: {
    input: {} as VoucherInput,
    context: {} as VoucherContext,
    events: {} as { type: 'KEY'; key: Key },
    output: {} as VoucherOutcome,
  },
  actions: { show },
  guards: {
    isCancel: ({ event }) => event.key === 'cancel',
    isEntry: ({ event }) => isDigitKey(event.key) || event.key === 'clear',
    hasVoucher: ({ context, event }) => event.key === 'confirm' && Number(context.digits) > 0,
  },
  delays: { operatorAway: ({ context }) => context.timing.operatorMs },
}).createMachine({
  id: 'voucher',
  context: ({ input }) => ({ ...input, digits: '', outcome: { kind: 'ended' } }),
  output: ({ context }) => context.outcome,
  initial: 'entering',
  states: {
    entering: {
      meta: { zh: '输入凭证号' },
      tags: ['cancellable'],
      entry: {
        type: 'show',
        params: ({ context: { digits, purpose } }) => screen('enterVoucher', { digits, purpose }),
      },
      on: {
        KEY: [
          { guard: 'isCancel', target: 'ended' },
          {
            guard: 'hasVoucher',
            target: 'ended',
            actions: assign(({ context }) => ({ outcome: { kind: 'voucher', stan: Number(context.digits) } })),
          },
          {
            guard: 'isEntry',
            target: 'entering',
            reenter: true,
            actions: assign(({ context, event }) => ({
              digits: afterDigitKey(context.digits, event.key, VOUCHER_DIGITS),
            })),
          },
        ],
      },
      after: { operatorAway: 'ended' },
    },
    ended: { meta: { zh: '凭证号输入结束' }, type: 'final' },
  },
});
