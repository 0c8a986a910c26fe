import { formatYuan } from '../../firmware/base/fen.ts';
import { hexOf } from '../../firmware/base/bytes.ts';
import { type IsoMessage, type IsoValue, textField } from '../../firmware/protocol/iso8583/index.ts';
import { EMV_TAGS, isSensitiveTag, indexTlv, textOfTag } from '../../firmware/protocol/tlv/index.ts';
import { responseCode } from '../../firmware/rules/response-codes.ts';
import * as codes from './iso8583-codes.ts';
import { protocolErrorOf } from './iso8583-input.ts';

const { meaning } = codes;

/** What a message type says. */
export function explainMti(mti: string): string {
  return `${meaning(codes.MESSAGE_CLASS, mti.slice(0, 2))} ${meaning(codes.MESSAGE_FUNCTION, mti.slice(2, 3))}`;
}

type Explainer = (text: string, message: IsoMessage) => readonly string[];

/** What the codes inside a field say; fields without an entry speak for themselves. */
const EXPLAINERS: Readonly<Record<number, Explainer>> = {
  3: (text) => [
    `${text.slice(0, 2)} ${meaning(codes.PROCESSING, text.slice(0, 2))}`,
    `account ${text.slice(2, 3)} ${meaning(codes.ACCOUNT, text.slice(2, 3))}`,
  ],
  4: (text) => [`¥${formatYuan(Number(text))}`],
  22: (text) => [
    `${text.slice(0, 2)} ${meaning(codes.ENTRY, text.slice(0, 2))}`,
    `${text.slice(2)} ${meaning(codes.PIN_ENTRY, text.slice(2))}`,
  ],
  25: (text) => [meaning(codes.CONDITION, text)],
  39: explainResponse,
  53: (text) => [
    `${text.slice(0, 1)} ${meaning(codes.PIN_FORM, text.slice(0, 1))}`,
    `${text.slice(1, 2)} ${meaning(codes.PIN_CIPHER, text.slice(1, 2))}`,
    `${text.slice(2, 3)} ${meaning(codes.TRACK_CIPHER, text.slice(2, 3))}`,
  ],
};

/** Lines that explain a field of a message. Card data in chip tags appear only `unmasked`. */
export function explainField(field: number, message: IsoMessage, unmasked: boolean): readonly string[] {
  const value: IsoValue | undefined = message.fields[field];
  if (field === 55 && value instanceof Uint8Array) return explainChipData(value, unmasked);
  if (typeof value !== 'string') return [];
  const parts = subFieldsOf(field, value);
  return parts.length > 0 ? parts.map(partLine) : (EXPLAINERS[field]?.(value, message) ?? []);
}

function partLine({ id, name, value, meaning: meant }: SubField): string {
  return `${id} ${name} ${value}${meant === '' ? '' : ` ${meant}`}`;
}

function explainResponse(code: string, message: IsoMessage): readonly string[] {
  if (message.mti === '0400') return [`reversal reason: ${meaning(codes.REVERSAL_REASON, code)}`];
  const { en, zh } = responseCode(code);
  return [`${en} ${zh}`];
}

/** Parts of fields that are rows of parts. */
const SUB_FIELDS: Readonly<Record<number, readonly SubFieldSpec[]>> = {
  60: [
    ['60.1', 'transaction type', 2, codes.TRANSACTION_TYPE],
    ['60.2', 'batch', 6],
    ['60.3', 'network code', 3, codes.NETWORK_CODE],
    ['60.4', 'read capability', 1, codes.READ_CAPABILITY],
    ['60.5', 'chip condition', 1, codes.CHIP_CONDITION],
    ['60.6', 'partial authorization', 1],
    ['60.7', 'account class', 3],
  ],
  61: [
    ['61.1', 'original batch', 6],
    ['61.2', 'original STAN', 6],
    ['61.3', 'original date', 4],
    ['61.4', 'authorization mode', 2],
    ['61.5', 'authorizing institution', 11],
  ],
};

type SubFieldSpec = readonly [id: string, name: string, digits: number, meanings?: Readonly<Record<string, string>>];

/** A part of a field; `meaning` is empty where its digits speak for themselves. */
export interface SubField {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly meaning: string;
}

/** The parts of a field, as far as its text goes; none for a field that has none. */
export function subFieldsOf(field: number, text: string): readonly SubField[] {
  const parts: SubField[] = [];
  let at = 0;
  for (const [id, name, digits, meanings] of SUB_FIELDS[field] ?? []) {
    const value = text.slice(at, at + digits);
    if (value === '') break;
    parts.push({ id, name, value, meaning: meanings === undefined ? '' : meaning(meanings, value) });
    at += digits;
  }
  return parts;
}

/** Each tag on its line, children indented; what is wrong with the data when they are not BER-TLV. */
function explainChipData(chipData: Uint8Array, unmasked: boolean): readonly string[] {
  const lines: string[] = [];
  const error = protocolErrorOf(() => {
    const index = indexTlv(chipData);
    for (let entry = 0; entry < index.count; entry++) {
      const tag = textOfTag(index.tagAt(entry));
      const digits = hexOf(index.valueAt(entry));
      const shown = isSensitiveTag(tag) && !unmasked ? '*'.repeat(digits.length) : digits;
      const value = index.isConstructedAt(entry) ? '' : shown;
      const { en, zh } = EMV_TAGS[tag] ?? { en: 'unknown', zh: '' };
      lines.push(`${'  '.repeat(index.depthAt(entry))}${tag.padEnd(5)}${value} ${en} ${zh}`.trimEnd());
    }
  });
  return error === undefined ? lines : [`is not BER-TLV: ${error.message}`];
}

/** What the host wants done, out of the header of a response; nothing for a request. */
export function explainRequirement(requirement: number, message: IsoMessage): string {
  if (requirement === 0 || textField(message, 39) === undefined) return '';
  return meaning(codes.PROCESSING_REQUIREMENT, String(requirement));
}
