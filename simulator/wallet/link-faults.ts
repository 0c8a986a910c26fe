/** What a script can do to one exchange with a wallet's host, below the host itself. */
export type WalletLinkFault =
  | { readonly kind: 'notSent'; readonly reason: 'refused' | 'unreachable' | 'closed' }
  /** The connection breaks; `delivered` says whether the request still arrived. */
  | { readonly kind: 'disconnected'; readonly delivered: boolean }
  /** The answer takes so much longer; beyond the deadline it comes late. */
  | { readonly kind: 'delayReply'; readonly byMs: number }
  | NoticeFault;

/**
 * What comes that nobody asked for. A real wallet reports payments to an address of the merchant's, which a terminal does
 * not have: all that can reach it is a reply too many, and each of these is one.
 */
export type NoticeFault =
  /** The reply comes once more. */
  | { readonly kind: 'duplicateNotice' }
  /** The reply comes once more so much later, when the terminal may be waiting for another. */
  | { readonly kind: 'lateNotice'; readonly byMs: number }
  /** Before the reply comes once more that to the request before, which was about another order or another state. */
  | { readonly kind: 'staleNotice' }
  /** The reply comes once more with a text that its signature does not hold for. */
  | { readonly kind: 'forgedNotice' };
