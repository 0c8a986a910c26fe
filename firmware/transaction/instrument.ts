import type { NamedAccount, ProofRef } from '../effects/wallet-order.ts';
import type { CardData, VaultRef } from '../hal/index.ts';
import type { CardEntry } from '../protocol/cup/messages.ts';
import type { Wallet } from '../protocol/wallet/wallet-api.ts';

/** What the customer pays with: references and masked forms only. */
export type Instrument =
  | { readonly kind: 'card'; readonly entry: CardEntry; readonly card: CardData }
  | { readonly kind: 'code'; readonly wallet: Wallet; readonly codeRef: VaultRef; readonly maskedCode: string }
  /** A code that the terminal shows. */
  | { readonly kind: 'shown'; readonly wallet: Wallet }
  | { readonly kind: 'account'; readonly account: NamedAccount; readonly proof: ProofRef };

/** Why a step ended without what it was for. Nothing has been sent by then. `noKey`: the secure device has none for it. */
export type StepEnded = { readonly kind: 'ended'; readonly reason: 'cancelled' | 'timedOut' | 'device' | 'noKey' };
