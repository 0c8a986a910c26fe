/** The drivers that a configuration can name, one table for all devices. */
import type {
  CardReader,
  CardVault,
  Clock,
  CodeScanner,
  KeyStore,
  PinPad,
  Random,
  ReceiptPrinter,
} from '../../firmware/hal/index.ts';
import { NEO2_LINE, Neo2CardReader } from '../../drivers/card-reader-neo2/driver.ts';
import { KMY_LINE_SETTINGS, KmyPinPad } from '../../drivers/pin-pad-kmy/driver.ts';
import { EscposPrinter } from '../../drivers/printer-escpos/driver.ts';
import { PRINTER_PROFILES } from '../../drivers/printer-escpos/profile.ts';
import { GM65_LINE_SETTINGS, Gm65Scanner } from '../../drivers/scanner-gm65/driver.ts';
import type { LineSettings, SerialLine } from '../../drivers/serial/serial-line.ts';

/** What every driver is made with. */
export interface DriverParts {
  readonly line: SerialLine;
  readonly clock: Clock;
  readonly random: Random;
  readonly vault: CardVault;
}

export interface DriverEntry<Driver> {
  readonly line: LineSettings;
  readonly make: (parts: DriverParts) => Driver;
}

type DriverTable<Driver> = Readonly<Record<string, DriverEntry<Driver>>>;

const printers: DriverTable<ReceiptPrinter> = Object.fromEntries(
  Object.entries(PRINTER_PROFILES).map(([name, profile]) => [
    name,
    { line: profile.line, make: ({ line, clock }: DriverParts) => new EscposPrinter(line, clock, profile) },
  ]),
);

/** Device → name of a driver → how it is made. Printers are named by their profile. */
export const DRIVERS: {
  readonly cardReader: DriverTable<CardReader>;
  readonly pinPad: DriverTable<PinPad & KeyStore>;
  readonly scanner: DriverTable<CodeScanner>;
  readonly printer: DriverTable<ReceiptPrinter>;
} = {
  cardReader: {
    neo2: { line: NEO2_LINE, make: ({ line, clock, vault }) => new Neo2CardReader(line, clock, vault) },
  },
  pinPad: {
    kmy: {
      line: KMY_LINE_SETTINGS,
      make: ({ line, clock, random, vault }) => new KmyPinPad(line, clock, vault, { random }),
    },
  },
  scanner: {
    gm65: { line: GM65_LINE_SETTINGS, make: ({ line, clock, vault }) => new Gm65Scanner(line, clock, vault) },
  },
  printer: printers,
};

export type SerialDevice = keyof typeof DRIVERS;

export const SERIAL_DEVICES: readonly SerialDevice[] = ['cardReader', 'pinPad', 'scanner', 'printer'];
