import { MockSupervisors } from '../../../hal-mock/supervisors.ts';
import { supervisorsContract } from '../../contract/supervisors.contract.ts';

supervisorsContract('mock', async () => {
  const lin = { number: '01', name: 'Lin', passcode: '246810' };
  return new MockSupervisors([lin, { number: '27', name: 'Wu', passcode: '135790' }]);
});
