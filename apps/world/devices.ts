import { type CardReader, type CardVault, type Clock, type CodeScanner } from '../../firmware/hal/index.ts';
import type { KeyStore, PinPad, Random, ReceiptPrinter, SignaturePad } from '../../firmware/hal/index.ts';
import { NEO2_LINE, Neo2CardReader } from '../../drivers/card-reader-neo2/driver.ts';
import { KMY_LINE_SETTINGS, KmyPinPad } from '../../drivers/pin-pad-kmy/driver.ts';
import { EscposPrinter } from '../../drivers/printer-escpos/driver.ts';
import { PRINTER_PROFILES } from '../../drivers/printer-escpos/profile.ts';
import { GM65_LINE_SETTINGS, Gm65Scanner } from '../../drivers/scanner-gm65/driver.ts';
import type { LineSettings, SerialLine } from '../../drivers/serial/serial-line.ts';
import { openSerialLine } from '../../drivers/serial/serial-port-line.ts';
import { Neo2Emulator } from '../../hal-mock/devices/card-reader/emulator.ts';
import { KmyEmulator } from '../../hal-mock/devices/pin-pad/emulator.ts';
import { PrinterEmulator } from '../../hal-mock/devices/printer/emulator.ts';
import { Gm65Emulator } from '../../hal-mock/devices/scanner/emulator.ts';
import { MockSignaturePad } from '../../hal-mock/devices/signature-pad/mock.ts';
import type { WorldDevice } from '../../simulator/scenario/world.ts';
import { type DeviceWire, openWire, type Transport } from './wires.ts';

const PRINTER = PRINTER_PROFILES['epson-58'];

/**
 * The devices on the counter: emulators that live on, whatever happens to the terminal, and the signature panel, which
 * has no protocol of its own.
 */
export interface Counter {
  readonly reader: Neo2Emulator;
  readonly pinPad: KmyEmulator;
  readonly scanner: Gm65Emulator;
  readonly printer: PrinterEmulator;
  readonly signaturePad: MockSignaturePad;
  readonly wires: Readonly<Record<WorldDevice, DeviceWire>>;
  close(): Promise<void>;
}

export async function openCounter(
  transport: Transport,
  clock: Clock,
  random: Random,
  { hasQuickPinPad, hasSignaturePad }: { readonly hasQuickPinPad: boolean; readonly hasSignaturePad: boolean },
): Promise<Counter> {
  const wires = {
    cardReader: await openWire(transport),
    pinPad: await openWire(transport),
    scanner: await openWire(transport),
    printer: await openWire(transport),
  };
  return {
    wires,
    reader: new Neo2Emulator(wires.cardReader.end, clock, random),
    pinPad: new KmyEmulator(wires.pinPad.end, clock, random, hasQuickPinPad ? { answerMs: [0, 0] } : {}),
    scanner: new Gm65Emulator(wires.scanner.end, clock, random),
    printer: new PrinterEmulator(wires.printer.end, clock, { widthDots: PRINTER.dots }),
    signaturePad: new MockSignaturePad(clock, hasSignaturePad),
    close: async () => {
      await Promise.all(Object.values(wires).map((wire) => wire.close()));
    },
  };
}

/** The terminal's side of the same wires: the shipped drivers, one set for each life of the terminal. */
export interface DeviceDrivers {
  readonly cardReader: CardReader;
  readonly pinPad: PinPad;
  readonly keyStore: KeyStore;
  readonly scanner: CodeScanner;
  readonly printer: ReceiptPrinter;
  readonly signaturePad: SignaturePad;
  close(): Promise<void>;
}

/** Puts something between a driver and its line. */
export type LineTap = (device: WorldDevice, line: SerialLine) => SerialLine;

export function openDrivers(
  counter: Counter,
  clock: Clock,
  random: Random,
  vault: CardVault,
  tap: LineTap = (_, line) => line,
): DeviceDrivers {
  const lines: SerialLine[] = [];
  const line = (device: WorldDevice, wire: DeviceWire, settings: LineSettings): SerialLine => {
    const { path, binding, identityOf } = wire;
    const opened = openSerialLine({ device, path, binding, settings, clock, ...(identityOf && { identityOf }) });
    lines.push(opened);
    return tap(device, opened);
  };
  const { wires } = counter;
  const pinPad = new KmyPinPad(line('pinPad', wires.pinPad, KMY_LINE_SETTINGS), clock, vault, { random });
  return {
    cardReader: new Neo2CardReader(line('cardReader', wires.cardReader, NEO2_LINE), clock, vault),
    pinPad,
    keyStore: pinPad,
    scanner: new Gm65Scanner(line('scanner', wires.scanner, GM65_LINE_SETTINGS), clock, vault),
    printer: new EscposPrinter(line('printer', wires.printer, PRINTER.line), clock, PRINTER),
    signaturePad: counter.signaturePad,
    close: async () => {
      await Promise.all(lines.map((opened) => opened.close()));
    },
  };
}
