import { autoDetect } from '@serialport/bindings-cpp';
import { portIdentity } from '../../../drivers/linux/port-identity.ts';
import { SystemClock } from '../../../drivers/linux/clock.ts';
import { openSerialLine } from '../../../drivers/serial/serial-port-line.ts';
import type { LineSettings, SerialLine } from '../../../drivers/serial/serial-line.ts';
import { type Clock, type DeviceName, sleep } from '../../../firmware/hal/index.ts';
import { VirtualClock } from '../../../hal-mock/time.ts';
import { memoryWire } from '../../../hal-mock/wire/memory-wire.ts';
import { openPtyWire } from '../../../hal-mock/wire/pty-wire.ts';
import type { WireEnd } from '../../../hal-mock/wire/wire-end.ts';

/** How a contract suite waits, whether time is virtual or the machine's own. */
export interface TestTime {
  readonly clock: Clock;
  /** Lets time run until the promise settles. */
  resolve<T>(promise: Promise<T>): Promise<T>;
  until(condition: () => boolean): Promise<void>;
}

/** A driver's line and an emulator's end of one wire. */
export interface Bench<TheClock extends Clock = Clock> {
  readonly clock: TheClock;
  readonly time: TestTime;
  readonly line: SerialLine;
  readonly end: WireEnd;
  close(): Promise<void>;
}

export function virtualTime(clock: VirtualClock): TestTime {
  return {
    clock,
    resolve: (promise) => clock.resolve(promise),
    until: (condition) => clock.runUntil(condition),
  };
}

/** Far more than any device here takes; only a broken one gets there. */
const UNTIL_MAX_MS = 10_000;

function realTime(clock: Clock): TestTime {
  return {
    clock,
    resolve: (promise) => promise,
    until: async (condition) => {
      const giveUpMs = clock.monotonicMs() + UNTIL_MAX_MS;
      while (!condition()) {
        if (clock.monotonicMs() > giveUpMs) throw new Error('the condition did not come true');
        await sleep(clock, 2);
      }
    },
  };
}

/** In memory, under virtual time. `wrap` puts faults or a recorder between wire and emulator. */
export async function memoryBench(
  device: DeviceName,
  settings: LineSettings,
  wrap: (end: WireEnd, clock: VirtualClock) => WireEnd = (end) => end,
): Promise<Bench<VirtualClock>> {
  const clock = new VirtualClock();
  const wire = memoryWire();
  const end = wrap(wire.end, clock);
  const line = openSerialLine({ device, path: wire.path, settings, binding: wire.binding, clock });
  await clock.runUntil(() => line.connected);
  return { clock, time: virtualTime(clock), line, end, close: () => clock.resolve(line.close()) };
}

/** Over a pty of the kernel, with the native binding and real time. */
export async function ptyBench(device: DeviceName, settings: LineSettings): Promise<Bench> {
  const clock = new SystemClock();
  const time = realTime(clock);
  const wire = await openPtyWire();
  const line = openSerialLine({
    device,
    path: wire.path,
    settings,
    binding: autoDetect(),
    clock,
    reopen: { minMs: 20, maxMs: 100 },
    identityOf: () => portIdentity(wire.path),
  });
  await time.until(() => line.connected);
  const close = async (): Promise<void> => {
    await line.close();
    await wire.close();
  };
  return { clock, time, line, end: wire.end, close };
}
