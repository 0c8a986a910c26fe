/**
 * Causes that the terminal itself finds, named like those of wallets, so that one table of reasons has a text and a next
 * step for each.
 */
export const TERMINAL_REASONS = {
  /** The merchant has no contract for this, or the host no such service. */
  notServed: 'FENQI.NOT_SERVED',
  /** No plan is offered for this amount. */
  noPlans: 'FENQI.NO_PLANS',
  /** A list of plans whose numbers do not add up. */
  plansInconsistent: 'FENQI.PLANS_INCONSISTENT',
  creditLimit: 'FENQI.CREDIT_LIMIT',
  cardNotEligible: 'FENQI.CARD_NOT_ELIGIBLE',
  allRefused: 'FENQI.ALL_PLANS_REFUSED',
  faceRefused: 'FENQI.FACE_REFUSED',
  faceExpired: 'FENQI.FACE_EXPIRED',
  /** What the host booked or offered is not what the customer agreed to; the order was taken back. */
  numbersDiffer: 'FENQI.NUMBERS_DIFFER',
  /** Nobody was reached, and nothing was charged. */
  notReached: 'FENQI.NOT_REACHED',
} as const;

export type TerminalReason = (typeof TERMINAL_REASONS)[keyof typeof TERMINAL_REASONS];
