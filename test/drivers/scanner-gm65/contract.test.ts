import { expect } from '@jest/globals';
import { GM65_LINE_SETTINGS } from '../../../drivers/scanner-gm65/driver.ts';
import type { Gm65Knobs } from '../../../hal-mock/devices/scanner/emulator.ts';
import { ptyAvailable } from '../../../hal-mock/wire/pty-wire.ts';
import { codeScannerContract, type ScannerUnderTest } from '../../contract/code-scanner.contract.ts';
import { type Bench, memoryBench, ptyBench } from '../serial/bench.ts';
import { scannerOn } from './scanner-bench.ts';

function underTest(bench: Bench, knobs: Partial<Gm65Knobs>): ScannerUnderTest {
  const { scanner, vault, emulator } = scannerOn(bench, knobs);
  const close = async (): Promise<void> => {
    expect(emulator.misuse).toEqual([]);
    await bench.close();
  };
  return { scanner, vault, controls: emulator, time: bench.time, close };
}

const inMemory = async (knobs: Partial<Gm65Knobs>): Promise<ScannerUnderTest> =>
  underTest(await memoryBench('scanner', GM65_LINE_SETTINGS), knobs);

codeScannerContract('GM65 driver and emulator in memory', () => inMemory({}));
codeScannerContract('the same with an EM flavoured scanner that has no tail', () =>
  inMemory({ flavour: 'answers', hasNoTail: true, encoding: 'gbk' }),
);
codeScannerContract('the same with every text sent twice', () => inMemory({ duplicateAfterMs: 30 }));
if (ptyAvailable()) {
  codeScannerContract('GM65 driver and emulator over a pty', async () =>
    underTest(await ptyBench('scanner', GM65_LINE_SETTINGS), { answerMs: [0, 2], decodeMs: [2, 10] }),
  );
}
