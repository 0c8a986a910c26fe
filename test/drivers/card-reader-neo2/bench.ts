import {
  Neo2CardReader,
  NEO2_LINE,
  type Neo2Options as DriverOptions,
} from '../../../drivers/card-reader-neo2/driver.ts';
import { MemoryCardVault } from '../../../drivers/linux/card-vault.ts';
import { openSerialLine } from '../../../drivers/serial/serial-port-line.ts';
import { Neo2Emulator, type Neo2Faults, type Neo2Options } from '../../../hal-mock/devices/card-reader/emulator.ts';
import { SeededRandom } from '../../../hal-mock/random.ts';
import { VirtualClock } from '../../../hal-mock/time.ts';
import { memoryWire } from '../../../hal-mock/wire/memory-wire.ts';
import type { WireEnd } from '../../../hal-mock/wire/wire-end.ts';

/** A device's end that also keeps what the host sent. */
function recorded(end: WireEnd, sent: number[]): WireEnd {
  return {
    onData: (listener) =>
      end.onData((bytes) => {
        sent.push(...bytes);
        listener(bytes);
      }),
    write: (bytes) => end.write(bytes),
    unplug: () => end.unplug(),
    replug: () => end.replug(),
  };
}

export interface BenchOptions {
  readonly emulator?: Neo2Options;
  readonly driver?: DriverOptions;
  /** Switched on before the first byte. */
  readonly faults?: Partial<Neo2Faults>;
  readonly seed?: number;
  readonly readBytesMax?: number;
}

/** The shipped driver on the shipped serial layer, with the emulator at the other end of the wire, in virtual time. */
export async function openBench(options: BenchOptions = {}) {
  const clock = new VirtualClock();
  const random = new SeededRandom(options.seed ?? 1);
  const wire = memoryWire(options.readBytesMax === undefined ? {} : { readBytesMax: options.readBytesMax });
  const sent: number[] = [];
  const hostBaudRate = (): number | undefined => wire.openOptions?.baudRate;
  const emulator = new Neo2Emulator(recorded(wire.end, sent), clock, random, { hostBaudRate, ...options.emulator });
  Object.assign(emulator.faults, options.faults);
  const { binding, path } = wire;
  const line = openSerialLine({ device: 'cardReader', path, settings: NEO2_LINE, binding, clock });
  const vault = new MemoryCardVault(random, random.bytes(32));
  const reader = new Neo2CardReader(line, clock, vault, options.driver);
  await clock.runUntil(() => line.connected);
  const run = <T>(promise: Promise<T>): Promise<T> => clock.resolve(promise);
  return { clock, emulator, reader, line, vault, sent, end: wire.end, run };
}
