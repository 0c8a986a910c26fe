import { describe, expect, it } from '@jest/globals';
import { DEFAULT_OFFLINE, mayGoOffline, type OfflineInput } from '../../firmware/rules/offline.ts';

const NOW_MS = 1_795_000_000_000;
const HOUR_MS = 3_600_000;
const settings = { enabled: true, saleMaxFen: 25_000, totalMaxFen: 60_000, countMax: 3, ageMaxMs: 24 * HOUR_MS };
const nothing = { count: 0, totalFen: 0, oldestWallMs: undefined };

function may(more: Partial<OfflineInput>): boolean {
  const usual = { settings, interface: 'chip', hasPin: false, amountFen: 10_000, stored: nothing } as const;
  return mayGoOffline({ ...usual, wallMs: NOW_MS, ...more });
}

describe('mayGoOffline', () => {
  it('is off unless the shop asks for it', () => {
    expect(DEFAULT_OFFLINE.enabled).toBe(false);
    expect(may({ settings: DEFAULT_OFFLINE })).toBe(false);
    expect(may({})).toBe(true);
  });

  it.each([
    ['a tap gives no certificate', { interface: 'tap' }],
    ['nor does a stripe', { interface: 'swipe' }],
    ['a PIN is for the issuer to check', { hasPin: true }],
    ['over the limit of one sale', { amountFen: 25_001 }],
    ['over the limit of all', { stored: { count: 2, totalFen: 50_001, oldestWallMs: NOW_MS } }],
    ['too many wait', { stored: { count: 3, totalFen: 3, oldestWallMs: NOW_MS } }],
    ['one waits for too long', { stored: { count: 1, totalFen: 1, oldestWallMs: NOW_MS - 24 * HOUR_MS - 1 } }],
    ['the clock went backwards', { stored: { count: 1, totalFen: 1, oldestWallMs: NOW_MS + 1 } }],
  ] as const)('not when %s', (_, more) => {
    expect(may(more)).toBe(false);
  });

  it('up to every limit', () => {
    const stored = { count: 2, totalFen: 35_000, oldestWallMs: NOW_MS - 24 * HOUR_MS };
    expect(may({ amountFen: 25_000, stored })).toBe(true);
  });
});
