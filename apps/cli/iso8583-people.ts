import { hexOf } from '../../firmware/base/bytes.ts';
import { columnsOf } from '../../firmware/base/columns.ts';
import {
  createCodec,
  type IsoCodec,
  type IsoMessage,
  maskMessage,
  type PrintableMessage,
  processingRequirement,
  unmaskedMessage,
} from '../../firmware/protocol/iso8583/index.ts';
import { explainField, explainMti, explainRequirement } from './iso8583-explain.ts';
import { framedInput, hexInput, messageBytes, type MessageOptions, protocolErrorOf } from './iso8583-input.ts';
import { type CliIo, EXIT_BAD_INPUT, EXIT_USAGE, filledLines } from './lines.ts';

const NAME_COLUMNS = 20;
const ZH_COLUMNS = 28;
const EXPLANATION_INDENT = ' '.repeat(4 + NAME_COLUMNS + ZH_COLUMNS);

/** `view`: each message as a table with names and meanings; lines that are no message get their error on `err`. */
export async function viewLines(options: MessageOptions, io: CliIo): Promise<number> {
  const codec = createCodec(options.dialect);
  let exitCode = 0;
  for await (const line of filledLines(io.lines)) {
    const error = protocolErrorOf(() => {
      for (const row of viewOf(line, codec, options)) io.out(row);
      io.out('');
    });
    if (error === undefined) continue;
    io.err(`${error.message}; iso8583 doctor looks for the cause`);
    exitCode = EXIT_BAD_INPUT;
  }
  return exitCode;
}

function viewOf(line: string, codec: IsoCodec, options: MessageOptions): string[] {
  const message = codec.decode(messageBytes(line, options.framed));
  const rows = options.framed ? headRows(line, message) : [];
  rows.push(`${message.mti} ${explainMti(message.mti)}`);
  for (const [key, value] of Object.entries(printed(message, options).fields)) {
    rows.push(row(Number(key), value, options));
    for (const text of explainField(Number(key), message, options.unmasked)) rows.push(EXPLANATION_INDENT + text);
  }
  return rows;
}

function headRows(line: string, message: IsoMessage): string[] {
  const { tpdu, header } = framedInput(hexInput(line, ['line']));
  const wish = explainRequirement(processingRequirement(header), message);
  return [`TPDU ${hexOf(tpdu)}`, `header ${hexOf(header)}${wish === '' ? '' : `: the host wants: ${wish}`}`];
}

function printed(message: IsoMessage, { dialect, unmasked }: MessageOptions): PrintableMessage {
  return unmasked ? unmaskedMessage(message) : maskMessage(message, dialect);
}

function row(field: number, value: string, { dialect }: MessageOptions): string {
  const spec = dialect.fields[field];
  const name = padded(spec?.name ?? '', NAME_COLUMNS) + padded(spec?.zh ?? '', ZH_COLUMNS);
  return `${String(field).padStart(3)} ${name}${printableText(value)}`;
}

/** Control bytes of private fields would move the cursor of whoever looks at them. */
function printableText(value: string): string {
  return value.replace(/\p{Cc}/gu, '·');
}

function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(1, columns - columnsOf(text)));
}

/** `diff`: two messages, and what differs between them. Exit 0 when they are equal, 1 when not, 2 without two messages. */
export async function diffLines(options: MessageOptions, io: CliIo): Promise<number> {
  const lines: string[] = [];
  for await (const line of filledLines(io.lines)) lines.push(line);
  const [first, second, ...more] = lines;
  if (first === undefined || second === undefined || more.length > 0) {
    io.err(`diff takes two messages, there are ${lines.length}`);
    return EXIT_USAGE;
  }
  let differences: string[] = [];
  const error = protocolErrorOf(() => {
    const codec = createCodec(options.dialect);
    const decoded = (line: string): IsoMessage => codec.decode(messageBytes(line, options.framed));
    differences = differencesOf(decoded(first), decoded(second), options);
  });
  if (error !== undefined) {
    io.err(error.message);
    return EXIT_USAGE;
  }
  for (const text of differences) io.out(text);
  return differences.length === 0 ? 0 : EXIT_BAD_INPUT;
}

/** Compares what is there and prints what may be shown: two hidden values that differ still show up. */
function differencesOf(first: IsoMessage, second: IsoMessage, options: MessageOptions): string[] {
  const rows = first.mti === second.mti ? [] : [`    message type`, `  - ${first.mti}`, `  + ${second.mti}`];
  const whole = [unmaskedMessage(first).fields, unmaskedMessage(second).fields] as const;
  const shown = [printed(first, options).fields, printed(second, options).fields] as const;
  const fields = new Set([...Object.keys(whole[0]), ...Object.keys(whole[1])].map(Number));
  for (const field of [...fields].toSorted((a, b) => a - b)) {
    if (whole[0][field] === whole[1][field]) continue;
    rows.push(row(field, '', options).trimEnd());
    rows.push(
      `  - ${printableText(shown[0][field] ?? '(absent)')}`,
      `  + ${printableText(shown[1][field] ?? '(absent)')}`,
    );
  }
  return rows;
}
