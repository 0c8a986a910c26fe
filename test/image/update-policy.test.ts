import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  type DeviceState,
  judgeUpdate,
  raisedFloor,
  RESERVED_BYTES,
  UPDATE_REASONS,
  type UpdateOffer,
} from '../../image/update-policy.ts';
import { compareVersions, parseVersion, type Version } from '../../image/version.ts';
import { compatibleOf } from '../../image/targets.ts';

function version(text: string): Version {
  const parsed = parseVersion(text);
  if (parsed === undefined) throw new Error(`${text} is no version`);
  return parsed;
}

describe('versions', () => {
  // SemVer 2.0.0, section 11, and what lies between.
  const ASCENDING =
    '0.0.1 0.1.0-rc.1 0.1.0 0.9.9 0.10.0 1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 1.0.1 1.2.0 2.0.0 10.0.0'.split(
      ' ',
    );

  it('are in the order of SemVer', () => {
    for (const [at, older] of ASCENDING.entries()) {
      for (const [other, newer] of ASCENDING.entries()) {
        expect([older, newer, Math.sign(compareVersions(version(older), version(newer)))]).toEqual([
          older,
          newer,
          Math.sign(at - other),
        ]);
      }
    }
  });

  it('do not differ by build metadata', () => {
    expect(compareVersions(version('1.2.3+2026-11-27.abc'), version('1.2.3'))).toBe(0);
  });

  it.each([
    '',
    '1',
    '1.2',
    '1.2.3.4',
    'v1.2.3',
    '01.2.3',
    '1.2.3-',
    '1.2.3-01',
    '1.2.3-a..b',
    ' 1.2.3',
    '1.2.x',
    '1.2.9999999999',
  ])('are not %j', (text) => expect(parseVersion(text)).toBeUndefined());

  it('compare the same whichever comes first', () => {
    const anyVersion = fc
      .tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.array(fc.constantFrom('a', 'b-c', '1', '2', '10'), { maxLength: 3 }))
      .map(([a, b, c, identifiers]) => `${a}.${b}.${c}${identifiers.length > 0 ? `-${identifiers.join('.')}` : ''}`);
    fc.assert(
      fc.property(anyVersion, anyVersion, (a, b) => {
        const [there, back] = [compareVersions(version(a), version(b)), compareVersions(version(b), version(a))];
        expect(Math.sign(there)).toBe(0 - Math.sign(back));
        expect(there === 0).toBe(a === b);
      }),
    );
  });
});

const OFFER: UpdateOffer = { version: '1.1.0', compatible: compatibleOf('linux-x64', 'release'), bytes: 37_000_000 };
const DEVICE: DeviceState = {
  version: '1.0.0',
  floor: '0.9.0',
  compatible: compatibleOf('linux-x64', 'release'),
  freeBytes: 200_000_000,
  busy: [],
};

describe('an update', () => {
  it('is taken when it is newer, for this board, and nothing goes on', () => {
    expect(judgeUpdate(OFFER, DEVICE)).toEqual({ kind: 'accept' });
  });

  it.each<[string, Partial<UpdateOffer>, Partial<DeviceState>, readonly string[]]>([
    ['the same version', { version: '1.0.0' }, {}, ['notNewer']],
    ['an older version', { version: '0.9.5' }, {}, ['notNewer']],
    ['a test version of what runs', { version: '1.0.0-rc.9' }, {}, ['notNewer']],
    ['one below the floor, after a rollback', { version: '1.1.0' }, { floor: '1.2.0' }, ['belowFloor']],
    ['one that is older and below the floor', { version: '0.8.0' }, {}, ['notNewer', 'belowFloor']],
    ['no version', { version: 'latest' }, {}, ['malformed']],
    ['another board', { compatible: compatibleOf('linux-arm64', 'release') }, {}, ['wrongBoard']],
    ['a board whose name goes on', { compatible: compatibleOf('linux-x64-b', 'release') }, {}, ['wrongBoard']],
    ['the debug variant', { compatible: compatibleOf('linux-x64', 'debug') }, {}, ['wrongVariant']],
    ['an expired one', { expiresAt: 1000 }, { trustedNow: 1000 }, ['expired']],
    ['another board while busy', { compatible: 'x' }, { busy: ['sale'] }, ['wrongBoard']],
  ])('is refused: %s', (_what, offer, device, reasons) => {
    expect(judgeUpdate({ ...OFFER, ...offer }, { ...DEVICE, ...device })).toEqual({ kind: 'refuse', reasons });
  });

  it('does not expire as long as nothing vouches for the clock', () => {
    expect(judgeUpdate({ ...OFFER, expiresAt: 1 }, DEVICE).kind).toBe('accept');
    expect(judgeUpdate({ ...OFFER, expiresAt: 1000 }, { ...DEVICE, trustedNow: 999 }).kind).toBe('accept');
  });

  it('waits for whatever the terminal does, and for room beside the journal', () => {
    expect(judgeUpdate(OFFER, { ...DEVICE, busy: ['sale', 'openReversal'] })).toEqual({
      kind: 'wait',
      reasons: ['sale', 'openReversal'],
    });
    const enough = OFFER.bytes + RESERVED_BYTES;
    expect(judgeUpdate(OFFER, { ...DEVICE, freeBytes: enough }).kind).toBe('accept');
    expect(judgeUpdate(OFFER, { ...DEVICE, freeBytes: enough - 1 })).toEqual({ kind: 'wait', reasons: ['noSpace'] });
  });

  it('has its reasons in both languages', () => {
    for (const { zh, en } of Object.values(UPDATE_REASONS)) {
      expect(zh).toMatch(/\p{Script=Han}/u);
      expect(en).toMatch(/^[A-Z][a-z ]+$/i);
    }
  });
});

describe('the floor', () => {
  it.each([
    ['0.0.0', '1.0.0', '1.0.0'],
    ['2.0.0', '1.0.0', '2.0.0'],
    ['1.0.0', '1.0.0', '1.0.0'],
    ['1.0.0', 'nonsense', '1.0.0'],
    ['nonsense', '1.0.0', '1.0.0'],
  ])('%s only rises: with %s it is %s', (floor, proposed, result) => {
    expect(raisedFloor(floor, proposed)).toBe(result);
  });
});
