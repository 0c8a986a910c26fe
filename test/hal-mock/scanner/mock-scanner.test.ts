import { MockScanner } from '../../../hal-mock/devices/scanner/mock.ts';
import { VirtualClock } from '../../../hal-mock/time.ts';
import { codeScannerContract } from '../../contract/code-scanner.contract.ts';
import { testVault } from '../../drivers/pin-pad-kmy/pad-bench.ts';
import { virtualTime } from '../../drivers/serial/bench.ts';

codeScannerContract('mock', () => {
  const clock = new VirtualClock();
  const vault = testVault();
  const mock = new MockScanner(clock, vault);
  return Promise.resolve({
    scanner: mock,
    vault,
    controls: mock,
    time: virtualTime(clock),
    close: () => Promise.resolve(),
  });
});
