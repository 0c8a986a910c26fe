import { match } from 'ts-pattern';
import type { ChipCompletion } from '../hal/card-reader.ts';
import type { ResponseAction } from './response-codes.ts';

/** What the authorisation step knows once the link has spoken: the reply already checked for MAC, STAN, terminal and amount. */
export type CheckedExchange =
  | { readonly kind: 'notSent' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'untrusted'; readonly why: 'mac' | 'mismatch' | 'terms' }
  | { readonly kind: 'answered'; readonly action: ResponseAction };

/** Field 39 of a reversal: 98 no answer, A0 MAC of the reply wrong, 96 device fault after approval, 06 anything else. */
export type ReversalReason = '98' | 'A0' | '96' | '06';

/** What should come after a declined sale; the sale itself is over in every case. */
export type AfterDecline =
  | 'nothing'
  /** The same sale may be begun again at once. */
  | 'retry'
  | 'retryLater'
  /** The terminal signs on before the next sale. */
  | 'signOn'
  | 'useChip'
  | 'callIssuer'
  | 'callAcquirer'
  | 'keepCard'
  /** The customer switches the credit on in the wallet. */
  | 'activate'
  | 'otherPlan'
  | 'otherMethod'
  /** Whoever runs the shop may have an offer. */
  | 'callShop';

export type NextStep =
  | { readonly do: 'complete' }
  | { readonly do: 'stop'; readonly outcome: 'declined'; readonly next: AfterDecline }
  | { readonly do: 'stop'; readonly outcome: 'notSent' }
  | { readonly do: 'enterPin' }
  /** `signOn` says that working keys or batch are in doubt: sign on before the reversal is sent. */
  | { readonly do: 'reverse'; readonly reason: ReversalReason; readonly signOn: boolean };

/**
 * Decides how an authorisation goes on. Whatever may have been executed and is not known to be refused is reversed.
 * An approval that this terminal does not take (part of the amount, a code outside the settings) is reversed too.
 */
export function afterExchange(exchange: CheckedExchange): NextStep {
  return match(exchange)
    .returnType<NextStep>()
    .with({ kind: 'notSent' }, () => ({ do: 'stop', outcome: 'notSent' }))
    .with({ kind: 'unknown' }, () => ({ do: 'reverse', reason: '98', signOn: false }))
    .with({ kind: 'untrusted', why: 'mac' }, () => ({ do: 'reverse', reason: 'A0', signOn: true }))
    .with({ kind: 'untrusted', why: 'mismatch' }, { kind: 'untrusted', why: 'terms' }, () => ({
      do: 'reverse',
      reason: '06',
      signOn: false,
    }))
    .with({ kind: 'answered' }, ({ action }) => afterAnswer(action))
    .exhaustive();
}

function afterAnswer(action: ResponseAction): NextStep {
  return match(action)
    .returnType<NextStep>()
    .with('approve', () => ({ do: 'complete' }))
    .with('askPinAgain', () => ({ do: 'enterPin' }))
    .with('reverseAndSignOn', () => ({ do: 'reverse', reason: 'A0', signOn: true }))
    .with('approvePartial', 'approveUnaccepted', () => ({ do: 'reverse', reason: '06', signOn: false }))
    .otherwise((declined) => ({ do: 'stop', outcome: 'declined', next: afterDecline(declined) }));
}

/** The hint that goes with a declining action; `nothing` for every other. */
export function afterDecline(action: ResponseAction): AfterDecline {
  return match(action)
    .returnType<AfterDecline>()
    .with('retry', 'retryLater', 'useChip', 'callIssuer', 'callAcquirer', (same) => same)
    .with('signOnAgain', 'reverseAndSignOn', () => 'signOn')
    .with('captureCard', () => 'keepCard')
    .with('approve', 'approvePartial', 'approveUnaccepted', 'decline', 'askPinAgain', () => 'nothing')
    .exhaustive();
}

/**
 * Decides after an approval whether the chip lets it stand. `failed` is a reader that broke down (`HalError`).
 * A card that refuses, or was pulled before its second cryptogram, has not agreed: the sale is reversed.
 */
export function afterChipCompletion(completion: ChipCompletion['kind'] | 'failed'): NextStep {
  return match(completion)
    .returnType<NextStep>()
    .with('accepted', () => ({ do: 'complete' }))
    .with('refused', 'removed', () => ({ do: 'reverse', reason: '06', signOn: false }))
    .with('failed', () => ({ do: 'reverse', reason: '96', signOn: false }))
    .exhaustive();
}
