/** A device on a bench: emulators behind ptys, simulated hosts on this machine, the program as a process of its own. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { SystemClock } from '../../../drivers/linux/clock.ts';
import { SystemRandom } from '../../../drivers/linux/random.ts';
import { PRINTER_PROFILES } from '../../../drivers/printer-escpos/profile.ts';
import { Neo2Emulator } from '../../../hal-mock/devices/card-reader/emulator.ts';
import { KmyEmulator } from '../../../hal-mock/devices/pin-pad/emulator.ts';
import { PrinterEmulator } from '../../../hal-mock/devices/printer/emulator.ts';
import { Gm65Emulator } from '../../../hal-mock/devices/scanner/emulator.ts';
import { openPtyWire, type PtyWire } from '../../../hal-mock/wire/pty-wire.ts';
import { Acquirer } from '../../../simulator/acquirer/acquirer.ts';
import { listenAcquirer } from '../../../simulator/acquirer/tcp-server.ts';
import { TEST_TERMINAL } from '../../../simulator/acquirer/terminals.ts';
import type { ListeningHost } from '../../../simulator/listening.ts';
import { TEST_WALLET_KEYS } from '../../../simulator/wallet/test-keys.ts';
import { ConsoleProcess } from '../../cli/console-process.ts';

const PROGRAM = fileURLToPath(new URL('../../../apps/device/main.ts', import.meta.url));

/** The running program of a device. */
export class Device extends ConsoleProcess {
  constructor(args: readonly string[], environment?: Readonly<Record<string, string>>) {
    super(PROGRAM, args, environment);
  }
}

export class Stand {
  readonly folder = mkdtempSync(join(tmpdir(), 'fenqi-device-'));
  readonly config = join(this.folder, 'terminal.yaml');
  readonly data = join(this.folder, 'data');
  readonly health = join(this.folder, 'run/health.json');
  readonly clock = new SystemClock();
  readonly acquirer: Acquirer;
  readonly reader: Neo2Emulator;
  readonly pinPad: KmyEmulator;
  readonly printer: PrinterEmulator;
  readonly wires: Readonly<Record<'cardReader' | 'pinPad' | 'scanner' | 'printer', PtyWire>>;
  readonly #tcp: ListeningHost;
  readonly #started: Device[] = [];

  private constructor(wires: Stand['wires'], acquirer: Acquirer, tcp: ListeningHost) {
    const random = new SystemRandom();
    const { clock } = this;
    this.wires = wires;
    this.acquirer = acquirer;
    this.#tcp = tcp;
    this.reader = new Neo2Emulator(wires.cardReader.end, clock, random);
    this.pinPad = new KmyEmulator(wires.pinPad.end, clock, random, { answerMs: [0, 0] });
    this.printer = new PrinterEmulator(wires.printer.end, clock, { widthDots: PRINTER_PROFILES['epson-58'].dots });
    void new Gm65Emulator(wires.scanner.end, clock, random);
    this.pinPad.loadMasterKey(TEST_TERMINAL.masterKey);
    mkdirSync(join(this.data, 'keys'), { recursive: true, mode: 0o700 });
    this.writeKeys(0o600);
    this.configure();
  }

  static async open(): Promise<Stand> {
    const acquirer = new Acquirer({ clock: new SystemClock(), random: new SystemRandom() });
    const tcp = await listenAcquirer(acquirer, { port: 0 });
    const [cardReader, pinPad, scanner, printer] = await Promise.all([
      openPtyWire(),
      openPtyWire(),
      openPtyWire(),
      openPtyWire(),
    ]);
    return new Stand({ cardReader, pinPad, scanner, printer }, acquirer, tcp);
  }

  writeKeys(mode: number): void {
    const { merchantPrivateKey, walletPublicKey } = TEST_WALLET_KEYS.alipay;
    for (const [name, text] of [
      ['alipay-merchant.pem', merchantPrivateKey],
      ['alipay-wallet.pem', walletPublicKey],
    ] as const) {
      const path = join(this.data, 'keys', name);
      writeFileSync(path, text);
      chmodSync(path, mode);
    }
  }

  /** Writes the configuration: the bench's, with what is said over it. */
  configure(over: Readonly<Record<string, unknown>> = {}): void {
    const port = (name: keyof Stand['wires']): string => this.wires[name].path;
    const members = {
      language: 'en',
      devices: {
        cardReader: { driver: 'neo2', port: port('cardReader') },
        pinPad: { driver: 'kmy', port: port('pinPad') },
        scanner: { driver: 'gm65', port: port('scanner') },
        printer: { driver: 'epson-58', port: port('printer') },
      },
      hosts: {
        acquirer: { address: `127.0.0.1:${this.#tcp.port}`, plain: true },
        wallets: { alipay: 'http://127.0.0.1:9/alipay' },
      },
      timing: { tearMs: 200, signOnRetryMs: 1000 },
    };
    writeFileSync(this.config, stringify({ ...members, ...over }));
  }

  start(environment: Readonly<Record<string, string>> = {}, ...args: readonly string[]): Device {
    const usual = ['--config', this.config, '--data', this.data, '--health', this.health];
    const device = new Device([...usual, ...args], environment);
    this.#started.push(device);
    return device;
  }

  healthNow(): Readonly<Record<string, unknown>> {
    return JSON.parse(readFileSync(this.health, 'utf8')) as Readonly<Record<string, unknown>>;
  }

  async close(): Promise<void> {
    await Promise.all(this.#started.map((device) => device.signal('SIGKILL')));
    await Promise.all([this.#tcp.close(), ...Object.values(this.wires).map((wire) => wire.close())]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
