import { describe, expect, it } from '@jest/globals';
import { bytesOfLatin1, latin1Of } from '../../firmware/base/bytes.ts';
import { HalError, type CardVault, type SecretKind } from '../../firmware/hal/index.ts';

/** What `CardVault` promises. `reopen` gives a second vault of the same terminal, as after a restart. */
export interface VaultUnderTest {
  readonly vault: CardVault;
  readonly reopen: () => CardVault;
  /** A vault of another terminal. */
  readonly foreign: () => CardVault;
}

const PAN = '6228480402564890018';
const PAY_CODE = '286544332109876543';
const SENSITIVE: readonly SecretKind[] = ['track2', 'track3', 'chipData', 'pinBlock'];

function failureOf(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

function expectSecurity(action: () => unknown): void {
  const error = failureOf(action);
  expect(error).toBeInstanceOf(HalError);
  expect(error).toMatchObject({ kind: 'security', device: 'vault' });
  expect(String(error)).not.toMatch(/\d{6}/);
}

function memoryCases(open: () => VaultUnderTest): void {
  it('gives back what was sealed, as a copy of its own', () => {
    const { vault } = open();
    const mine = bytesOfLatin1(PAN);
    const ref = vault.seal('pan', mine);
    mine.fill(0);
    expect(latin1Of(vault.reveal(ref))).toBe(PAN);
    vault.reveal(ref).fill(0);
    expect(latin1Of(vault.reveal(ref))).toBe(PAN);
  });

  it('puts nothing of the secret into the reference', () => {
    const { vault } = open();
    const first = vault.seal('pan', bytesOfLatin1(PAN));
    const second = vault.seal('pan', bytesOfLatin1(PAN));
    expect(first.vaultRef).not.toBe(second.vaultRef);
    expect(JSON.stringify(first)).not.toContain(PAN.slice(0, 6));
    expect(Object.keys(first).toSorted()).toEqual(['kind', 'vaultRef']);
  });

  it('describes a card number by six and four digits and everything else by stars', () => {
    const { vault } = open();
    expect(vault.describe(vault.seal('pan', bytesOfLatin1(PAN)))).toBe('622848*********0018');
    expect(vault.describe(vault.seal('payCode', bytesOfLatin1(PAY_CODE)))).toMatch(/^\*+$/);
    for (const kind of SENSITIVE) {
      expect(vault.describe(vault.seal(kind, bytesOfLatin1(`${PAN}D2812`)))).toMatch(/^\*+$/);
    }
  });

  it('forgets one secret, overwrites what it handed out of it, and keeps the others', () => {
    const { vault } = open();
    const pan = vault.seal('pan', bytesOfLatin1(PAN));
    const track = vault.seal('track2', bytesOfLatin1(`${PAN}D2812`));
    const revealed = vault.reveal(pan);
    vault.wipe(pan);
    vault.wipe(pan);
    expect([...revealed].every((byte) => byte === 0)).toBe(true);
    expectSecurity(() => vault.reveal(pan));
    expectSecurity(() => vault.toStored(pan));
    expectSecurity(() => vault.describe(pan));
    expect(latin1Of(vault.reveal(track))).toBe(`${PAN}D2812`);
    expect(vault.count()).toBe(1);
  });

  it('forgets everything at once and never reuses a reference', () => {
    const { vault } = open();
    const refs = (['pan', 'track2', 'pinBlock'] as const).map((kind) => vault.seal(kind, new Uint8Array([1, 2, 3])));
    expect(vault.count()).toBe(3);
    vault.wipe();
    vault.wipe();
    expect(vault.count()).toBe(0);
    vault.seal('pan', bytesOfLatin1(PAN));
    for (const ref of refs) expectSecurity(() => vault.reveal(ref));
  });

  it('does not give a secret for a reference that claims another kind', () => {
    const { vault } = open();
    const { vaultRef } = vault.seal('track2', bytesOfLatin1(`${PAN}D2812`));
    expectSecurity(() => vault.toStored({ vaultRef, kind: 'pan' }));
    vault.wipe({ vaultRef, kind: 'pan' });
    expect(vault.count()).toBe(1);
  });
}

function storedCases(open: () => VaultUnderTest): void {
  it.each([
    ['pan', PAN],
    ['payCode', PAY_CODE],
  ] as const)('stores a %s so that this terminal reads it after a restart', (kind, value) => {
    const { vault, reopen } = open();
    const stored = vault.toStored(vault.seal(kind, bytesOfLatin1(value)));
    expect(stored).not.toContain(value);
    expect(stored).toMatch(/^[\x21-\x7e]+$/);
    const restarted = reopen();
    const ref = restarted.fromStored(stored);
    expect(ref.kind).toBe(kind);
    expect(latin1Of(restarted.reveal(ref))).toBe(value);
  });

  it('seals one value differently each time, so that equal cards do not show', () => {
    const { vault } = open();
    const ref = vault.seal('pan', bytesOfLatin1(PAN));
    expect(vault.toStored(ref)).not.toBe(vault.toStored(ref));
  });

  it.each(SENSITIVE)('never stores %s', (kind) => {
    const { vault } = open();
    expectSecurity(() => vault.toStored(vault.seal(kind, bytesOfLatin1(PAN))));
  });

  it('refuses a text with any one character changed, cut or added', () => {
    const { vault } = open();
    const stored = vault.toStored(vault.seal('pan', bytesOfLatin1(PAN)));
    vault.wipe();
    for (let at = 0; at < stored.length; at++) {
      const changed = stored[at] === 'A' ? 'B' : 'A';
      expectSecurity(() => vault.fromStored(stored.slice(0, at) + changed + stored.slice(at + 1)));
      expectSecurity(() => vault.fromStored(stored.slice(0, at)));
      expectSecurity(() => vault.fromStored(`${stored.slice(0, at)}A${stored.slice(at)}`));
    }
    expect(vault.count()).toBe(0);
  });

  it('refuses a text that was sealed as another kind or by another terminal', () => {
    const { vault, foreign } = open();
    const stored = vault.toStored(vault.seal('payCode', bytesOfLatin1(PAY_CODE)));
    expectSecurity(() => vault.fromStored(stored.replace('payCode', 'pan')));
    expectSecurity(() => foreign().fromStored(stored));
  });
}

/** Every sentence of the port, over one implementation. */
export function cardVaultContract(name: string, open: () => VaultUnderTest): void {
  describe(`CardVault: ${name}`, () => {
    memoryCases(open);
    storedCases(open);
  });
}
