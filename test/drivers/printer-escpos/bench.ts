import { EscposPrinter } from '../../../drivers/printer-escpos/driver.ts';
import { PRINTER_PROFILES, type PrinterProfile } from '../../../drivers/printer-escpos/profile.ts';
import { openSerialLine } from '../../../drivers/serial/serial-port-line.ts';
import { PrinterEmulator, type PrinterEmulatorOptions } from '../../../hal-mock/devices/printer/emulator.ts';
import { VirtualClock } from '../../../hal-mock/time.ts';
import { memoryWire } from '../../../hal-mock/wire/memory-wire.ts';
import type { WireEnd } from '../../../hal-mock/wire/wire-end.ts';

/** The emulator that answers as a profile expects. */
export const EMULATED: Readonly<Record<keyof typeof PRINTER_PROFILES, PrinterEmulatorOptions>> = {
  'epson-80': {},
  'epson-58': { widthDots: 384 },
  'clone-58': { widthDots: 384, flavour: 'cloneN1N4', hasCutter: false },
  'mute-58': { widthDots: 384, flavour: 'mute', hasCutter: false },
};

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

/** The shipped driver on the shipped serial layer, with the emulator at the other end of the wire, in virtual time. */
export async function openBench(
  name: keyof typeof PRINTER_PROFILES = 'epson-80',
  options: PrinterEmulatorOptions = {},
  changes: Partial<PrinterProfile> = {},
) {
  const clock = new VirtualClock();
  const profile: PrinterProfile = { ...PRINTER_PROFILES[name], ...changes };
  const wire = memoryWire();
  const sent: number[] = [];
  const emulator = new PrinterEmulator(recorded(wire.end, sent), clock, { ...EMULATED[name], ...options });
  const { binding, path } = wire;
  const line = openSerialLine({ device: 'printer', path, settings: profile.line, binding, clock });
  const printer = new EscposPrinter(line, clock, profile);
  await clock.runUntil(() => line.connected);
  const run = <T>(promise: Promise<T>): Promise<T> => clock.resolve(promise);
  return { clock, emulator, printer, line, sent, run };
}
