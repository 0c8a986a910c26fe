import { basename } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { flashDisk, type FlashPlan, type FlashRequest, planFlash } from '../../image/flash/flash-disk.ts';
import { sizeText } from '../../image/flash/flash-error.ts';
import { describeTarget } from '../../image/flash/target.ts';
import { ImageError } from '../../image/tools.ts';
import { readConfigFiles } from '../flash/config-files.ts';
import { processScreen, progressLine, type Screen } from '../flash/progress-line.ts';
import { type CliIo, EXIT_USAGE } from './lines.ts';

const EXIT_FAILED = 1;

export const FLASH_HELP = `fenqi flash — writes the disk of a device

  fenqi flash --to /dev/sdX|FILE --root-image FILE --image FILE [--config terminal.yaml] [--keys DIR] [--yes]
      Root, two application slots and data, on a whole disk, a card or in a file. What was on it is lost: it shows what
      that is and asks. Everything is read back and compared before the partition table makes it bootable.

  --root-image FILE   root that fenqi image root has made for this image
  --image FILE        application that fenqi image build has made
  --config FILE       terminal.yaml, checked as the device does; files that it names are written with it
  --keys DIR          wallet keys of this device, to pos/keys on data, for its user alone
  --size 2G           of a file; default 2G, or what it has
  --root-size 448M    of the root partition
  --append WORDS      more for the kernel's command line
  --yes               do not ask

  Ends with 1 when it could not be done, and says whether the target still holds what it did.
`;

const OPTIONS = {
  to: { type: 'string' },
  'root-image': { type: 'string' },
  image: { type: 'string' },
  config: { type: 'string' },
  keys: { type: 'string' },
  size: { type: 'string' },
  'root-size': { type: 'string' },
  append: { type: 'string' },
  yes: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

/** `fenqi flash`: exit code 1 when it could not be done or was not wanted, 2 when the call makes no sense. */
export async function runFlash(args: string[], io: CliIo, screen: Screen = processScreen()): Promise<number> {
  const { values } = parseArgs({ args, options: OPTIONS });
  if (values.help) {
    io.out(FLASH_HELP);
    return 0;
  }
  const missing = (['to', 'root-image', 'image'] as const).filter((name) => values[name] === undefined);
  if (missing.length > 0) return wrong(io, `--${missing.join(', --')} is missing`);
  const [sizeBytes, rootBytes] = [bytesOf(values.size), bytesOf(values['root-size'])];
  if (sizeBytes === 'wrong' || rootBytes === 'wrong') return wrong(io, 'a size is as 2G or 512M');
  const config = values.config === undefined ? undefined : await readConfigFiles(values.config);
  if (config?.kind === 'invalid') {
    for (const problem of config.problems) io.err(`fenqi flash: ${values.config}: ${problem}`);
    return EXIT_FAILED;
  }
  const request: FlashRequest = {
    ...requestOf(values),
    ...(config === undefined ? {} : { config: config.value }),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(rootBytes === undefined ? {} : { rootMib: rootBytes / 2 ** 20 }),
  };
  try {
    const plan = await planFlash(request);
    const answer = await consent(plan, values, io, screen);
    return answer === 'yes' ? await write(request, io, screen) : answer;
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    io.err(`${screen.isTerminal ? '\n' : ''}fenqi flash: ${error.message}`);
    return EXIT_FAILED;
  }
}

function requestOf({ to = '', 'root-image': rootImage = '', image = '', keys, append }: Values): FlashRequest {
  return {
    to,
    rootImage,
    image,
    ...(keys === undefined ? {} : { keys }),
    ...(append === undefined ? {} : { append }),
  };
}

const UNITS: Readonly<Record<string, number>> = { M: 2 ** 20, G: 2 ** 30 };

function bytesOf(text: string | undefined): number | undefined | 'wrong' {
  if (text === undefined) return undefined;
  const [, count = '', unit = ''] = /^([1-9]\d{0,5})([MG])$/.exec(text) ?? [];
  return count === '' ? 'wrong' : Number(count) * (UNITS[unit] ?? 1);
}

function wrong(io: CliIo, why: string): number {
  io.err(`fenqi flash: ${why}; see fenqi flash --help`);
  return EXIT_USAGE;
}

/** Shows what goes and what comes, and asks for the name of the target; a new file takes nothing away from anybody. */
async function consent(plan: FlashPlan, { yes }: Values, io: CliIo, screen: Screen): Promise<'yes' | number> {
  const { target, layout, manifest, entries } = plan;
  io.err('The target now / 目标现状:');
  for (const line of describeTarget(target)) io.err(`  ${line}`);
  io.err(`Will be written / 将写入: ${manifest.name} ${manifest.version}, ${manifest.compatible}`);
  for (const { name, bytes, about } of layout) {
    io.err(`  ${name.padEnd(10)} ${sizeText(bytes).padStart(9)}  ${about}`);
  }
  for (const { path, content } of entries) if (content !== undefined) io.err(`  data/${path}`);
  if (yes || (target.kind === 'file' && !target.exists)) return 'yes';
  const name = basename(target.path);
  if (!screen.isTerminal) return wrong(io, `nobody is there to be asked about ${target.path}: give --yes`);
  io.err(`Everything on ${target.path} will be lost / ${target.path} 上的全部数据将丢失`);
  io.err(`Type ${name} to go on / 输入 ${name} 继续:`);
  if ((await firstLine(io)) === name) return 'yes';
  io.err('fenqi flash: nothing was written / 未写入任何内容');
  return EXIT_FAILED;
}

async function firstLine(io: CliIo): Promise<string> {
  for await (const line of io.lines) return line.trim();
  return '';
}

async function write(request: FlashRequest, io: CliIo, screen: Screen): Promise<number> {
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  // Tools in the same terminal end by themselves; what they leave is said, and not left to be found out.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  try {
    const { target } = await flashDisk({ ...request, signal: stop.signal }, progressLine(screen));
    if (screen.isTerminal) screen.write('\n');
    io.out(`${target.path}: written and verified / 已写入并校验`);
    return 0;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal);
  }
}
