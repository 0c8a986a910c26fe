/** What stands around the program of a device on a bench: emulators behind ptys, simulated hosts, its folder; all in this process. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { SystemClock } from '../../drivers/linux/clock.ts';
import { SystemRandom } from '../../drivers/linux/random.ts';
import { PRINTER_PROFILES } from '../../drivers/printer-escpos/profile.ts';
import { WALLET_HOSTS } from '../../firmware/protocol/wallet/web-message.ts';
import { Neo2Emulator } from '../../hal-mock/devices/card-reader/emulator.ts';
import { KmyEmulator } from '../../hal-mock/devices/pin-pad/emulator.ts';
import { PrinterEmulator } from '../../hal-mock/devices/printer/emulator.ts';
import { Gm65Emulator } from '../../hal-mock/devices/scanner/emulator.ts';
import { openPtyWire, type PtyWire } from '../../hal-mock/wire/pty-wire.ts';
import { Acquirer } from '../../simulator/acquirer/acquirer.ts';
import { listenAcquirer } from '../../simulator/acquirer/tcp-server.ts';
import { TEST_TERMINAL } from '../../simulator/acquirer/terminals.ts';
import type { ListeningHost } from '../../simulator/listening.ts';
import { listenWallets } from '../../simulator/wallet/http-server.ts';
import { TEST_WALLET_KEYS } from '../../simulator/wallet/test-keys.ts';
import { WalletHosts } from '../../simulator/wallet/wallet-hosts.ts';

const DEVICES = ['cardReader', 'pinPad', 'scanner', 'printer'] as const;
type DeviceName = (typeof DEVICES)[number];

/** `real`: devices take the time that real ones take. `instant`: none, to get many sales into little time. */
export type Pace = 'real' | 'instant';

/** What every device does at once. The chip and the paper are still what they are, byte by byte. */
const INSTANT = {
  reader: { durations: { detectMinMs: 0, detectMaxMs: 0, chipMs: 0, tapMs: 0, swipeMs: 0, completionMs: 0 } },
  pinPad: { keyPaceMs: [0, 0], answerMs: [0, 0] },
  scanner: { decodeMs: [0, 0], answerMs: [0, 0] },
  printer: { speedMmPerSecond: 1_000_000, hasCutter: false },
} as const;
const REAL = { reader: {}, pinPad: {}, scanner: {}, printer: {} } as const;

/** Waits that are for people, as short as the file allows. */
export const NO_WAITS = { resultMs: 1, tearMs: 1 } as const;

export class Stand {
  readonly folder = mkdtempSync(join(tmpdir(), 'fenqi-bench-device-'));
  readonly config = join(this.folder, 'terminal.yaml');
  readonly data = join(this.folder, 'data');
  readonly clock = new SystemClock();
  readonly wires: Readonly<Record<DeviceName, PtyWire>>;
  readonly reader: Neo2Emulator;
  readonly pinPad: KmyEmulator;
  readonly scanner: Gm65Emulator;
  readonly printer: PrinterEmulator;
  readonly acquirer: Acquirer;
  readonly wallets: WalletHosts;
  readonly #listening: readonly ListeningHost[];
  readonly #ports: { readonly acquirer: number; readonly wallets: number };

  private constructor(pace: Pace, wires: Stand['wires'], hosts: OpenHosts) {
    const random = new SystemRandom();
    const { clock } = this;
    const { reader, pinPad, scanner, printer } = pace === 'instant' ? INSTANT : REAL;
    this.wires = wires;
    this.reader = new Neo2Emulator(wires.cardReader.end, clock, random, reader);
    this.pinPad = new KmyEmulator(wires.pinPad.end, clock, random, pinPad);
    this.scanner = new Gm65Emulator(wires.scanner.end, clock, random, scanner);
    this.printer = new PrinterEmulator(wires.printer.end, clock, {
      widthDots: PRINTER_PROFILES['epson-58'].dots,
      ...printer,
    });
    this.pinPad.loadMasterKey(TEST_TERMINAL.masterKey);
    this.acquirer = hosts.acquirer;
    this.wallets = hosts.wallets;
    this.#listening = [hosts.tcp, hosts.http];
    this.#ports = { acquirer: hosts.tcp.port, wallets: hosts.http.port };
    this.#writeKeys();
  }

  static async open(pace: Pace): Promise<Stand> {
    const clock = new SystemClock();
    const timing = pace === 'instant' ? { processingMs: 0 } : {};
    const acquirer = new Acquirer({ clock, random: new SystemRandom(), ...timing });
    const wallets = new WalletHosts({ clock, ...timing });
    const [tcp, http] = [await listenAcquirer(acquirer, { port: 0 }), await listenWallets(wallets, clock, { port: 0 })];
    const [cardReader, pinPad, scanner, printer] = await Promise.all([
      openPtyWire(),
      openPtyWire(),
      openPtyWire(),
      openPtyWire(),
    ]);
    return new Stand(pace, { cardReader, pinPad, scanner, printer }, { acquirer, wallets, tcp, http });
  }

  /** Writes the configuration: this stand's, with what is said over it. */
  configure(over: Readonly<Record<string, unknown>> = {}): void {
    const port = (name: DeviceName): string => this.wires[name].path;
    const wallets = Object.fromEntries(
      WALLET_HOSTS.map((host) => [host, `http://127.0.0.1:${this.#ports.wallets}/${host}`]),
    );
    const members = {
      devices: {
        cardReader: { driver: 'neo2', port: port('cardReader') },
        pinPad: { driver: 'kmy', port: port('pinPad') },
        scanner: { driver: 'gm65', port: port('scanner') },
        printer: { driver: 'epson-58', port: port('printer') },
      },
      hosts: { acquirer: { address: `127.0.0.1:${this.#ports.acquirer}`, plain: true }, wallets },
    };
    writeFileSync(this.config, stringify({ ...members, ...over }));
  }

  /** What the program is told on its command line. */
  get args(): readonly string[] {
    return ['--config', this.config, '--data', this.data, '--health', join(this.folder, 'run/health.json')];
  }

  /** As a device comes: keys, and nothing in its journal. */
  forgetSales(): void {
    rmSync(this.data, { recursive: true });
    this.#writeKeys();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#listening, ...Object.values(this.wires)].map((each) => each.close()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  #writeKeys(): void {
    const keys = join(this.data, 'keys');
    mkdirSync(keys, { recursive: true, mode: 0o700 });
    for (const host of WALLET_HOSTS) {
      const { merchantPrivateKey, walletPublicKey } = TEST_WALLET_KEYS[host];
      writeFileSync(join(keys, `${host}-merchant.pem`), merchantPrivateKey, { mode: 0o600 });
      writeFileSync(join(keys, `${host}-wallet.pem`), walletPublicKey, { mode: 0o600 });
    }
  }
}

interface OpenHosts {
  readonly acquirer: Acquirer;
  readonly wallets: WalletHosts;
  readonly tcp: ListeningHost;
  readonly http: ListeningHost;
}
