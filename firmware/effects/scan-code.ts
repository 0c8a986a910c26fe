import { latin1Of } from '../base/bytes.ts';
import { HalError, type VaultRef } from '../hal/index.ts';
import { classifyPayCode } from '../protocol/card/pay-code.ts';
import type { Wallet } from '../protocol/wallet/wallet-api.ts';
import { walletFor, type WalletCredit } from '../rules/pay-code-route.ts';
import type { TerminalSettings } from '../settings.ts';
import type { Effect } from './effect.ts';

export interface ScanCodeInput {
  /** `false` waits for ever without a scan; the state that asked ends it. */
  readonly wanted: boolean;
  /** Credit that was chosen before the code is shown: only codes of its wallet. */
  readonly credit: WalletCredit | undefined;
  readonly timeoutMs: number;
}

export type ScanCodeOutcome =
  | { readonly kind: 'code'; readonly wallet: Wallet; readonly codeRef: VaultRef; readonly maskedCode: string }
  | { readonly kind: 'refused'; readonly reason: 'unreadable' | 'notAPayCode' | 'notSupported' | 'wrongWallet' }
  | { readonly kind: 'timedOut' | 'cancelled' }
  | { readonly kind: 'failed'; readonly error: HalError['kind'] };

/** Wallets whose codes somebody here charges. */
export function activatedWallets({ wallet }: TerminalSettings): Wallet[] {
  return Object.entries(wallet.routes).flatMap(([name, host]) => (host === undefined ? [] : [name as Wallet]));
}

/** Scans one code and says whose it is. A code that nobody here can charge is wiped at once. */
export const scanCode: Effect<ScanCodeOutcome, ScanCodeInput> = async ({ ports, settings, inTurn }, input, signal) => {
  if (!input.wanted) return new Promise(() => undefined);
  try {
    const scan = await inTurn('scanner', () => ports.scanner.scan(input.timeoutMs, signal));
    if (scan.kind === 'unreadable') return { kind: 'refused', reason: 'unreadable' };
    if (scan.kind !== 'scanned') return { kind: scan.kind };
    const codeClass = classifyPayCode(latin1Of(ports.vault.reveal(scan.codeRef)));
    const route = walletFor(codeClass, activatedWallets(settings), input.credit);
    if (route.kind === 'wallet') {
      ports.indicators.beep('attention');
      const maskedCode = ports.vault.describe(scan.codeRef);
      return { kind: 'code', wallet: route.wallet, codeRef: scan.codeRef, maskedCode };
    }
    ports.vault.wipe(scan.codeRef);
    return { kind: 'refused', reason: route.reason };
  } catch (error) {
    if (error instanceof HalError) return { kind: 'failed', error: error.kind };
    throw error;
  }
};
