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
import { demonstrationSeal } from '../seal/demonstration-seal.ts';
import { LiveView } from '../console/live-view.ts';
import { Operator, OPERATOR_HELP } from '../console/operator.ts';
import { strokesOf } from '../console/strokes.ts';
import type { openPage as OpenPage } from '../visualizer/open-page.ts';
import type { RemoteHosts } from '../world/hosts.ts';
import { createWorld, type WorldOptions } from '../world/world.ts';
import { type CliIo, EXIT_USAGE } from './lines.ts';

const PAPER_COLUMNS = 32;

/** Where the page listens unless told; the next free port when somebody is there. */
const PAGE_PORT = 7070;

export const RUN_HELP = `fenqi run — a terminal to play with: a page on 127.0.0.1, emulated devices, simulated hosts

  --console                a text console in place of the page; a published build has nothing else
  --port N                 port of the page; default ${PAGE_PORT}, or the next that is free
  --trace FILE             write the trace of the session at its end
  --coverage DIR           coverage of earlier runs, shown on the page; the session's is added at its end;
                           default coverage/ in the data directory
  --scenario FILE          play a scenario instead of listening to keys, and print the transcript
  --config FILE            terminal configuration (YAML); what it leaves out keeps its default
  --data DIR               where the journal lives; default .fenqi
  --language zh|en         language of screens and receipts
  --transport memory|pty   serial ports in memory (default) or made by socat
  --acquirer HOST:PORT     another acquirer on this machine, as of fenqi host (both or none of these two)
  --wallet URL             other wallets: each host is below it under its name, as URL/alipay
  --help                   this text

Keys of the console:
${OPERATOR_HELP}
`;

const OPTIONS = {
  console: { type: 'boolean', default: false },
  port: { type: 'string', default: String(PAGE_PORT) },
  trace: { type: 'string' },
  coverage: { type: 'string' },
  scenario: { type: 'string' },
  config: { type: 'string' },
  data: { type: 'string', default: '.fenqi' },
  language: { type: 'string' },
  transport: { type: 'string', default: 'memory' },
  acquirer: { type: 'string' },
  wallet: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** What was asked for, once it makes sense. */
interface Asked {
  readonly port: number;
  readonly traceFile: string | undefined;
  readonly coverageDirectory: string;
  readonly config: string | undefined;
  readonly data: string;
  readonly language: 'zh' | 'en' | undefined;
  readonly transport: 'memory' | 'pty';
  readonly remoteHosts: RemoteHosts | undefined;
}

/** Runs the terminal until the person leaves or the input ends. */
export async function runRun(args: readonly string[], io: CliIo): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help) {
    io.out(RUN_HELP);
    return 0;
  }
  const asked = askedOf(values);
  if ('wrong' in asked) {
    io.err(`fenqi run: ${asked.wrong}; see fenqi run --help`);
    return EXIT_USAGE;
  }
  if (values.scenario !== undefined) {
    const { runPlay } = await import('./play.ts');
    return runPlay(['--transcript', '--transport', asked.transport, values.scenario], io);
  }
  // A build without the page has the console alone.
  const { openPage } = values.console ? { openPage: undefined } : await import('../visualizer/open-page.ts');
  try {
    return openPage === undefined ? await runConsole(asked) : await runPage(openPage, asked, io);
  } catch (error) {
    if (!(error instanceof DataDirectoryError) && !(error instanceof HalError)) throw error;
    io.err(`fenqi run: ${error.message}`);
    return 1;
  }
}

function askedOf(values: Readonly<Record<string, string | boolean | undefined>>): Asked | { readonly wrong: string } {
  const said = (name: string): string | undefined => values[name] as string | undefined;
  const { transport, language, port } = {
    transport: said('transport'),
    language: said('language'),
    port: said('port'),
  };
  if (transport !== 'memory' && transport !== 'pty') return { wrong: '--transport is memory or pty' };
  if (language !== undefined && language !== 'zh' && language !== 'en') return { wrong: '--language is zh or en' };
  if (!/^\d{1,5}$/.test(port ?? '') || Number(port) > 65_535) return { wrong: '--port is a number up to 65535' };
  const ofPage = ['trace', 'coverage'].find((name) => said(name) !== undefined);
  if (values['console'] === true && ofPage !== undefined)
    return { wrong: `--${ofPage} is for the page, not the console` };
  const remoteHosts = remoteHostsOf(said('acquirer'), said('wallet'));
  if (remoteHosts === 'wrong') return { wrong: 'give both --acquirer 127.0.0.1:PORT and --wallet URL, or none' };
  const data = said('data') ?? '.fenqi';
  return {
    port: Number(port),
    traceFile: said('trace'),
    coverageDirectory: said('coverage') ?? `${data}/coverage`,
    config: said('config'),
    data,
    language,
    transport,
    remoteHosts,
  };
}

async function runPage(openPage: typeof OpenPage, asked: Asked, io: CliIo): Promise<number> {
  const settings = await plainSettings(asked, io);
  if (settings === undefined) return 1;
  const giveBack = await claimDataDirectory(asked.data);
  try {
    const { clock: _, ...world } = await worldOptions(settings, asked);
    await openPage({ world, ...asked }, io);
  } finally {
    await giveBack();
  }
  return 0;
}

/** The settings; what is wrong with their file is said, and `undefined` given. */
async function plainSettings({ config, language }: Asked, io: CliIo): Promise<TerminalSettings | undefined> {
  const checked =
    config === undefined ? { kind: 'valid' as const, value: demonstrationSettings() } : await readConfigFile(config);
  if (checked.kind === 'valid') return language === undefined ? checked.value : { ...checked.value, language };
  for (const problem of checked.problems) io.err(`fenqi run: ${problem}`);
  return undefined;
}

function demonstrationSettings(): TerminalSettings {
  return { ...DEFAULT_SETTINGS, seal: demonstrationSeal(), hasDrawer: true };
}

async function runConsole(asked: Asked): Promise<number> {
  const view = new LiveView((text) => void process.stdout.write(text), process.stdout.isTTY, PAPER_COLUMNS);
  const strokes = strokesOf(process.stdin);
  try {
    const settings = await configured(asked.config, view, strokes);
    if (settings === undefined) return 1;
    const chosen: TerminalSettings =
      asked.language === undefined ? settings : { ...settings, language: asked.language };
    const giveBack = await claimDataDirectory(asked.data);
    try {
      await operate(await worldOptions(chosen, asked), view, strokes);
    } finally {
      await giveBack();
    }
    return 0;
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
  if (file === undefined) return demonstrationSettings();
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

async function worldOptions(settings: TerminalSettings, asked: Asked): Promise<WorldOptions> {
  const { data: dataDirectory, transport, remoteHosts } = asked;
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
    ...(remoteHosts === undefined ? {} : { remoteHosts }),
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
