import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { HalError } from '../../firmware/hal/index.ts';
import { SystemClock } from '../../drivers/linux/clock.ts';
import { SystemRandom } from '../../drivers/linux/random.ts';
import { ServiceManager } from '../../drivers/linux/sd-notify.ts';
import { loadOrCreateStorageKey } from '../../drivers/linux/storage-key.ts';
import { RsaWalletKeys } from '../../drivers/linux/wallet-keys.ts';
import type { WalletHost } from '../../firmware/hal/index.ts';
import { readSettingsFile } from '../config-file.ts';
import { claimDataDirectory, DataDirectoryError } from '../data-directory.ts';
import { LiveView } from '../console/live-view.ts';
import type { CliIo } from '../cli/lines.ts';
import type { DeviceConfig } from './config.ts';
import { dataProblem } from './data-partition.ts';
import { configurationScreen, dataScreen, EXIT_CONFIG, EXIT_DATA, storageKeyScreen } from './maintenance.ts';
import { runTerminal } from './run-terminal.ts';
import { KeyFileError, readKeyFile, readWalletKeys } from './wallet-key-files.ts';

const PAPER_COLUMNS = 32;

export const DEVICE_HELP = `fenqi device — the terminal on a device: real drivers, real hosts

  --config FILE        terminal.yaml; default /etc/fenqi/terminal.yaml
  --data DIR           journal, storage key and wallet keys; must exist; default /data/fenqi
  --data-is-mounted    DIR must not lie on the file system of /
  --health FILE        what it says about itself; default /run/fenqi/health.json
  --slot-file FILE     which slot it was started from; default /run/fenqi/slot
  --updater DIR        what root's updater keeps: lowest version, last bundle, result; default /data/fenqi
  --trace FILE         write down what happens, masked, for the page of a checkout to open; up to 16 MiB
  --check              check the configuration, and with --data the wallet keys, and end
  --help               this text

Ends with ${EXIT_DATA} when the data directory cannot be used and with ${EXIT_CONFIG} when the configuration or a key cannot: no restart
mends that. SIGTERM ends it at once, as a power cut would. SIGUSR2: ask for updates when next idle.
`;

const DEFAULTS = {
  config: '/etc/fenqi/terminal.yaml',
  data: '/data/fenqi',
  health: '/run/fenqi/health.json',
  slotFile: '/run/fenqi/slot',
  updater: '/data/fenqi',
} as const;

/** Runs the terminal until it is told to end. */
export async function runDevice(args: readonly string[], io: CliIo): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      config: { type: 'string', default: DEFAULTS.config },
      data: { type: 'string' },
      'data-is-mounted': { type: 'boolean', default: false },
      health: { type: 'string', default: DEFAULTS.health },
      'slot-file': { type: 'string', default: DEFAULTS.slotFile },
      updater: { type: 'string', default: DEFAULTS.updater },
      trace: { type: 'string' },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    io.out(DEVICE_HELP);
    return 0;
  }
  if (values.check) return check(values.config, values.data, io);
  const data = values.data ?? DEFAULTS.data;
  const view = new LiveView((text) => void process.stdout.write(text), process.stdout.isTTY, PAPER_COLUMNS);
  const manager = new ServiceManager();
  const stay = async (code: number, screen: Parameters<LiveView['show']>[0], line: string): Promise<number> => {
    view.show(screen);
    io.err(`fenqi device: ${line}`);
    manager.status(line);
    await manager.stopping();
    return code;
  };
  const checked = await readConfiguration(values.config);
  if (checked.kind === 'invalid') {
    return stay(EXIT_CONFIG, configurationScreen(checked.problems), checked.problems.join('; '));
  }
  const problem = await dataProblem(data, values['data-is-mounted']);
  if (problem !== undefined) return stay(EXIT_DATA, dataScreen(problem), `${data}: ${problem}`);
  try {
    const giveBack = await claimDataDirectory(data);
    try {
      const secrets = await readSecrets(checked.value, data);
      const { health, 'slot-file': slotFile, updater, trace: traceFile } = values;
      await runTerminal({
        config: checked.value,
        data,
        secrets,
        view,
        manager,
        health,
        slotFile,
        updater,
        traceFile,
        log: io.err,
      });
    } finally {
      await giveBack();
    }
    return 0;
  } catch (error) {
    if (error instanceof DataDirectoryError) return stay(EXIT_DATA, dataScreen('inUse'), error.message);
    if (error instanceof KeyFileError) return stay(EXIT_CONFIG, configurationScreen([error.message]), error.message);
    if (!(error instanceof HalError) || error.kind !== 'security') throw error;
    return stay(EXIT_CONFIG, storageKeyScreen(error.message), error.message);
  }
}

async function readConfiguration(file: string) {
  const { parseDeviceConfig } = await import('./config.ts');
  return readSettingsFile(file, parseDeviceConfig);
}

/** What lies in the data directory and never in the configuration. */
async function readSecrets(config: DeviceConfig, data: string) {
  const keys = join(data, 'keys');
  const walletKeys = await readWalletKeys(keys, Object.keys(config.hosts.wallets) as WalletHost[]);
  try {
    void new RsaWalletKeys(walletKeys);
  } catch (error) {
    throw error instanceof HalError ? new KeyFileError(error.message) : error;
  }
  return {
    walletKeys,
    certificateKey: config.hosts.acquirer.hasCertificate ? await readKeyFile(join(keys, 'acquirer.pem')) : undefined,
    storageKey: await loadOrCreateStorageKey(join(data, 'storage.key'), new SystemRandom()),
    clock: new SystemClock(),
  };
}

async function check(file: string, data: string | undefined, io: CliIo): Promise<number> {
  const checked = await readConfiguration(file);
  if (checked.kind === 'invalid') {
    for (const problem of checked.problems) io.err(problem);
    return EXIT_CONFIG;
  }
  try {
    if (data !== undefined)
      await readWalletKeys(join(data, 'keys'), Object.keys(checked.value.hosts.wallets) as WalletHost[]);
  } catch (error) {
    if (!(error instanceof KeyFileError)) throw error;
    io.err(error.message);
    return EXIT_CONFIG;
  }
  const { devices, hosts, profile, settings, updates } = checked.value;
  for (const [name, { driver, port }] of Object.entries(devices)) {
    if (typeof driver === 'string') io.out(`${name} ${driver} ${port}`);
  }
  io.out(
    `acquirer ${hosts.acquirer.host}:${hosts.acquirer.port} ${hosts.acquirer.tls === undefined ? 'plain' : 'TLS'}`,
  );
  for (const [host, { url }] of Object.entries(hosts.wallets)) io.out(`${host} ${url}`);
  if (updates !== undefined) io.out(`updates ${updates.manifest} every ${updates.everyHours} h`);
  io.out(`terminal ${settings.terminalId}, profile ${profile}: valid`);
  return 0;
}
