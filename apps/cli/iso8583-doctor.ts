import { bytesOfHex, hexOf, latin1Of } from '../../firmware/base/bytes.ts';
import {
  bcd,
  bytesField,
  createCodec,
  type Dialect,
  type FieldSpec,
  type IsoMessage,
  layoutOf,
  textField,
} from '../../firmware/protocol/iso8583/index.ts';
import { indexTlv } from '../../firmware/protocol/tlv/index.ts';
import { framedInput, hexInput, type MessageOptions, protocolErrorOf } from './iso8583-input.ts';
import { type CliIo, EXIT_BAD_INPUT, filledLines } from './lines.ts';

/** `doctor`: a finding a line for each message; exit 1 when one of them cannot be read. */
export async function doctorLines({ dialect, framed }: MessageOptions, io: CliIo): Promise<number> {
  let exitCode = 0;
  for await (const line of filledLines(io.lines)) {
    const findings: string[] = [];
    const error = protocolErrorOf(() => {
      const bytes = hexInput(line, ['line']);
      findings.push(...examine(framed ? framedInput(bytes).iso : bytes, dialect));
    });
    if (error !== undefined) findings.push(...unreadableLine(error.message, line, dialect));
    if (findings.some((finding) => finding.startsWith('broken'))) exitCode = EXIT_BAD_INPUT;
    for (const finding of findings) io.out(finding);
  }
  return exitCode;
}

/** Not even hex, or a frame that does not add up: the one thing left to try is the line without its frame. */
function unreadableLine(message: string, line: string, dialect: Dialect): string[] {
  const findings = [`broken: ${message}`];
  const bytes = bytesOfHex(line);
  if (bytes === undefined) findings.push('do: give one message a line, two hex digits a byte, nothing between them');
  else findings.push(...likelyCauses(bytes, dialect));
  return findings;
}

function examine(bytes: Uint8Array, dialect: Dialect): string[] {
  const { mti, places, stopped, announced } = layoutOf(dialect, bytes);
  const message = messageOf(bytes, dialect);
  if (message !== undefined) return [`sound: ${message.mti} with ${places.length} fields`, ...doubts(message)];
  const refused = protocolErrorOf(() => void createCodec(dialect).decode(bytes));
  const error = stopped?.error ?? refused;
  const where = stopped === undefined ? '' : ` at byte ${stopped.at} (hex digit ${2 * stopped.at})`;
  return [
    `broken: ${error?.message}${where}`,
    `read until there: ${mti === undefined ? 'nothing' : `message type ${mti}, fields ${listed(places.map(({ field }) => field))}`}`,
    `the bitmap announces: ${listed(announced)}`,
    ...likelyCauses(bytes, dialect),
  ];
}

function listed(fields: readonly number[]): string {
  return fields.length === 0 ? 'none' : fields.join(' ');
}

function messageOf(bytes: Uint8Array, dialect: Dialect): IsoMessage | undefined {
  let message: IsoMessage | undefined;
  const error = protocolErrorOf(() => void (message = createCodec(dialect).decode(bytes)));
  return error === undefined ? message : undefined;
}

/** A usual mistake: what the message would be without it, and what its sender has to change. */
interface Cause {
  readonly what: string;
  readonly advice: string;
  readonly cured: (bytes: Uint8Array, dialect: Dialect) => IsoMessage | undefined;
}

const FRAME_BEFORE: readonly (readonly [number, string, string])[] = [
  [2, 'the length of two bytes is still in front', 'take off two bytes, or keep all and use --framed'],
  [5, 'the TPDU is still in front', 'take off the five bytes of the TPDU'],
  [6, 'the header is still in front', 'take off the six bytes of the header'],
  [11, 'TPDU and header are still in front', 'take off eleven bytes, or put the length before them and use --framed'],
  [13, 'length, TPDU and header are still in front', 'use --framed'],
];

const CAUSES: readonly Cause[] = [
  ...FRAME_BEFORE.map(([count, what, advice]): Cause => ({
    what,
    advice,
    cured: (bytes, dialect) => messageOf(bytes.subarray(count), dialect),
  })),
  {
    what: 'the bytes are hex digits in ASCII: the message was turned into hex twice',
    advice: 'send the bytes themselves, not their hex text',
    cured: (bytes, dialect) => {
      const once = bytesOfHex(latin1Of(bytes));
      return once === undefined ? undefined : messageOf(once, dialect);
    },
  },
  {
    what: 'the message type is ASCII instead of BCD',
    advice: 'pack the message type into two bytes',
    cured: (bytes, dialect) => withHead(bytes, 4, 8, latin1Of(bytes.subarray(0, 4)), dialect),
  },
  {
    what: 'message type and bitmap are hex text instead of bytes',
    advice: 'pack the message type into two bytes and the bitmap into eight',
    cured: (bytes, dialect) => withHead(bytes, 20, 0, latin1Of(bytes.subarray(0, 20)), dialect),
  },
  {
    what: 'the bitmap is hex text instead of eight bytes',
    advice: 'pack the bitmap into eight bytes',
    cured: (bytes, dialect) =>
      withHead(bytes, 18, 0, hexOf(bytes.subarray(0, 2)) + latin1Of(bytes.subarray(2, 18)), dialect),
  },
  {
    what: 'digits of odd count are aligned right in fields with a length',
    advice: 'put the spare nibble behind the digits: the dialect aligns fields with a length left',
    cured: (bytes, dialect) =>
      messageOf(
        bytes,
        alignedRight(dialect, (spec) => spec.length.prefixBytes > 0),
      ),
  },
  {
    what: 'field 22 is aligned right',
    advice: 'send 021 as 02 10, not 00 21',
    cured: (bytes, dialect) =>
      messageOf(
        bytes,
        alignedRight(dialect, (spec) => spec.name === 'entryMode'),
      ),
  },
  {
    what: 'bytes follow the message, e.g. padding or a second message',
    advice: 'send as many bytes as the length says, and one message a frame',
    cured: (bytes, dialect) => {
      const { stopped, places } = layoutOf(dialect, bytes);
      return stopped?.error.path[0] === 'end'
        ? messageOf(bytes.subarray(0, places.at(-1)?.end ?? 10), dialect)
        : undefined;
    },
  },
];

/** The message with another head: `skip` bytes off, `bitmapBytes` of them kept as they are behind the new hex. */
function withHead(
  bytes: Uint8Array,
  skip: number,
  bitmapBytes: number,
  headHex: string,
  dialect: Dialect,
): IsoMessage | undefined {
  const head = bytesOfHex(headHex);
  if (head === undefined || bytes.length < skip + bitmapBytes) return undefined;
  const whole = new Uint8Array(head.length + bytes.length - skip);
  whole.set(head);
  whole.set(bytes.subarray(skip), head.length);
  return messageOf(whole, dialect);
}

function alignedRight(dialect: Dialect, wanted: (spec: FieldSpec) => boolean): Dialect {
  const fields = Object.entries(dialect.fields).map(([field, spec]) => [
    field,
    spec.encoding.kind === 'bcd' && wanted(spec) ? { ...spec, encoding: bcd('right') } : spec,
  ]);
  return { ...dialect, fields: Object.fromEntries(fields) as Dialect['fields'] };
}

/** The mistakes without which the message would be sound; when there is none, what to look at by hand. */
function likelyCauses(bytes: Uint8Array, dialect: Dialect): string[] {
  const found = CAUSES.filter(({ cured }) => cured(bytes, dialect) !== undefined);
  const lines = found.flatMap(({ what, advice }) => [`cause: ${what}`, `do: ${advice}`]);
  if (lines.length > 0) return lines;
  return [
    'cause: none of the usual ones',
    'do: compare the field above and the one before it with the dialect: count of digits or bytes, alignment, encoding',
  ];
}

/** What a readable message says that does not fit together. */
function doubts(message: IsoMessage): string[] {
  const found: string[] = [];
  const has = (field: number): boolean => message.fields[field] !== undefined;
  const pinEntered = textField(message, 22)?.[2];
  const chipData = bytesField(message, 55);
  const isFinancialRequest = /^0[1246][02]0$/.test(message.mti);
  if (isFinancialRequest && !has(64)) found.push('a message of this type carries a MAC, field 64 is absent');
  if (pinEntered === '1' && !has(52) && message.mti !== '0400')
    found.push('field 22 says PIN entered, field 52 is absent');
  if (pinEntered === '2' && has(52)) found.push('field 22 says no PIN, field 52 is there');
  if (has(52) && !has(53)) found.push('field 52 is there, field 53 that says how it is enciphered is absent');
  if (has(4) && !has(49)) found.push('field 4 is there, its currency in field 49 is absent');
  if (/^0[1-9]0$/.test(textField(message, 23) ?? '')) {
    found.push('field 23 counts in tens: aligned left instead of right?');
  }
  if (chipData !== undefined) {
    const error = protocolErrorOf(() => void indexTlv(chipData));
    if (error !== undefined) found.push(`field 55 is not BER-TLV: ${error.message}`);
  }
  return found.map((doubt) => `doubtful: ${doubt}`);
}
