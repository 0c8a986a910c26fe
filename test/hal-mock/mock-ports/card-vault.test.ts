import { MockCardVault } from '../../../hal-mock/card-vault.ts';
import { SeededRandom } from '../../../hal-mock/random.ts';
import { cardVaultContract } from '../../contract/card-vault.contract.ts';

cardVaultContract('mock', () => {
  const random = new SeededRandom(7);
  return {
    vault: new MockCardVault(random),
    reopen: () => new MockCardVault(random),
    foreign: () => new MockCardVault(random, 'another terminal'),
  };
});
