/** Our own bug: never an expected outcome, never a device's or a host's fault. Ends in journal, safe screen, restart. */
export class Fault extends Error {
  override readonly name = 'Fault';
}

/** States what must hold. The message names the rule and carries no data. */
export function invariant(condition: boolean, rule: string): asserts condition {
  if (!condition) throw new Fault(`broken invariant: ${rule}`);
}

/** The value, which must be there; the rule says why it is. */
export function present<T>(value: T | undefined, rule: string): T {
  invariant(value !== undefined, rule);
  return value;
}
