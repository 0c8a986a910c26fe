import { expect } from '@jest/globals';
import { ProtocolError } from '../../../firmware/base/protocol-error.ts';

/**
 * Runs something on input from outside: it may give a result or a `ProtocolError`, whose text must hold no run of digits
 * long enough to be a card number. Gives the error back.
 */
export function expectOrderlyRefusal(run: () => unknown): ProtocolError | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    expect(error.message).not.toMatch(/\d{12}/);
    return error;
  }
}

/** The same, where a result would be wrong. */
export function expectRefusal(run: () => unknown): ProtocolError {
  const error = expectOrderlyRefusal(run);
  if (error === undefined) throw new Error('was accepted');
  return error;
}
