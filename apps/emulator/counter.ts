/** What stands around the machine: devices on its ports, hosts on its network, and the configuration that names them. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { SystemClock } from '../../drivers/linux/clock.ts';
import { SystemRandom } from '../../drivers/linux/random.ts';
import { PRINTER_PROFILES } from '../../drivers/printer-escpos/profile.ts';
import { Neo2Emulator } from '../../hal-mock/devices/card-reader/emulator.ts';
import { KmyEmulator } from '../../hal-mock/devices/pin-pad/emulator.ts';
import { PrinterEmulator } from '../../hal-mock/devices/printer/emulator.ts';
import { Gm65Emulator } from '../../hal-mock/devices/scanner/emulator.ts';
import type { WireEnd } from '../../hal-mock/wire/wire-end.ts';
import type { TargetName } from '../../image/targets.ts';
import { runTool } from '../../image/tools.ts';
import { Acquirer } from '../../simulator/acquirer/acquirer.ts';
import { listenAcquirer } from '../../simulator/acquirer/tcp-server.ts';
import { TEST_TERMINAL } from '../../simulator/acquirer/terminals.ts';
import type { ListeningHost } from '../../simulator/listening.ts';
import { listenWallets } from '../../simulator/wallet/http-server.ts';
import { TEST_WALLET_KEYS } from '../../simulator/wallet/test-keys.ts';
import { WalletHosts } from '../../simulator/wallet/wallet-hosts.ts';
import { HOST_ADDRESS, portPath } from './machine.ts';

export type CounterDevice = 'cardReader' | 'pinPad' | 'scanner' | 'printer';

const PRINTER = 'epson-58';
const DRIVERS: Readonly<Record<CounterDevice, string>> = {
  cardReader: 'neo2',
  pinPad: 'kmy',
  scanner: 'gm65',
  printer: PRINTER,
};
const HOST_CERTIFICATE = 'hosts.pem';

/** Hosts that the machine reaches over TLS, with a certificate made for this run. */
export class Hosts {
  readonly acquirer: Acquirer;
  readonly wallets: WalletHosts;
  readonly #folder: string;
  readonly #certificate: Uint8Array;
  readonly #tcp: ListeningHost;
  readonly #https: ListeningHost;

  private constructor(
    folder: string,
    certificate: Uint8Array,
    parts: Pick<Hosts, 'acquirer' | 'wallets'>,
    listening: readonly [ListeningHost, ListeningHost],
  ) {
    this.#folder = folder;
    this.#certificate = certificate;
    this.acquirer = parts.acquirer;
    this.wallets = parts.wallets;
    [this.#tcp, this.#https] = listening;
  }

  static async open(): Promise<Hosts> {
    const folder = mkdtempSync(join(tmpdir(), 'fenqi-hosts-'));
    const tls = await makeCertificate(folder);
    const clock = new SystemClock();
    const parts = {
      acquirer: new Acquirer({ clock, random: new SystemRandom() }),
      wallets: new WalletHosts({ clock }),
    };
    const tcp = await listenAcquirer(parts.acquirer, { port: 0, tls });
    const https = await listenWallets(parts.wallets, clock, { port: 0, tls });
    const keys = join(folder, 'keys');
    mkdirSync(keys);
    const { merchantPrivateKey, walletPublicKey } = TEST_WALLET_KEYS.alipay;
    writeFileSync(join(keys, 'alipay-merchant.pem'), merchantPrivateKey);
    writeFileSync(join(keys, 'alipay-wallet.pem'), walletPublicKey);
    return new Hosts(folder, new TextEncoder().encode(tls.cert), parts, [tcp, https]);
  }

  /** Folder with the wallet keys of the device. */
  get keys(): string {
    return join(this.#folder, 'keys');
  }

  /** Files of the device's configuration, by name. `ports` says where a device is that is not on its usual line. */
  configuration(
    language: 'en' | 'zh',
    ports: Partial<Readonly<Record<CounterDevice, string>>> = {},
    target: TargetName = 'linux-x64',
  ): Map<string, Uint8Array> {
    const device = (name: CounterDevice) => ({ driver: DRIVERS[name], port: ports[name] ?? portPath(target, name) });
    const terminal = {
      language,
      devices: {
        cardReader: device('cardReader'),
        pinPad: device('pinPad'),
        scanner: device('scanner'),
        printer: device('printer'),
      },
      hosts: {
        acquirer: { address: `${HOST_ADDRESS}:${this.#tcp.port}`, tls: { ca: HOST_CERTIFICATE } },
        wallets: { alipay: { url: `https://${HOST_ADDRESS}:${this.#https.port}/alipay`, ca: HOST_CERTIFICATE } },
      },
    };
    return new Map([
      ['terminal.yaml', new TextEncoder().encode(stringify(terminal))],
      [HOST_CERTIFICATE, this.#certificate],
    ]);
  }

  async close(): Promise<void> {
    await Promise.all([this.#tcp.close(), this.#https.close()]);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** For hosts at {@link HOST_ADDRESS}. */
export async function makeCertificate(folder: string): Promise<{ readonly key: string; readonly cert: string }> {
  const [key, cert] = [join(folder, 'hosts.key'), join(folder, 'hosts.pem')];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'];
  const named = ['-subj', '/CN=Fenqi simulated hosts', '-addext', `subjectAltName=IP:${HOST_ADDRESS}`];
  await runTool('openssl', [...made, ...named, '-keyout', key, '-out', cert]);
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}

/** Emulated devices on the lines of one machine. */
export interface CounterDevices {
  readonly reader: Neo2Emulator;
  readonly pinPad: KmyEmulator;
  readonly scanner: Gm65Emulator;
  readonly printer: PrinterEmulator;
}

export function devicesOn(lineOf: (device: CounterDevice) => WireEnd): CounterDevices {
  const [clock, random] = [new SystemClock(), new SystemRandom()];
  const pinPad = new KmyEmulator(lineOf('pinPad'), clock, random);
  pinPad.loadMasterKey(TEST_TERMINAL.masterKey);
  return {
    pinPad,
    reader: new Neo2Emulator(lineOf('cardReader'), clock, random),
    scanner: new Gm65Emulator(lineOf('scanner'), clock, random),
    printer: new PrinterEmulator(lineOf('printer'), clock, { widthDots: PRINTER_PROFILES[PRINTER].dots }),
  };
}
