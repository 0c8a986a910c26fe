import { describe, expect, it } from '@jest/globals';
import type { Supervisors } from '../../firmware/hal/index.ts';

/** What every {@link Supervisors} owes. It is opened with 01 Lin, passcode 246810, and 27 Wu, passcode 135790. */
export function supervisorsContract(name: string, open: () => Promise<Supervisors>): void {
  describe(`Supervisors: ${name}`, () => {
    it.each([
      ['01', '246810', { number: '01', name: 'Lin' }],
      ['27', '135790', { number: '27', name: 'Wu' }],
      ['01', '135790', undefined],
      ['02', '246810', undefined],
      ['1', '246810', undefined],
      ['01', '24681', undefined],
      ['01', '2468100', undefined],
      ['', '', undefined],
    ])('%s with %s', async (number, passcode, expected) => {
      const supervisors = await open();
      expect(await supervisors.authenticate(number, passcode)).toEqual(expected);
    });
  });
}
