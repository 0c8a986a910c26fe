import {
  createCodec,
  CUP_STANDARD,
  type IsoMessage,
  maskMessage,
  unpackFrame,
} from '../../firmware/protocol/iso8583/index.ts';
import type { Field } from '../../visualizer/model/trace.ts';
import { explainField, explainMti, subFieldsOf } from '../cli/iso8583-explain.ts';
import { group, hidden, shown } from './fields.ts';
import { readable } from './line-tap.ts';
import { tlvFields } from './tlv-fields.ts';

/** Fields that are seen as they are. */
const SHOWN_FIELDS: ReadonlySet<number> = new Set([
  3, 4, 11, 12, 13, 15, 22, 23, 25, 26, 32, 37, 38, 39, 41, 42, 44, 49, 53, 60, 61, 63,
]);
/** Fields of which the dialect's mask leaves something that may be seen. */
const MASKED_FIELDS: ReadonlySet<number> = new Set([2, 48, 59, 62]);
const CHIP_DATA = 55;
const RESPONSE_CODE = 39;

const codec = createCodec(CUP_STANDARD);

export interface IsoView {
  readonly title: string;
  readonly fields: readonly Field[];
}

/** A message of the acquirer as it goes over a link: address, header and ISO 8583. */
export function isoView(bytes: Uint8Array): IsoView {
  const message = readable(() => codec.decode(unpackFrame(bytes).iso));
  if (message === undefined) return { title: 'unreadable', fields: [hidden('message', bytes.length)] };
  const { mti } = message;
  const masked = maskMessage(message, CUP_STANDARD).fields;
  const numbers = Object.keys(message.fields).map(Number);
  const fields = numbers.map((field) => isoField(field, message, masked[field] ?? ''));
  const code = message.fields[RESPONSE_CODE];
  const result = typeof code === 'string' ? ` · ${code}` : '';
  return { title: `${mti} ${explainMti(mti)}${result}`, fields };
}

function isoField(field: number, message: IsoMessage, masked: string): Field {
  const { name: specName = 'unknown', zh = '' } = CUP_STANDARD.fields[field] ?? {};
  const name = `${field} ${specName}`;
  const value = message.fields[field];
  if (field === CHIP_DATA && value instanceof Uint8Array) return group(name, tlvFields(value), zh);
  if (MASKED_FIELDS.has(field)) {
    return /^\*+$/.test(masked) ? hidden(name, masked.length, 'characters') : shown(name, masked, zh);
  }
  if (!SHOWN_FIELDS.has(field) || typeof value !== 'string') {
    return typeof value === 'string' ? hidden(name, value.length, 'characters') : hidden(name, value?.length ?? 0);
  }
  const parts = subFieldsOf(field, value);
  if (parts.length > 0) {
    const children = parts.map((part) => shown(`${part.id} ${part.name}`, part.value, part.meaning));
    return { name, value, note: zh, children };
  }
  const meaning = explainField(field, message, false).join(', ');
  return shown(name, value, meaning === '' ? zh : `${zh} · ${meaning}`);
}
