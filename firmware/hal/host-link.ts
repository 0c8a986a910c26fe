/** What happened to bytes handed to a host. There is no fourth case: treat `unknown` as "may have been executed". */
export type Exchange =
  | { readonly kind: 'replied'; readonly reply: Uint8Array }
  | { readonly kind: 'notSent'; readonly reason: 'refused' | 'unreachable' | 'closed' }
  | { readonly kind: 'unknown'; readonly reason: 'deadline' | 'disconnected' };

/** A connection to one host. Implementations own framing, TLS and reconnecting; callers own retries. */
export interface HostLink {
  /**
   * Sends one message and waits for its reply. One exchange at a time: a second call waits for the first.
   *
   * - Never rejects for network trouble: that is an {@link Exchange}.
   * - `notSent` promises that not one byte reached the socket.
   * - A reply that arrives after the deadline, or that nobody asked for, goes to {@link onLateReply}, exactly once.
   *
   * @param message one whole message without the transport's own framing (length header, HTTP)
   * @param deadlineMs monotonic milliseconds from the call, > 0
   */
  exchange(message: Uint8Array, deadlineMs: number): Promise<Exchange>;
  onLateReply(listener: (reply: Uint8Array) => void): void;
}
