import { latin1Of } from '../base/bytes.ts';
import { HalError, type VaultRef } from '../hal/index.ts';
import { classifyPayCode } from '../protocol/card/pay-code.ts';
import { type Wallet, walletFor } from '../rules/pay-code-route.ts';
import type { Effect } from './effect.ts';

export interface ScanCodeInput {
  /** `false` waits for ever without a scan; the state that asked ends it. */
  readonly wanted: boolean;
  readonly timeoutMs: number;
}

export type ScanCodeOutcome =
  | { readonly kind: 'code'; readonly wallet: 'alipay'; readonly codeRef: VaultRef; readonly maskedCode: string }
  | { readonly kind: 'refused'; readonly reason: 'unreadable' | 'notAPayCode' | 'notSupported' | 'wrongWallet' }
  | { readonly kind: 'timedOut' | 'cancelled' }
  | { readonly kind: 'failed'; readonly error: HalError['kind'] };

/** Wallets that this terminal speaks to. */
const WALLETS: readonly Wallet[] = ['alipay'];

/** Scans one code and says whose it is. A code that nobody here can charge is wiped at once. */
export const scanCode: Effect<ScanCodeOutcome, ScanCodeInput> = async ({ ports, inTurn }, input, signal) => {
  if (!input.wanted) return new Promise(() => undefined);
  try {
    const scan = await inTurn('scanner', () => ports.scanner.scan(input.timeoutMs, signal));
    if (scan.kind === 'unreadable') return { kind: 'refused', reason: 'unreadable' };
    if (scan.kind !== 'scanned') return { kind: scan.kind };
    const route = walletFor(classifyPayCode(latin1Of(ports.vault.reveal(scan.codeRef))), WALLETS);
    if (route.kind === 'wallet' && route.wallet === 'alipay') {
      ports.indicators.beep('attention');
      return { kind: 'code', wallet: 'alipay', codeRef: scan.codeRef, maskedCode: ports.vault.describe(scan.codeRef) };
    }
    ports.vault.wipe(scan.codeRef);
    return { kind: 'refused', reason: route.kind === 'refused' ? route.reason : 'notSupported' };
  } catch (error) {
    if (error instanceof HalError) return { kind: 'failed', error: error.kind };
    throw error;
  }
};
