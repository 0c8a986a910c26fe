import type { CardData, VaultRef } from '../hal/index.ts';
import type { CardEntry } from '../protocol/cup/messages.ts';

/** What the customer pays with: references and masked forms only. */
export type Instrument =
  | { readonly kind: 'card'; readonly entry: CardEntry; readonly card: CardData }
  | { readonly kind: 'code'; readonly wallet: 'alipay'; readonly codeRef: VaultRef; readonly maskedCode: string };

/** Why a step ended without what it was for. Nothing has been sent by then. `noKey`: the secure device has none for it. */
export type StepEnded = { readonly kind: 'ended'; readonly reason: 'cancelled' | 'timedOut' | 'device' | 'noKey' };
