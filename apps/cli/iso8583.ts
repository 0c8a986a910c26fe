import { CUP_STANDARD, DIALECTS } from '../../firmware/protocol/iso8583/index.ts';
import { doctorLines } from './iso8583-doctor.ts';
import type { MessageOptions } from './iso8583-input.ts';
import { decodeLines, encodeLines, macLines } from './iso8583-lines.ts';
import { diffLines, viewLines } from './iso8583-people.ts';
import { type CliIo, EXIT_USAGE, filesIo } from './lines.ts';
import { parseArguments, type ToolFlag } from './options.ts';

interface Subcommand {
  readonly run: (options: MessageOptions, io: CliIo) => Promise<number>;
  readonly flags: readonly ToolFlag[];
  readonly help: readonly string[];
  /** How many files may be named in place of standard input. */
  readonly files?: number;
}

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  decode: {
    run: decodeLines,
    flags: ['help', 'framed', 'dialect', 'unmasked'],
    help: [
      'iso8583 decode [--framed] [--dialect NAME] [--unmasked]',
      'Reads one message in hex a line, writes one JSON object a line: {"mti":"0200","fields":{"2":"…"}}.',
      'Binary fields are upper-case hex. A line that is no message gives {"error":{"path":[…],"reason":"…"}} and exit 1.',
    ],
  },
  encode: {
    run: encodeLines,
    flags: ['help', 'framed', 'dialect'],
    help: [
      'iso8583 encode [--framed] [--dialect NAME]',
      'Reads one JSON object a line, as decode writes them, and writes the message in upper-case hex.',
      'With --framed, "tpdu" and "header" may be left out; they are then 6000030000 and 603100311305.',
    ],
  },
  mac: {
    run: (_options, io) => macLines(io),
    flags: ['help'],
    help: [
      'iso8583 mac',
      'Reads {"algorithm":"cup-ecb","key":"<hex>","data":"<hex>"} a line, writes {"mac":"<hex of field 64>"}.',
      'Algorithms: cup-ecb, cup-sm4, x9.9, x9.19, cbc, raw-fold. The data run from the message type up to field 64.',
    ],
  },
  view: {
    run: viewLines,
    flags: ['help', 'framed', 'dialect', 'unmasked'],
    help: [
      'iso8583 view [--framed] [--dialect NAME] [--unmasked]',
      'Shows each message in hex as a table with names, values and the meaning of codes, sub-fields and chip tags.',
    ],
  },
  diff: {
    run: diffLines,
    flags: ['help', 'framed', 'dialect', 'unmasked'],
    help: [
      'iso8583 diff [--framed] [--dialect NAME] [--unmasked] [FIRST SECOND]',
      'Reads two messages in hex, one a line or one a file, and shows field by field what differs; exit 1 if anything does.',
    ],
    files: 2,
  },
  doctor: {
    run: doctorLines,
    flags: ['help', 'framed', 'dialect'],
    help: [
      'iso8583 doctor [--framed] [--dialect NAME]',
      'Says what is wrong with each message in hex and at which byte, tries the usual causes, and says what to do.',
    ],
  },
};

const SHARED_HELP = [
  '--framed         two bytes of length, TPDU and header stand before the message',
  `--dialect NAME   ${Object.keys(DIALECTS).join(' or ')}; ${CUP_STANDARD.name} if not given`,
  '--unmasked       show card numbers, tracks, PIN blocks and keys; for invented cards only',
];

/** `iso8583 decode|encode|mac|view|diff|doctor`: works on the lines of `io` and returns the exit code. */
export async function runIso8583(args: string[], io: CliIo): Promise<number> {
  const [name = '', ...rest] = args;
  if (name === '--help') return showHelp(io, Object.values(SUBCOMMANDS));
  const subcommand = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
  if (subcommand === undefined) return refuse(io, `iso8583 takes one of: ${Object.keys(SUBCOMMANDS).join(', ')}`);
  const parsed = parseArguments(rest, subcommand.flags);
  if ('wrong' in parsed) return refuse(io, parsed.wrong);
  const { options, positionals } = parsed;
  if (options.help === true) return showHelp(io, [subcommand]);
  const files = subcommand.files ?? 0;
  if (positionals.length !== 0 && positionals.length !== files) {
    return refuse(io, `iso8583 ${name} reads standard input${files === 0 ? '' : ` or ${files} files`}`);
  }
  const dialectName = options.dialect ?? CUP_STANDARD.name;
  const dialect = Object.hasOwn(DIALECTS, dialectName) ? DIALECTS[dialectName] : undefined;
  if (dialect === undefined) return refuse(io, `--dialect takes one of: ${Object.keys(DIALECTS).join(', ')}`);
  const input = positionals.length === 0 ? io : await filesIo(io, positionals);
  if ('unreadable' in input) return refuse(io, `cannot read ${input.unreadable}`);
  const message = { dialect, framed: options.framed ?? false, unmasked: options.unmasked ?? false };
  return await subcommand.run(message, input);
}

function showHelp(io: CliIo, subcommands: readonly Subcommand[]): number {
  for (const { help } of subcommands) for (const line of [...help, '']) io.out(line);
  for (const line of SHARED_HELP) io.out(line);
  return 0;
}

function refuse(io: CliIo, why: string): number {
  io.err(why);
  io.err('iso8583 --help explains');
  return EXIT_USAGE;
}
