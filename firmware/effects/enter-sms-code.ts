import { bytesOfLatin1 } from '../base/bytes.ts';
import type { VaultRef } from '../hal/index.ts';
import { SMS_CODE_DIGITS, smsCodeOf } from '../rules/baitiao.ts';
import type { TimingSettings } from '../settings.ts';
import type { Effect } from './effect.ts';
import { collectDigits } from './private-entry.ts';

/** A code that was sent to a customer. Moments are of the monotonic clock. */
export interface SmsSession {
  readonly reference: string;
  /** From then on another one may be asked for. */
  readonly resendAtMs: number;
  readonly expiresAtMs: number;
}

export interface EnterSmsCodeInput {
  readonly amountFen: number;
  readonly maskedAccount: string;
  readonly session: SmsSession;
  readonly triesLeft: number;
  readonly timing: TimingSettings;
}

export type EnterSmsCodeOutcome =
  | { readonly kind: 'entered'; readonly codeRef: VaultRef }
  | { readonly kind: 'resend' | 'expired' | 'timedOut' | 'cancelled' };

/** Asks for the code of an SMS, a star for every digit; `function` asks for another SMS once a minute is over. */
export const enterSmsCode: Effect<EnterSmsCodeOutcome, EnterSmsCodeInput> = (services, input, signal) => {
  const { ports } = services;
  const { amountFen, maskedAccount, session, triesLeft, timing } = input;
  const nowMs = (): number => ports.clock.monotonicMs();
  const resendInMs = (): number => Math.max(0, session.resendAtMs - nowMs());
  let problem = false;
  return collectDigits<EnterSmsCodeOutcome>(
    services,
    {
      digitsMax: SMS_CODE_DIGITS,
      show: (digits) => {
        const resendInSeconds = Math.ceil(resendInMs() / 1000);
        const typed = digits.length;
        services.show('enterSmsCode', { amountFen, maskedAccount, digits: typed, triesLeft, resendInSeconds, problem });
      },
      decide: (key, digits) => {
        problem = false;
        if (key === 'cancel') return { kind: 'cancelled' };
        if (nowMs() >= session.expiresAtMs) return { kind: 'expired' };
        if (key === 'function' && resendInMs() === 0) return { kind: 'resend' };
        if (key !== 'confirm') return undefined;
        problem = 'problem' in smsCodeOf(digits);
        return problem ? undefined : { kind: 'entered', codeRef: ports.vault.seal('smsCode', bytesOfLatin1(digits)) };
      },
      timeoutMs: timing.operatorMs,
      timedOut: { kind: 'timedOut' },
      cancelled: { kind: 'cancelled' },
      redrawAfterMs: resendInMs(),
    },
    signal,
  );
};
