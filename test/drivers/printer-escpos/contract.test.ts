import { autoDetect } from '@serialport/bindings-cpp';
import { EscposPrinter } from '../../../drivers/printer-escpos/driver.ts';
import { PRINTER_PROFILES } from '../../../drivers/printer-escpos/profile.ts';
import { portIdentity } from '../../../drivers/linux/port-identity.ts';
import { SystemClock } from '../../../drivers/linux/clock.ts';
import { openSerialLine } from '../../../drivers/serial/serial-port-line.ts';
import { sleep, type Clock, type PrintEvidence } from '../../../firmware/hal/index.ts';
import { PrinterEmulator } from '../../../hal-mock/devices/printer/emulator.ts';
import { openPtyWire, ptyAvailable } from '../../../hal-mock/wire/pty-wire.ts';
import { receiptPrinterContract, type PrinterUnderTest } from '../../contract/receipt-printer.contract.ts';
import { EMULATED, openBench } from './bench.ts';

async function openInMemory(name: keyof typeof EMULATED, evidence: PrintEvidence): Promise<PrinterUnderTest> {
  const { clock, emulator, printer, line, run } = await openBench(name);
  return {
    printer,
    controls: emulator,
    evidence,
    toldAsOffline: name === 'clone-58' ? ['coverOpen', 'overheated'] : [],
    run,
    until: (condition) => clock.runUntil(condition),
    pass: (ms) => clock.advance(ms),
    close: () => clock.resolve(line.close()),
  };
}

receiptPrinterContract('ESC/POS driver and full emulator, in memory', () => openInMemory('epson-80', 'confirmed'));
receiptPrinterContract('ESC/POS driver and 58 mm emulator, in memory', () => openInMemory('epson-58', 'confirmed'));
receiptPrinterContract('ESC/POS driver and clone emulator, in memory', () => openInMemory('clone-58', 'inferred'));

/** How much faster than a real head the emulator lives; its shortest stop must still outlast the driver's poll. */
const FASTER = 8;

function hurried(clock: Clock): Clock {
  return {
    wallMs: () => clock.wallMs(),
    monotonicMs: () => clock.monotonicMs() * FASTER,
    setTimeout: (callback, delayMs) => clock.setTimeout(callback, delayMs / FASTER),
    clearTimeout: (timer) => clock.clearTimeout(timer),
  };
}

async function openOverPty(): Promise<PrinterUnderTest> {
  const clock = new SystemClock();
  const profile = PRINTER_PROFILES['epson-80'];
  const wire = await openPtyWire();
  const emulator = new PrinterEmulator(wire.end, hurried(clock), EMULATED['epson-80']);
  const reopen = { minMs: 20, maxMs: 50 };
  const binding = autoDetect();
  const { path } = wire;
  const identityOf = (): string | undefined => portIdentity(path);
  const settings = profile.line;
  const line = openSerialLine({ device: 'printer', path, settings, binding, clock, reopen, identityOf });
  const printer = new EscposPrinter(line, clock, profile);
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await sleep(clock, 5);
  };
  await until(() => line.connected);
  return {
    printer,
    controls: emulator,
    evidence: 'confirmed',
    run: (promise) => promise,
    until,
    pass: (ms) => sleep(clock, ms / FASTER),
    close: async () => {
      await line.close();
      await wire.close();
    },
  };
}

if (ptyAvailable()) receiptPrinterContract('ESC/POS driver and full emulator, over a pty', openOverPty);
