import { bytesOfLatin1, latin1Of } from '../base/bytes.ts';
import { type CancelSignal, cancelSource } from '../base/cancel.ts';
import { HalError, type VaultRef } from '../hal/index.ts';
import { classifyPayCode } from '../protocol/card/pay-code.ts';
import { ACCOUNT_MAX, accountOf } from '../rules/baitiao.ts';
import { walletFor } from '../rules/pay-code-route.ts';
import type { Services } from '../services.ts';
import type { TimingSettings } from '../settings.ts';
import type { Effect } from './effect.ts';
import { collectDigits } from './private-entry.ts';
import type { NamedAccount } from './wallet-order.ts';

export interface EnterAccountInput {
  readonly amountFen: number;
  /** Whether a pay code may be shown instead of an account. */
  readonly takesCode: boolean;
  readonly timing: TimingSettings;
}

export type EnterAccountOutcome =
  | { readonly kind: 'account'; readonly account: NamedAccount }
  /** The customer showed a pay code of JD. */
  | { readonly kind: 'code'; readonly codeRef: VaultRef; readonly maskedCode: string }
  | { readonly kind: 'timedOut' | 'cancelled' };

const CANCELLED = { kind: 'cancelled' } as const;

/**
 * Takes the customer's account: a phone number is typed, the name of an account is scanned from the phone. What is typed
 * goes past the charts and is shown by its last digits alone.
 */
export const enterAccount: Effect<EnterAccountOutcome, EnterAccountInput> = async (services, input, signal) => {
  const { amountFen, takesCode, timing } = input;
  const scanning = cancelSource();
  let problem = false;
  const show = (digits: string): void => {
    services.show('enterAccount', {
      amountFen,
      takesCode,
      digits: digits.length,
      lastDigits: digits.slice(-4),
      problem,
    });
  };
  try {
    return await collectDigits<EnterAccountOutcome>(
      services,
      {
        digitsMax: ACCOUNT_MAX,
        show,
        decide: (key, digits) => {
          problem = false;
          if (key === 'cancel') return CANCELLED;
          if (key !== 'confirm') return undefined;
          const named = sealedAccount(services, digits);
          problem = named === undefined;
          return named;
        },
        timeoutMs: timing.operatorMs,
        timedOut: { kind: 'timedOut' },
        cancelled: CANCELLED,
        other: scannedCustomer(services, input, scanning.signal),
      },
      signal,
    );
  } finally {
    scanning.cancel();
  }
};

function sealedAccount({ ports }: Services, text: string): EnterAccountOutcome | undefined {
  const account = accountOf(text);
  if ('problem' in account) return undefined;
  const accountRef = ports.vault.seal('account', bytesOfLatin1(account.text));
  return { kind: 'account', account: { accountRef, maskedAccount: account.masked } };
}

/** Whoever holds a code or an account to the scanner; without a scanner nobody. */
async function scannedCustomer(
  services: Services,
  { takesCode, timing }: EnterAccountInput,
  signal: CancelSignal,
): Promise<EnterAccountOutcome> {
  const { ports, inTurn } = services;
  try {
    for (;;) {
      const scan = await inTurn('scanner', () => ports.scanner.scan(timing.operatorMs, signal));
      if (scan.kind === 'scanned') {
        const found = customerOf(services, scan.codeRef, takesCode);
        if (found !== undefined) return found;
      } else if (scan.kind !== 'unreadable') return await new Promise(() => undefined);
    }
  } catch (error) {
    if (error instanceof HalError) return new Promise(() => undefined);
    throw error;
  }
}

function customerOf(services: Services, codeRef: VaultRef, takesCode: boolean): EnterAccountOutcome | undefined {
  const { ports, settings } = services;
  const text = latin1Of(ports.vault.reveal(codeRef));
  const activated = settings.wallet.routes.jd === undefined ? [] : (['jd'] as const);
  const route = walletFor(classifyPayCode(text), activated, 'baitiao');
  if (takesCode && route.kind === 'wallet') {
    ports.indicators.beep('attention');
    return { kind: 'code', codeRef, maskedCode: ports.vault.describe(codeRef) };
  }
  ports.vault.wipe(codeRef);
  return sealedAccount(services, text);
}
