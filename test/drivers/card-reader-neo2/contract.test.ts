import { autoDetect } from '@serialport/bindings-cpp';
import { Neo2CardReader, NEO2_LINE } from '../../../drivers/card-reader-neo2/driver.ts';
import { MemoryCardVault } from '../../../drivers/linux/card-vault.ts';
import { portIdentity } from '../../../drivers/linux/port-identity.ts';
import { SystemClock } from '../../../drivers/linux/clock.ts';
import { openSerialLine } from '../../../drivers/serial/serial-port-line.ts';
import { type Clock, sleep } from '../../../firmware/hal/index.ts';
import { Neo2Emulator } from '../../../hal-mock/devices/card-reader/emulator.ts';
import { SeededRandom } from '../../../hal-mock/random.ts';
import { openPtyWire, ptyAvailable } from '../../../hal-mock/wire/pty-wire.ts';
import { type CardReaderUnderTest, cardReaderContract } from '../../contract/card-reader.contract.ts';
import { openBench } from './bench.ts';

async function openInMemory(): Promise<CardReaderUnderTest> {
  const { clock, emulator, reader, line, vault, run } = await openBench();
  return {
    reader,
    controls: emulator,
    vault,
    clock,
    until: run,
    untilTrue: (condition) => clock.runUntil(condition),
    pass: (ms) => clock.advance(ms),
    untilUsable: () => clock.runUntil(() => line.connected),
    close: () => run(line.close()),
  };
}

cardReaderContract('NEO 2 driver and emulator, in memory', openInMemory);

async function untilTrue(clock: Clock, condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(clock, 5);
}

/** How much faster than a real reader it all lives; the gap that ends a frame must still outlast a busy machine. */
const FASTER = 5;

function hurried(clock: Clock): Clock {
  return {
    wallMs: () => clock.wallMs(),
    monotonicMs: () => clock.monotonicMs() * FASTER,
    setTimeout: (callback, delayMs) => clock.setTimeout(callback, delayMs / FASTER),
    clearTimeout: (timer) => clock.clearTimeout(timer),
  };
}

async function openOverPty(): Promise<CardReaderUnderTest> {
  const systemClock = new SystemClock();
  const clock = hurried(systemClock);
  const random = new SeededRandom(3);
  const wire = await openPtyWire();
  const emulator = new Neo2Emulator(wire.end, clock, random);
  const reopen = { minMs: 20, maxMs: 50 };
  const binding = autoDetect();
  const { path } = wire;
  const identityOf = (): string | undefined => portIdentity(path);
  const line = openSerialLine({
    device: 'cardReader',
    path,
    settings: NEO2_LINE,
    binding,
    clock: systemClock,
    reopen,
    identityOf,
  });
  const vault = new MemoryCardVault(random, random.bytes(32));
  const reader = new Neo2CardReader(line, clock, vault);
  await untilTrue(clock, () => line.connected);
  return {
    reader,
    controls: emulator,
    vault,
    clock,
    until: (promise) => promise,
    untilTrue: (condition) => untilTrue(clock, condition),
    pass: (ms) => sleep(clock, ms),
    untilUsable: async () => {
      await wire.settled();
      await untilTrue(clock, () => line.connected);
    },
    close: async () => {
      emulator.unplug();
      await line.close();
      await wire.close();
    },
  };
}

if (ptyAvailable()) cardReaderContract('NEO 2 driver and emulator, over a pty', openOverPty);
