import { hex, hexOf } from '../../firmware/base/bytes.ts';
import { ProtocolError } from '../../firmware/base/protocol-error.ts';
import type { MacAlgorithm } from '../../firmware/hal/key-store.ts';
import { computeMac } from '../../firmware/protocol/crypto/mac.ts';
import {
  createCodec,
  type Dialect,
  type IsoMessage,
  type IsoValue,
  maskMessage,
  packFrame,
  unmaskedMessage,
  withLength,
} from '../../firmware/protocol/iso8583/index.ts';
import { CIPHERS } from '../../drivers/crypto/ciphers.ts';
import { framedInput, hexInput, type MessageOptions, protocolErrorOf } from './iso8583-input.ts';
import { type CliIo, EXIT_BAD_INPUT, trimmedLines } from './lines.ts';

/** What `encode --framed` puts before a message that names no address and header of its own. */
const TPDU_DEFAULT = '6000030000';
const HEADER_DEFAULT = '603100311305';

const MAC_ALGORITHMS: readonly string[] = [
  'cup-ecb',
  'cup-sm4',
  'x9.9',
  'x9.19',
  'cbc',
  'raw-fold',
] satisfies MacAlgorithm[];

function isMacAlgorithm(text: string): text is MacAlgorithm {
  return MAC_ALGORITHMS.includes(text);
}

/** One result or one error object a line; exit 1 when there was an error among them. */
async function eachLine(io: CliIo, work: (line: string) => string): Promise<number> {
  let exitCode = 0;
  for await (const line of trimmedLines(io.lines)) {
    const error = protocolErrorOf(() => io.out(work(line)));
    if (error === undefined) continue;
    io.out(JSON.stringify({ error: { path: error.path, reason: error.reason } }));
    exitCode = EXIT_BAD_INPUT;
  }
  return exitCode;
}

/** `decode`: a message in hex a line to a JSON object a line. */
export async function decodeLines({ dialect, framed, unmasked }: MessageOptions, io: CliIo): Promise<number> {
  const codec = createCodec(dialect);
  const show = unmasked ? unmaskedMessage : (message: IsoMessage) => maskMessage(message, dialect);
  return await eachLine(io, (line) => {
    const bytes = hexInput(line, ['line']);
    if (!framed) return JSON.stringify(show(codec.decode(bytes)));
    const { tpdu, header, iso } = framedInput(bytes);
    return JSON.stringify({ tpdu: hexOf(tpdu), header: hexOf(header), ...show(codec.decode(iso)) });
  });
}

/** `encode`: a JSON object a line to a message in hex a line. */
export async function encodeLines({ dialect, framed }: MessageOptions, io: CliIo): Promise<number> {
  const codec = createCodec(dialect);
  return await eachLine(io, (line) => {
    const input = objectInput(line);
    const iso = codec.encode(messageInput(input, dialect));
    if (!framed) return hexOf(iso);
    const tpdu = hexMember(input, 'tpdu', hex(TPDU_DEFAULT));
    const header = hexMember(input, 'header', hex(HEADER_DEFAULT));
    return hexOf(withLength(packFrame({ tpdu, header }, iso)));
  });
}

/** `mac`: field 64 of a row of bytes under a test key. */
export async function macLines(io: CliIo): Promise<number> {
  return await eachLine(io, (line) => {
    const input = objectInput(line);
    const algorithm = input['algorithm'];
    if (typeof algorithm !== 'string' || !isMacAlgorithm(algorithm)) {
      throw new ProtocolError(['algorithm'], `is none of ${MAC_ALGORITHMS.join(', ')}`);
    }
    const mac = computeMac(CIPHERS, algorithm, hexMember(input, 'key'), hexMember(input, 'data'));
    return JSON.stringify({ mac: hexOf(mac) });
  });
}

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectInput(line: string): JsonObject {
  const value = jsonInput(line);
  if (!isObject(value)) throw new ProtocolError(['line'], 'is not a JSON object');
  return value;
}

function jsonInput(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // The parser's own message quotes the line, which can hold a card number.
    throw new ProtocolError(['line'], 'is not JSON');
  }
}

function hexMember(input: JsonObject, name: string, absent?: Uint8Array): Uint8Array {
  const value = input[name];
  if (value === undefined && absent !== undefined) return absent;
  if (typeof value !== 'string') throw new ProtocolError([name], 'is not a text of hex');
  return hexInput(value, [name]);
}

/** Keys go to the codec as they are: it refuses those that are no field numbers without repeating them. */
function messageInput(input: JsonObject, dialect: Dialect): IsoMessage {
  const { mti, fields } = input;
  if (typeof mti !== 'string') throw new ProtocolError(['mti'], 'is not a text of four digits');
  if (!isObject(fields)) throw new ProtocolError(['fields'], 'is not a JSON object');
  const values = Object.entries(fields).map(([key, value]) => [key, valueInput(key, value, dialect)]);
  return { mti, fields: Object.fromEntries(values) as Record<number, IsoValue> };
}

function valueInput(key: string, value: unknown, dialect: Dialect): IsoValue {
  const path = /^\d{1,3}$/.test(key) ? [key] : ['fields'];
  if (typeof value !== 'string') throw new ProtocolError(path, 'is not a text');
  return dialect.fields[Number(key)]?.encoding.kind === 'binary' ? hexInput(value, path) : value;
}
