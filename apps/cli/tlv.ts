import { hexOf } from '../../firmware/base/bytes.ts';
import { decodeTlv, isSensitiveTag, type TlvNode } from '../../firmware/protocol/tlv/index.ts';
import { hexInput, protocolErrorOf } from './iso8583-input.ts';
import { type CliIo, EXIT_BAD_INPUT, EXIT_USAGE, trimmedLines } from './lines.ts';
import { parseArguments } from './options.ts';

const HELP = [
  'tlv decode [--unmasked]',
  'Reads BER-TLV in hex a line, writes a JSON list a line: ["tag","value in hex"] or ["tag",[…]] for a template.',
  'An empty line is an empty list. A line that is no BER-TLV gives {"error":{"path":[…],"reason":"…"}} and exit 1.',
  '--unmasked  show card numbers, tracks, names and expiry; for invented cards only',
];

type PrintableNode = readonly [tag: string, content: string | readonly PrintableNode[]];

function printable(node: TlvNode, unmasked: boolean): PrintableNode {
  if ('children' in node) return [node.tag, node.children.map((child) => printable(child, unmasked))];
  const digits = hexOf(node.value);
  return [node.tag, isSensitiveTag(node.tag) && !unmasked ? '*'.repeat(digits.length) : digits];
}

/** `tlv decode`: works on the lines of `io` and returns the exit code. */
export async function runTlv(args: string[], io: CliIo): Promise<number> {
  const parsed = parseArguments(args, ['help', 'unmasked']);
  if ('wrong' in parsed) return refuse(io, parsed.wrong);
  const { options, positionals } = parsed;
  if (options.help === true) {
    for (const line of HELP) io.out(line);
    return 0;
  }
  if (positionals.length !== 1 || positionals[0] !== 'decode') return refuse(io, 'tlv takes: decode');
  return await decodeLines(options.unmasked ?? false, io);
}

async function decodeLines(unmasked: boolean, io: CliIo): Promise<number> {
  let exitCode = 0;
  for await (const line of trimmedLines(io.lines)) {
    const error = protocolErrorOf(() => {
      const nodes = decodeTlv(hexInput(line, ['line']));
      io.out(JSON.stringify(nodes.map((node) => printable(node, unmasked))));
    });
    if (error === undefined) continue;
    io.out(JSON.stringify({ error: { path: error.path, reason: error.reason } }));
    exitCode = EXIT_BAD_INPUT;
  }
  return exitCode;
}

function refuse(io: CliIo, why: string): number {
  io.err(why);
  io.err('tlv --help explains');
  return EXIT_USAGE;
}
