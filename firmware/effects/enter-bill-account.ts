import { bytesOfLatin1 } from '../base/bytes.ts';
import type { VaultRef } from '../hal/index.ts';
import { accountOf } from '../rules/baitiao.ts';
import type { TimingSettings } from '../settings.ts';
import type { Effect } from './effect.ts';
import { collectDigits } from './private-entry.ts';

export interface EnterBillAccountInput {
  readonly timing: TimingSettings;
}

export type EnterBillAccountOutcome =
  { readonly kind: 'account'; readonly accountRef: VaultRef } | { readonly kind: 'timedOut' | 'cancelled' };

const PHONE_DIGITS = 11;
const CANCELLED = { kind: 'cancelled' } as const;

/** Takes the phone number of an account past the charts; how many digits stand is all that is shown, and the last four. */
export const enterBillAccount: Effect<EnterBillAccountOutcome, EnterBillAccountInput> = (services, input, signal) => {
  let isWrong = false;
  return collectDigits<EnterBillAccountOutcome>(
    services,
    {
      digitsMax: PHONE_DIGITS,
      show: (digits) =>
        services.show('enterBillAccount', { digits: digits.length, lastDigits: digits.slice(-4), isWrong }),
      decide: (key, digits) => {
        isWrong = false;
        if (key === 'cancel') return CANCELLED;
        if (key !== 'confirm') return undefined;
        const account = accountOf(digits);
        isWrong = 'problem' in account;
        if (isWrong) return undefined;
        return { kind: 'account', accountRef: services.ports.vault.seal('account', bytesOfLatin1(digits)) };
      },
      timeoutMs: input.timing.operatorMs,
      timedOut: { kind: 'timedOut' },
      cancelled: CANCELLED,
    },
    signal,
  );
};
