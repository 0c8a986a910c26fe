import { describe, expect, it } from '@jest/globals';
import { ScryptSupervisors, sealSupervisor } from '../../../drivers/linux/supervisors.ts';
import { SeededRandom } from '../../../hal-mock/random.ts';
import { supervisorsContract } from '../../contract/supervisors.contract.ts';

const random = new SeededRandom(3);
const LIN = { number: '01', name: 'Lin' };

supervisorsContract('sealed in a configuration', async () => {
  const wu = await sealSupervisor({ number: '27', name: 'Wu' }, '135790', random);
  return new ScryptSupervisors([await sealSupervisor(LIN, '246810', random), wu]);
});

describe('a sealed supervisor', () => {
  it('says nothing of the passcode, and never the same twice', async () => {
    const [one, other] = [await sealSupervisor(LIN, '246810', random), await sealSupervisor(LIN, '246810', random)];
    expect(JSON.stringify(one)).not.toContain('246810');
    expect(one.digest).not.toBe(other.digest);
    expect([one.salt.length, one.digest.length]).toEqual([32, 64]);
  });

  it('lets nobody in when there is none', async () => {
    expect(await new ScryptSupervisors([]).authenticate('01', '246810')).toBeUndefined();
  });
});
