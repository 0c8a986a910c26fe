/** One life of the terminal: drivers, links and journal from the configuration to the end. */
import type { BindingInterface } from '@serialport/bindings-interface' with { 'resolution-mode': 'require' };
import { autoDetect } from '@serialport/bindings-cpp';
import {
  type DeviceName,
  type Display,
  type Indicators,
  type JournalStore,
  type Keypad,
  NO_SIGNATURE_PAD,
  type Random,
  type WalletHost,
} from '../../firmware/hal/index.ts';
import { createTerminal, type Terminal } from '../../firmware/system.ts';
import { HttpsWalletLink, type WalletAddress } from '../../drivers/host-link/https-link.ts';
import { LengthFramedLink } from '../../drivers/host-link/length-framed-link.ts';
import { MemoryCardVault } from '../../drivers/linux/card-vault.ts';
import { portIdentity } from '../../drivers/linux/port-identity.ts';
import { ScryptSupervisors } from '../../drivers/linux/supervisors.ts';
import { tcpDial, urlDial } from '../../drivers/linux/tcp-dial.ts';
import { RsaWalletKeys, type RsaWalletKeyTexts } from '../../drivers/linux/wallet-keys.ts';
import type { SerialLine } from '../../drivers/serial/serial-line.ts';
import { openSerialLine } from '../../drivers/serial/serial-port-line.ts';
import type { WorldTaps } from '../trace/world-taps.ts';
import { type FlooredClock, tellingTime } from './clock-floor.ts';
import type { DeviceConfig } from './config.ts';
import { DRIVERS, type DriverEntry, SERIAL_DEVICES, type SerialDevice } from './device-table.ts';

const CONNECT_TIMEOUT_MS = 20_000;

/** What every life is made of. */
export interface LifeParts {
  readonly config: DeviceConfig;
  readonly clock: FlooredClock;
  readonly random: Random;
  readonly display: Display;
  readonly keypad: Keypad;
  readonly indicators: Indicators;
  readonly storageKey: Uint8Array;
  readonly walletKeys: Readonly<Partial<Record<WalletHost, RsaWalletKeyTexts>>>;
  /** Of the terminal's certificate for the acquirer. */
  readonly certificateKey: string | undefined;
  /** Listens in; {@link NO_TAPS} where nobody wants a trace. */
  readonly taps: WorldTaps;
  readonly openJournal: () => JournalStore & { close(): Promise<void> };
  /** One line for the log: devices that cannot be opened, hosts that cannot be reached. */
  readonly log: (line: string) => void;
}

export interface Life {
  readonly terminal: Terminal;
  /** Devices whose port is not open now. */
  unplugged(): readonly DeviceName[];
  end(): Promise<void>;
}

/** Says a reason once, until another comes. */
function once(log: (line: string) => void): (line: string) => void {
  let last = '';
  return (line) => {
    if (line !== last) log(line);
    last = line;
  };
}

function openLines({ config, clock, log }: LifeParts): Record<SerialDevice, SerialLine> {
  const binding = autoDetect() as unknown as BindingInterface;
  const lineOf = (device: SerialDevice): SerialLine => {
    const { driver, port: path } = config.devices[device];
    const say = once(log);
    return openSerialLine({
      device,
      path,
      binding,
      clock,
      settings: entryOf(device, driver).line,
      identityOf: () => portIdentity(path),
      onOpenFailure: (reason) => say(`${device} ${path}: ${reason}`),
    });
  };
  return {
    cardReader: lineOf('cardReader'),
    pinPad: lineOf('pinPad'),
    scanner: lineOf('scanner'),
    printer: lineOf('printer'),
  };
}

/** The configuration was checked against the same table. */
function entryOf<Device extends SerialDevice>(device: Device, driver: string): (typeof DRIVERS)[Device][string] {
  const entry: DriverEntry<unknown> | undefined = DRIVERS[device][driver];
  if (entry === undefined) throw new RangeError(`no driver ${driver} for ${device}`);
  return entry as (typeof DRIVERS)[Device][string];
}

function openLinks({ config, clock, certificateKey, log }: LifeParts) {
  const { acquirer, wallets } = config.hosts;
  const timing = { clock, connectTimeoutMs: CONNECT_TIMEOUT_MS };
  const { host, port, tls } = acquirer;
  const say = once(log);
  const key = certificateKey === undefined ? {} : { key: certificateKey };
  const acquirerLink = new LengthFramedLink({
    dial: tcpDial({
      host,
      port,
      ...(tls && { tls: { ...tls, ...key } }),
      timeoutMs: CONNECT_TIMEOUT_MS,
      onFailure: (code) => say(`acquirer ${host}:${port}: ${code}`),
    }),
    keepOpen: true,
    ...timing,
  });
  const addresses = Object.entries(wallets).map(([name, { url, tls: trust }]): [string, WalletAddress] => [
    name,
    { url, dial: urlDial(url, trust) },
  ]);
  const walletLink = new HttpsWalletLink({ hosts: Object.fromEntries(addresses), ...timing });
  return { acquirer: acquirerLink, wallet: walletLink };
}

/** Opens everything and makes the terminal; it does not start it. */
export function beginLife(parts: LifeParts): Life {
  const { config, clock, random, display, keypad, indicators, taps } = parts;
  const vault = new MemoryCardVault(random, parts.storageKey);
  const lines = openLines(parts);
  const made = (device: SerialDevice) => ({
    line: taps.line(device, lines[device]),
    clock,
    random,
    vault,
  });
  const { devices } = config;
  const pinPad = entryOf('pinPad', devices.pinPad.driver).make(made('pinPad'));
  const links = openLinks(parts);
  const journal = parts.openJournal();
  const terminal = createTerminal(
    {
      clock,
      random,
      vault,
      display: {
        show(screen) {
          taps.screen(screen);
          display.show(screen);
        },
      },
      keypad,
      indicators: taps.indicators(indicators),
      pinPad,
      keyStore: pinPad,
      cardReader: entryOf('cardReader', devices.cardReader.driver).make(made('cardReader')),
      scanner: entryOf('scanner', devices.scanner.driver).make(made('scanner')),
      printer: entryOf('printer', devices.printer.driver).make(made('printer')),
      signaturePad: NO_SIGNATURE_PAD,
      acquirer: taps.acquirer(links.acquirer),
      wallet: taps.wallet(links.wallet),
      walletKeys: new RsaWalletKeys(parts.walletKeys),
      journalStore: taps.journal(tellingTime(journal, clock)),
      supervisors: new ScryptSupervisors(config.supervisors),
    },
    config.settings,
  );
  taps.terminal(terminal);
  return {
    terminal,
    unplugged: () => SERIAL_DEVICES.filter((device) => !lines[device].connected),
    async end() {
      terminal.stop();
      links.acquirer.close();
      links.wallet.close();
      await Promise.all(Object.values(lines).map((line) => line.close()));
      // What could not be closed was not acknowledged either.
      await journal.close().catch(() => undefined);
      vault.wipe();
    },
  };
}
