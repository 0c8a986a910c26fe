import { MockPrinter } from '../../../hal-mock/devices/printer/mock.ts';
import { VirtualClock } from '../../../hal-mock/time.ts';
import { receiptPrinterContract } from '../../contract/receipt-printer.contract.ts';

receiptPrinterContract('mock at port level', () => {
  const clock = new VirtualClock();
  const printer = new MockPrinter(clock);
  return Promise.resolve({
    printer,
    controls: printer,
    evidence: 'confirmed' as const,
    run: <T>(promise: Promise<T>) => clock.resolve(promise),
    until: (condition: () => boolean) => clock.runUntil(condition),
    pass: (ms: number) => clock.advance(ms),
    close: () => Promise.resolve(),
  });
});
