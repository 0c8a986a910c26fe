import { describe, expect, it } from '@jest/globals';
import { lacksKey } from '../../firmware/rules/key-loss.ts';

describe('lacksKey', () => {
  it.each([
    ['pinPad', 'security', true],
    ['keyStore', 'security', true],
    ['vault', 'security', false],
    ['pinPad', 'disconnected', false],
    ['keyStore', 'timeout', false],
  ] as const)('%s %s: %s', (device, kind, expected) => {
    expect(lacksKey({ device, kind })).toBe(expected);
  });
});
