/**
 * What was wrong with bytes from outside, and where; never the value, which could be a card number.
 * `path` names the place from the outside in, as in `['55', '9F26']`.
 */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly path: readonly string[];
  readonly reason: string;

  constructor(path: readonly string[], reason: string) {
    super(`${path.join('.')}: ${reason}`);
    this.path = path;
    this.reason = reason;
  }
}

/** What was caught, if bytes from outside were to blame; any other error is ours and goes on. */
export function caughtProtocolError(error: unknown): ProtocolError {
  if (error instanceof ProtocolError) return error;
  throw error;
}
