/** `fenqi emulate`: from the sources to a sale on a booted machine. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { checkoutImages, type CheckoutImages } from '../../image/checkout-images.ts';
import { flashDisk } from '../../image/flash/flash-disk.ts';
import { ImageError } from '../../image/tools.ts';
import { type CliIo, EXIT_USAGE } from '../cli/lines.ts';
import { OPERATOR_HELP } from '../console/operator.ts';
import { readBootFiles } from './boot-files.ts';
import { devicesOn, Hosts } from './counter.ts';
import { kernelWords, Machine } from './machine.ts';
import { type SaleName, SALES } from './sales.ts';
import { operateBy } from './operate.ts';

const EXIT_FAILED = 1;
const SALE_NAMES = Object.keys(SALES) as SaleName[];

export const EMULATE_HELP = `fenqi emulate — a machine in QEMU that boots what fenqi flash writes

  --sale ${SALE_NAMES.join('|')}   make this sale, print the slips, and end; without it screen and keys are yours
  --image FILE         application of fenqi image build, and with it
  --root-image FILE    the root of fenqi image root; default: both are built, and kept until the sources change
  --out DIR            where they are kept; default dist/emulator
  --language zh|en     default en
  --ram MIB            default 256
  --log FILE           what kernel and units say
  --help               this text

Card reader, PIN pad, scanner and printer are emulated on the machine's serial ports; acquirer and wallet are simulated on
this machine, over TLS. Nothing of it outlives the command but the builds. Keys of the console:
${OPERATOR_HELP}
`;

const OPTIONS = {
  sale: { type: 'string' },
  image: { type: 'string' },
  'root-image': { type: 'string' },
  out: { type: 'string', default: join('dist', 'emulator') },
  language: { type: 'string', default: 'en' },
  ram: { type: 'string', default: '256' },
  log: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

interface Asked {
  readonly sale: SaleName | undefined;
  readonly images: CheckoutImages | undefined;
  readonly out: string;
  readonly language: 'zh' | 'en';
  readonly ramMib: number;
  readonly log: string | undefined;
}

/** Exit code 1 when it could not be done, 2 when the call makes no sense. */
export async function runEmulate(args: readonly string[], io: CliIo): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help) {
    io.out(EMULATE_HELP);
    return 0;
  }
  const asked = askedOf(values);
  if (typeof asked === 'string') {
    io.err(`fenqi emulate: ${asked}; see fenqi emulate --help`);
    return EXIT_USAGE;
  }
  try {
    await emulate(asked, io);
    return 0;
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    io.err(`fenqi emulate: ${error.message}`);
    return EXIT_FAILED;
  }
}

function askedOf(values: ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values']): Asked | string {
  const { language, out, image, 'root-image': rootImage } = values;
  const sale = SALE_NAMES.find((name) => name === values.sale);
  if (values.sale !== undefined && sale === undefined) return `--sale is ${SALE_NAMES.join(' or ')}`;
  if (language !== 'zh' && language !== 'en') return '--language is zh or en';
  if (language === 'zh' && sale !== undefined) return 'sales are made on English screens: leave --language out';
  if (!/^[1-9]\d{1,4}$/.test(values.ram)) return '--ram is a number of MiB';
  if ((image === undefined) !== (rootImage === undefined)) return 'give both --image and --root-image, or none';
  const images = image === undefined || rootImage === undefined ? undefined : { image, rootImage };
  return { sale, images, out, language, ramMib: Number(values.ram), log: values.log };
}

async function emulate(asked: Asked, io: CliIo): Promise<void> {
  const startedMs = performance.now();
  const say = (what: string): void =>
    io.err(`${((performance.now() - startedMs) / 1000).toFixed(1).padStart(6)} s  ${what}`);
  const { image, rootImage } =
    asked.images ?? (await checkoutImages({ target: 'linux-x64', out: asked.out, isQuick: true }, say));
  const folder = mkdtempSync(join(tmpdir(), 'fenqi-emulate-'));
  const hosts = await Hosts.open();
  try {
    const disk = join(folder, 'disk.img');
    const config = hosts.configuration(asked.language);
    await flashDisk({ to: disk, image, rootImage, config, keys: hosts.keys }, () => undefined);
    say('disk flashed and verified');
    const { options, ...files } = await readBootFiles(disk, folder);
    const boot = { ...files, append: `${options} ${kernelWords('linux-x64')}` };
    const machine = await Machine.start({ disk, boot, ramMib: asked.ramMib });
    try {
      await use(machine, hosts, asked, io, say);
    } finally {
      await machine.cutPower();
      if (asked.log !== undefined) writeFileSync(asked.log, machine.log.text);
    }
  } finally {
    await hosts.close();
    rmSync(folder, { recursive: true });
  }
}

async function use(machine: Machine, hosts: Hosts, { sale, language }: Asked, io: CliIo, say: (what: string) => void) {
  const devices = devicesOn((device) => machine.port(device));
  if (sale === undefined) {
    machine.port('console').onData((bytes) => void process.stdout.write(bytes));
    io.out(OPERATOR_HELP);
    return operateBy(process.stdin, machine, devices, hosts, io.out);
  }
  await machine.console.shows(language === 'zh' ? '欢迎使用' : 'Welcome');
  say('booted: the terminal waits for a customer');
  const till = { console: machine.console, type: (keys: string) => machine.type(keys), devices };
  const slips = await SALES[sale](till);
  say('sold');
  for (const line of slips) io.out(line);
}
