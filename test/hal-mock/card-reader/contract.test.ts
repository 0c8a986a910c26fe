import { MemoryCardVault } from '../../../drivers/linux/card-vault.ts';
import { MockCardReader } from '../../../hal-mock/devices/card-reader/mock.ts';
import { SeededRandom } from '../../../hal-mock/random.ts';
import { VirtualClock } from '../../../hal-mock/time.ts';
import { cardReaderContract } from '../../contract/card-reader.contract.ts';

cardReaderContract('mock at port level', async () => {
  const clock = new VirtualClock();
  const random = new SeededRandom(7);
  const vault = new MemoryCardVault(random, random.bytes(32));
  const reader = new MockCardReader(clock, random, vault);
  return {
    reader,
    controls: reader,
    vault,
    clock,
    until: (promise) => clock.resolve(promise),
    untilTrue: (condition) => clock.runUntil(condition),
    pass: (ms) => clock.advance(ms),
    untilUsable: async () => undefined,
    close: async () => undefined,
  };
});
