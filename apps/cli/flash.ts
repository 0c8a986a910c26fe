import { basename, join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { checkoutImages, type CheckoutImages } from '../../image/checkout-images.ts';
import { flashDisk, type FlashRequest, planFlash } from '../../image/flash/flash-disk.ts';
import { sizeText } from '../../image/flash/flash-error.ts';
import { checkTarget, describeTarget } from '../../image/flash/target.ts';
import { TARGETS } from '../../image/targets.ts';
import { ImageError } from '../../image/tools.ts';
import { readConfigFiles } from '../flash/config-files.ts';
import { consent } from '../flash/consent.ts';
import { flashInto } from '../flash/into.ts';
import { processScreen, progressLine, type Screen } from '../flash/progress-line.ts';
import { type CliIo, EXIT_USAGE } from './lines.ts';

const EXIT_FAILED = 1;

export const FLASH_HELP = `fenqi flash — writes the disk of a device

  fenqi flash --to /dev/sdX|FILE [--root-image FILE --image FILE] [--config terminal.yaml] [--keys DIR] [--yes]
      Root, two application slots and data, on a whole disk, a card or in a file. What was on it is lost: it shows what
      that is and asks. Everything is read back and compared before the partition table makes it bootable.
      Without images, debug ones are built of this checkout, with development keys, and kept in --out.

  fenqi flash --into DIR --image FILE [--config terminal.yaml] [--keys DIR] [--overwrite] [--yes]
      Into a Debian with systemd and RAUC that is there already: DIR is / or where its root is mounted. Slots are files
      below /var/lib/fenqi. Files of others are not replaced without --overwrite; a second run brings a new version.

  --root-image FILE   root that fenqi image root has made for this image
  --image FILE        application that fenqi image build has made
  --config FILE       terminal.yaml, checked as the device does; files that it names are written with it
  --keys DIR          wallet keys of this device, to pos/keys on data, for its user alone
  --target NAME       of what is built: ${TARGETS.join(' or ')}, default ${TARGETS[0]}
  --out DIR           where that is kept; default dist/device
  --size 2G           of a file; default 2G, or what it has
  --root-size 448M    of the root partition
  --append WORDS      more for the kernel's command line
  --yes               do not ask

  Ends with 1 when it could not be done, and says whether the target still holds what it did.
`;

const OPTIONS = {
  to: { type: 'string' },
  into: { type: 'string' },
  'root-image': { type: 'string' },
  image: { type: 'string' },
  config: { type: 'string' },
  keys: { type: 'string' },
  size: { type: 'string' },
  'root-size': { type: 'string' },
  append: { type: 'string' },
  target: { type: 'string', default: TARGETS[0] },
  out: { type: 'string', default: join('dist', 'device') },
  overwrite: { type: 'boolean', default: false },
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
  const misuse = misuseOf(values);
  if (misuse !== undefined) return wrong(io, misuse);
  const [sizeBytes, rootBytes] = [bytesOf(values.size), bytesOf(values['root-size'])];
  if (sizeBytes === 'wrong' || rootBytes === 'wrong') return wrong(io, 'a size is as 2G or 512M');
  const config = values.config === undefined ? undefined : await readConfigFiles(values.config);
  if (config?.kind === 'invalid') {
    for (const problem of config.problems) io.err(`fenqi flash: ${values.config}: ${problem}`);
    return EXIT_FAILED;
  }
  const given = {
    ...(config === undefined ? {} : { config: config.value }),
    ...(values.keys === undefined ? {} : { keys: values.keys }),
  };
  const { image = '', into, overwrite, yes } = values;
  try {
    if (into !== undefined) {
      return exitCode(await flashInto({ root: into, image, overwrite, ...given }, yes, io, screen), into, io);
    }
    const { to = '', append } = values;
    const request: FlashRequest = {
      to,
      ...(await imagesOf(values, sizeBytes, io)),
      ...given,
      ...(append === undefined ? {} : { append }),
      ...(sizeBytes === undefined ? {} : { sizeBytes }),
      ...(rootBytes === undefined ? {} : { rootMib: rootBytes / 2 ** 20 }),
    };
    return exitCode(await flashTo(request, yes, io, screen), to, io);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    io.err(`${screen.isTerminal ? '\n' : ''}fenqi flash: ${error.message}`);
    return EXIT_FAILED;
  }
}

/** Those that were given, or of what is checked out. */
async function imagesOf(values: Values, sizeBytes: number | undefined, io: CliIo): Promise<CheckoutImages> {
  const { to = '', image, 'root-image': rootImage, out } = values;
  if (image !== undefined && rootImage !== undefined) return { image, rootImage };
  // Before minutes are spent on what could not be written.
  checkTarget(to, sizeBytes);
  const target = TARGETS.find((name) => name === values.target) ?? TARGETS[0];
  io.err('Building debug images of this checkout; updates are signed with the keys beside them / 正在构建调试镜像');
  return checkoutImages({ target, out, isQuick: false }, io.err);
}

const FOR_DISKS = ['root-image', 'size', 'root-size', 'append'] as const;

function misuseOf(values: Values): string | undefined {
  if (values.to !== undefined && values.into !== undefined) return 'either --to or --into';
  if (values.into !== undefined) {
    const idle = FOR_DISKS.filter((name) => values[name] !== undefined);
    if (idle.length > 0) return `--${idle.join(', --')}: only with --to`;
    return values.image === undefined ? '--image is missing' : undefined;
  }
  if (values.to === undefined) return '--to is missing';
  if (!TARGETS.some((name) => name === values.target)) return `--target is ${TARGETS.join(' or ')}`;
  return (values.image === undefined) === (values['root-image'] === undefined)
    ? undefined
    : 'give both --image and --root-image, or none';
}

type Outcome = 'done' | 'no' | 'nobody';

function exitCode(outcome: Outcome, target: string, io: CliIo): number {
  if (outcome === 'done') return 0;
  if (outcome === 'nobody') return wrong(io, `nobody is there to be asked about ${target}: give --yes`);
  io.err('fenqi flash: nothing was written / 未写入任何内容');
  return EXIT_FAILED;
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

/** Shows what goes and what comes, and asks; a new file takes nothing away from anybody. */
async function flashTo(request: FlashRequest, isAgreed: boolean, io: CliIo, screen: Screen): Promise<Outcome> {
  const { target, layout, manifest, entries } = await planFlash(request);
  io.err('The target now / 目标现状:');
  for (const line of describeTarget(target)) io.err(`  ${line}`);
  io.err(`Will be written / 将写入: ${manifest.name} ${manifest.version}, ${manifest.compatible}`);
  for (const { name, bytes, about } of layout) {
    io.err(`  ${name.padEnd(10)} ${sizeText(bytes).padStart(9)}  ${about}`);
  }
  for (const { path, content } of entries) if (content !== undefined) io.err(`  data/${path}`);
  if (!isAgreed && (target.kind === 'disk' || target.exists)) {
    const loss = `Everything on ${target.path} will be lost / ${target.path} 上的全部数据将丢失`;
    const answer = await consent({ name: basename(target.path), loss }, io, screen);
    if (answer !== 'yes') return answer;
  }
  await write(request, io, screen);
  return 'done';
}

async function write(request: FlashRequest, io: CliIo, screen: Screen): Promise<void> {
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  // Tools in the same terminal end by themselves; what they leave is said, and not left to be found out.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  try {
    const { target } = await flashDisk({ ...request, signal: stop.signal }, progressLine(screen));
    if (screen.isTerminal) screen.write('\n');
    io.out(`${target.path}: written and verified / 已写入并校验`);
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal);
  }
}
