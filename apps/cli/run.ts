import process from 'node:process';
import { parseArgs } from 'node:util';
import { HalError, type JournalStore } from '../../firmware/hal/index.ts';
import { renderScreen } from '../../firmware/screens/catalogue.ts';
import { DEFAULT_SETTINGS, type TerminalSettings } from '../../firmware/settings.ts';
import { JournalFileStore } from '../../drivers/journal/file-store.ts';
import { SystemClock } from '../../drivers/linux/clock.ts';
import { LinuxJournalDisk } from '../../drivers/linux/journal-disk.ts';
import { SystemRandom } from '../../drivers/linux/random.ts';
import { loadOrCreateStorageKey } from '../../drivers/linux/storage-key.ts';
import { readConfigFile } from '../config-file.ts';
import { claimDataDirectory, DataDirectoryError } from '../data-directory.ts';
import { demonstrationSeal } from '../seal/seal-file.ts';
import { LiveView } from '../console/live-view.ts';
import { Operator, OPERATOR_HELP } from '../console/operator.ts';
import { strokesOf } from '../console/strokes.ts';
import type { RemoteHosts } from '../world/hosts.ts';
import { createWorld, type WorldOptions } from '../world/world.ts';
import type { CliIo } from './lines.ts';

const PAPER_COLUMNS = 32;

export const RUN_HELP = `fenqi run — the terminal in a text console, with emulated devices and simulated hosts

  --scenario FILE          play a scenario instead of listening to keys, and print the transcript
  --config FILE            terminal configuration (YAML); what it leaves out keeps its default
  --data DIR               where the journal lives; default .fenqi
  --language zh|en         language of screens and receipts
  --transport memory|pty   serial ports in memory (default) or made by socat
  --acquirer HOST:PORT     another acquirer on this machine, as of fenqi host (both or none of these two)
  --wallet URL             other wallets: each host is below it under its name, as URL/alipay
  --help                   this text

Keys:
${OPERATOR_HELP}
`;

/** Runs the terminal until the person leaves or the input ends. */
export async function runRun(args: readonly string[], io: CliIo): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      scenario: { type: 'string' },
      config: { type: 'string' },
      data: { type: 'string', default: '.fenqi' },
      language: { type: 'string' },
      transport: { type: 'string', default: 'memory' },
      acquirer: { type: 'string' },
      wallet: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const { transport, language } = values;
  if (values.help) {
    io.out(RUN_HELP);
    return 0;
  }
  const isLanguage = language === undefined || language === 'zh' || language === 'en';
  if ((transport !== 'memory' && transport !== 'pty') || !isLanguage) {
    io.err('fenqi run: --transport is memory or pty, --language is zh or en; see fenqi run --help');
    return 2;
  }
  const remoteHosts = remoteHostsOf(values.acquirer, values.wallet);
  if (remoteHosts === 'wrong') {
    io.err('fenqi run: give both --acquirer 127.0.0.1:PORT and --wallet URL, or none; see fenqi run --help');
    return 2;
  }
  if (values.scenario !== undefined) {
    const { runPlay } = await import('./play.ts');
    return runPlay(['--transcript', '--transport', transport, values.scenario], io);
  }
  const view = new LiveView((text) => void process.stdout.write(text), process.stdout.isTTY, PAPER_COLUMNS);
  const strokes = strokesOf(process.stdin);
  try {
    const settings = await configured(values.config, view, strokes);
    if (settings === undefined) return 1;
    const chosen: TerminalSettings = language === undefined ? settings : { ...settings, language };
    const giveBack = await claimDataDirectory(values.data);
    try {
      const options = await worldOptions(chosen, values.data, transport);
      await operate(remoteHosts === undefined ? options : { ...options, remoteHosts }, view, strokes);
    } finally {
      await giveBack();
    }
    return 0;
  } catch (error) {
    if (!(error instanceof DataDirectoryError) && !(error instanceof HalError)) throw error;
    io.err(`fenqi run: ${error.message}`);
    return 1;
  } finally {
    await strokes.return(undefined);
  }
}

function remoteHostsOf(acquirer: string | undefined, wallet: string | undefined): RemoteHosts | 'wrong' | undefined {
  if (acquirer === undefined && wallet === undefined) return undefined;
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(acquirer ?? '') ?? [];
  // Plain TCP carries card data in the clear but for PIN and track: it stays on this machine.
  const isHere = host === 'localhost' || /^127(\.\d{1,3}){3}$/.test(host ?? '');
  if (host === undefined || !isHere || wallet === undefined || !URL.canParse(wallet)) return 'wrong';
  return { acquirer: { host, port: Number(port) }, walletUrl: wallet };
}

/** The settings; a damaged file is shown as a screen until it is mended and confirmed. */
async function configured(
  file: string | undefined,
  view: LiveView,
  strokes: AsyncGenerator<string>,
): Promise<TerminalSettings | undefined> {
  if (file === undefined) return { ...DEFAULT_SETTINGS, seal: demonstrationSeal() };
  for (;;) {
    const checked = await readConfigFile(file);
    if (checked.kind === 'valid') return checked.value;
    view.show(renderScreen('configurationDamaged', { problems: checked.problems }, DEFAULT_SETTINGS.language));
    for (;;) {
      const { value, done } = await strokes.next();
      if (done === true || value === 'x' || value === '\u0003') return undefined;
      if (value === '\r' || value === '\n') break;
    }
  }
}

async function worldOptions(
  settings: TerminalSettings,
  dataDirectory: string,
  transport: 'memory' | 'pty',
): Promise<WorldOptions> {
  const random = new SystemRandom();
  const storageKey = await loadOrCreateStorageKey(`${dataDirectory}/storage.key`, random);
  const openJournal = (): JournalStore =>
    new JournalFileStore({ disk: new LinuxJournalDisk(`${dataDirectory}/journal`) });
  return {
    settings,
    clock: new SystemClock(),
    random,
    transport,
    network: 'loopback',
    hasQuickPinPad: true,
    hasSignaturePad: true,
    openJournal,
    storageKey,
  };
}

async function operate(options: WorldOptions, view: LiveView, strokes: AsyncGenerator<string>): Promise<void> {
  view.say(`Fenqi POS 分期\n${OPERATOR_HELP}`);
  const world = await createWorld({
    ...options,
    onScreen: (screen) => view.show(screen),
    onSlip: (lines) => view.slip(lines),
  });
  const operator = new Operator(world, (line) => view.say(line));
  operator.describe();
  for await (const stroke of strokes) if (operator.key(stroke) === 'quit') break;
  await world.close();
}
