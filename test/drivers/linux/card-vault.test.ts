import { describe, expect, it } from '@jest/globals';
import { MemoryCardVault } from '../../../drivers/linux/card-vault.ts';
import { SystemRandom } from '../../../drivers/linux/random.ts';
import { cardVaultContract } from '../../contract/card-vault.contract.ts';

const random = new SystemRandom();

cardVaultContract('in memory', () => {
  const key = random.bytes(32);
  return {
    vault: new MemoryCardVault(random, key),
    reopen: () => new MemoryCardVault(random, key),
    foreign: () => new MemoryCardVault(random, random.bytes(32)),
  };
});

describe('MemoryCardVault', () => {
  it.each([0, 16, 31, 33])('refuses a storage key of %i bytes', (length) => {
    expect(() => new MemoryCardVault(random, new Uint8Array(length))).toThrow('storage key length');
  });

  it('reveals into memory that is not shared with other buffers', () => {
    const vault = new MemoryCardVault(random, random.bytes(32));
    const revealed = vault.reveal(vault.seal('pinBlock', new Uint8Array(8)));
    expect(revealed.buffer.byteLength).toBe(8);
  });
});
