import { expect } from '@jest/globals';
import { KMY_LINE_SETTINGS } from '../../../drivers/pin-pad-kmy/driver.ts';
import { ptyAvailable } from '../../../hal-mock/wire/pty-wire.ts';
import { keyStoreContract } from '../../contract/key-store.contract.ts';
import { pinPadContract, type PinPadUnderTest } from '../../contract/pin-pad.contract.ts';
import { type Bench, memoryBench, ptyBench } from '../serial/bench.ts';
import { padOn } from './pad-bench.ts';

function underTest(bench: Bench, set: ReturnType<typeof padOn>): PinPadUnderTest {
  const { pad, vault, emulator } = set;
  const close = async (): Promise<void> => {
    expect(emulator.misuse).toEqual([]);
    await bench.close();
  };
  return { pinPad: pad, keyStore: pad, vault, controls: emulator, time: bench.time, close };
}

async function openInMemory(): Promise<PinPadUnderTest> {
  const bench = await memoryBench('pinPad', KMY_LINE_SETTINGS);
  return underTest(bench, padOn(bench));
}

/** The customer is quick here, because the machine's own time passes. */
async function openOnPty(): Promise<PinPadUnderTest> {
  const bench = await ptyBench('pinPad', KMY_LINE_SETTINGS);
  return underTest(bench, padOn(bench, { keyPaceMs: [2, 5], answerMs: [0, 2] }));
}

pinPadContract('KMY driver and emulator in memory', openInMemory);
keyStoreContract('KMY driver and emulator in memory', openInMemory);
if (ptyAvailable()) {
  pinPadContract('KMY driver and emulator over a pty', openOnPty);
  keyStoreContract('KMY driver and emulator over a pty', openOnPty);
}
