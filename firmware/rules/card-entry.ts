import { match, P } from 'ts-pattern';
import type { CardData, CardReading } from '../hal/card-reader.ts';

/** Failed chip readings after which a chip card may be swiped (降级). */
export const CHIP_FAILURES_BEFORE_FALLBACK = 1;

/** What went wrong with a card, for the screen. */
export type CardProblem =
  | 'badSwipe'
  | 'removed'
  | 'collision'
  | 'chipMute'
  | 'tapFailed'
  | 'blocked'
  | 'expired'
  | 'unsupported'
  | 'refusedOffline'
  | 'fallbackForbidden'
  | 'pinNotPossible';

export interface EntryPolicy {
  readonly fallbackAllowed: boolean;
  /** Chip readings of this sale that failed before this reading. */
  readonly chipFailures: number;
}

/** How card entry goes on. */
export type EntryStep =
  | { readonly do: 'accept'; readonly card: CardData; readonly fallback: boolean }
  | { readonly do: 'insertInstead'; readonly reason: 'chipCard' | 'tapFailed' }
  /** Swipe may be tried; `chipFailures` goes into the policy of the next reading. */
  | { readonly do: 'swipeAllowed'; readonly chipFailures: number }
  | { readonly do: 'tryAgain'; readonly reason: CardProblem; readonly chipFailures: number }
  | { readonly do: 'refuse'; readonly reason: CardProblem }
  | { readonly do: 'stop'; readonly why: 'timedOut' | 'cancelled' };

/**
 * Decides what a reading means. Only a mute chip opens the way to a swipe: a blocked, expired or refusing chip must not
 * be got round by its stripe.
 */
export function afterReading(reading: CardReading, policy: EntryPolicy): EntryStep {
  if (reading.kind === 'read') return afterRead(reading.card, policy);
  if (reading.kind === 'unreadable') return afterUnreadable(reading, policy);
  return { do: 'stop', why: reading.kind };
}

function afterUnreadable(reading: Extract<CardReading, { kind: 'unreadable' }>, policy: EntryPolicy): EntryStep {
  const { chipFailures } = policy;
  return match([reading.reason, reading.interface] as const)
    .returnType<EntryStep>()
    .with(['chipMute', 'chip'], () => afterMuteChip(policy))
    .with(['chipMute', P._], () => ({ do: 'tryAgain', reason: 'tapFailed', chipFailures }))
    .with([P.union('badSwipe', 'removed', 'collision'), P._], ([reason]) => ({ do: 'tryAgain', reason, chipFailures }))
    .with(['useChip', 'swipe'], () => ({ do: 'insertInstead', reason: 'chipCard' }))
    .with([P.union('useChip', 'overLimit', 'unsupported'), 'tap'], () => ({ do: 'insertInstead', reason: 'tapFailed' }))
    .with([P.union('blocked', 'expired', 'unsupported'), P._], ([reason]) => ({ do: 'refuse', reason }))
    .with([P.union('useChip', 'overLimit'), P._], () => ({ do: 'refuse', reason: 'unsupported' }))
    .exhaustive();
}

function afterRead(card: CardData, { fallbackAllowed, chipFailures }: EntryPolicy): EntryStep {
  if (card.chip?.cryptogramType === 'aac') return { do: 'refuse', reason: 'refusedOffline' };
  if (card.interface !== 'swipe' || !serviceCodeSaysChip(card.serviceCode))
    return { do: 'accept', card, fallback: false };
  if (chipFailures < CHIP_FAILURES_BEFORE_FALLBACK) return { do: 'insertInstead', reason: 'chipCard' };
  return fallbackAllowed ? { do: 'accept', card, fallback: true } : { do: 'refuse', reason: 'fallbackForbidden' };
}

function afterMuteChip({ fallbackAllowed, chipFailures }: EntryPolicy): EntryStep {
  const failures = chipFailures + 1;
  if (fallbackAllowed && failures >= CHIP_FAILURES_BEFORE_FALLBACK)
    return { do: 'swipeAllowed', chipFailures: failures };
  return { do: 'tryAgain', reason: 'chipMute', chipFailures: failures };
}

/** ISO 7813: a service code that begins with 2 or 6 says that the card has a chip. */
function serviceCodeSaysChip(serviceCode: string | undefined): boolean {
  return serviceCode !== undefined && /^[26]/.test(serviceCode);
}
