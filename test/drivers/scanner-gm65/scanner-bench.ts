import { GM65_LINE_SETTINGS, Gm65Scanner } from '../../../drivers/scanner-gm65/driver.ts';
import { Gm65Emulator, type Gm65Knobs } from '../../../hal-mock/devices/scanner/emulator.ts';
import { SeededRandom } from '../../../hal-mock/random.ts';
import type { VirtualClock } from '../../../hal-mock/time.ts';
import type { WireEnd } from '../../../hal-mock/wire/wire-end.ts';
import { testVault } from '../pin-pad-kmy/pad-bench.ts';
import { type Bench, memoryBench } from '../serial/bench.ts';

/** The driver and the emulator on the two ends of a bench. */
export function scannerOn(bench: Bench, knobs: Partial<Gm65Knobs> = {}) {
  const vault = testVault();
  const emulator = new Gm65Emulator(bench.end, bench.clock, new SeededRandom(7), knobs);
  return { bench, vault, emulator, scanner: new Gm65Scanner(bench.line, bench.clock, vault) };
}

export async function virtualScanner(
  knobs: Partial<Gm65Knobs> = {},
  wrap?: (end: WireEnd, clock: VirtualClock) => WireEnd,
) {
  const bench = await memoryBench('scanner', GM65_LINE_SETTINGS, wrap);
  return { ...scannerOn(bench, knobs), clock: bench.clock, time: bench.time };
}
