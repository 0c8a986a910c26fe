import { SystemRandom } from '../../../drivers/linux/random.ts';
import { MemoryCardVault, STORAGE_KEY_BYTES } from '../../../drivers/linux/card-vault.ts';
import { KMY_LINE_SETTINGS, KmyPinPad, type KmyPinPadOptions } from '../../../drivers/pin-pad-kmy/driver.ts';
import type { CardVault } from '../../../firmware/hal/index.ts';
import { KmyEmulator, type KmyKnobs } from '../../../hal-mock/devices/pin-pad/emulator.ts';
import { SeededRandom } from '../../../hal-mock/random.ts';
import type { VirtualClock } from '../../../hal-mock/time.ts';
import type { WireEnd } from '../../../hal-mock/wire/wire-end.ts';
import { type Bench, memoryBench } from '../serial/bench.ts';

export function testVault(): CardVault {
  return new MemoryCardVault(new SystemRandom(), new Uint8Array(STORAGE_KEY_BYTES));
}

/** The driver and the emulator on the two ends of a bench. */
export function padOn(bench: Bench, knobs: Partial<KmyKnobs> = {}, options: Partial<KmyPinPadOptions> = {}) {
  const vault = testVault();
  const emulator = new KmyEmulator(bench.end, bench.clock, new SeededRandom(7), knobs);
  const warnings: string[] = [];
  const onWarning = (warning: string): void => void warnings.push(warning);
  const pad = new KmyPinPad(bench.line, bench.clock, vault, { random: new SystemRandom(), onWarning, ...options });
  return { bench, vault, emulator, pad, warnings };
}

export async function virtualPad(
  knobs: Partial<KmyKnobs> = {},
  options: Partial<KmyPinPadOptions> = {},
  wrap?: (end: WireEnd, clock: VirtualClock) => WireEnd,
) {
  const bench = await memoryBench('pinPad', KMY_LINE_SETTINGS, wrap);
  return { ...padOn(bench, knobs, options), clock: bench.clock, time: bench.time };
}
