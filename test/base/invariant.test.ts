import { describe, expect, it } from '@jest/globals';
import { byteAt } from '../../firmware/base/bytes.ts';
import { Fault, invariant, present } from '../../firmware/base/invariant.ts';
import { caughtProtocolError, ProtocolError } from '../../firmware/base/protocol-error.ts';

describe('our own bugs', () => {
  it('are faults that name the rule', () => {
    expect(() => invariant(false, 'one is two')).toThrow(new Fault('broken invariant: one is two'));
    expect(() => present(undefined, 'it is there')).toThrow(new Fault('broken invariant: it is there'));
    expect(() => byteAt(new Uint8Array(2), 2)).toThrow(Fault);
  });

  it('are not what is merely false, empty or zero', () => {
    expect([present(false, ''), present('', ''), present(null, ''), byteAt(new Uint8Array(1), 0)]).toEqual([
      false,
      '',
      null,
      0,
    ]);
  });

  it('never pass for bytes from outside that are wrong', () => {
    const wrongBytes = new ProtocolError(['55'], 'is missing');
    expect(caughtProtocolError(wrongBytes)).toBe(wrongBytes);
    const bug = new RangeError('a bug');
    expect(() => caughtProtocolError(bug)).toThrow(bug);
  });
});
