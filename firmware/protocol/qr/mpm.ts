import { ProtocolError } from '../../base/protocol-error.ts';
import { bytesOfUtf8, textOfUtf8 } from '../../base/text.ts';

/** One data object of a merchant-presented code (主扫): two digits of id, the value as text. */
export interface MpmField {
  readonly id: string;
  readonly value: string;
}

const FORMAT = { id: '00', value: '01' } as const;
const CRC_ID = '63';
const CRC_HEADER = '6304';
const VALUE_MAX = 99;

/**
 * A code's text from its data objects, `00` first and without `63`, which is computed. Lengths count characters.
 * `ProtocolError` for what no reader would take back.
 */
export function encodeMpm(fields: readonly MpmField[]): string {
  checkFields(fields);
  const body = fields.map(encodeField).join('') + CRC_HEADER;
  return body + crcText(body);
}

/** Data objects of a code in order, without the CRC object, which was checked: upper-case hex, over UTF-8, at the end. */
export function decodeMpm(text: string): MpmField[] {
  const body = text.slice(0, -4);
  if (!body.endsWith(CRC_HEADER)) throw new ProtocolError([CRC_ID], 'not at the end');
  checkText([CRC_ID], text);
  if (text.slice(-4) !== crcText(body)) throw new ProtocolError([CRC_ID], 'wrong CRC');
  const fields = decodeFields(body.slice(0, -CRC_HEADER.length), []);
  checkFields(fields);
  return fields;
}

/** Data objects inside a template: a merchant account 26–51, additional data 62, language 64, or 80–99. */
export function decodeMpmTemplate({ id, value }: MpmField): MpmField[] {
  const fields = decodeFields(value, [id]);
  checkUnique(fields, [id]);
  return fields;
}

/** The value of a template from the objects in it. */
export function encodeMpmTemplate(fields: readonly MpmField[]): string {
  checkUnique(fields, []);
  return fields.map(encodeField).join('');
}

/** CRC-16/CCITT-FALSE: polynomial 1021, start FFFF, nothing reflected. */
export function crc16Ccitt(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021) & 0xffff;
  }
  return crc;
}

function crcText(body: string): string {
  return crc16Ccitt(bytesOfUtf8(body)).toString(16).toUpperCase().padStart(4, '0');
}

function checkFields(fields: readonly MpmField[]): void {
  if (fields[0]?.id !== FORMAT.id || fields[0].value !== FORMAT.value) {
    throw new ProtocolError([FORMAT.id], 'must come first and say 01');
  }
  checkUnique(fields, []);
  if (fields.some(({ id }) => id === CRC_ID)) throw new ProtocolError([CRC_ID], 'must stand at the end alone');
}

function checkUnique(fields: readonly MpmField[], path: readonly string[]): void {
  const ids = new Set<string>();
  for (const { id } of fields) {
    if (ids.has(id)) throw new ProtocolError([...path, id], 'occurs twice');
    ids.add(id);
  }
}

function encodeField({ id, value }: MpmField): string {
  if (!/^\d\d$/.test(id)) throw new ProtocolError(['id'], 'must be two digits');
  const length = Array.from(value).length;
  if (length === 0 || length > VALUE_MAX) throw new ProtocolError([id], 'must have 1 to 99 characters');
  checkText([id], value);
  return id + length.toString().padStart(2, '0') + value;
}

function decodeFields(text: string, path: readonly string[]): MpmField[] {
  const characters = Array.from(text);
  const fields: MpmField[] = [];
  let at = 0;
  while (at < characters.length) {
    const [, id, length] = /^(\d\d)(\d\d)$/.exec(characters.slice(at, at + 4).join('')) ?? [];
    if (id === undefined) throw new ProtocolError(path, `no id and length at character ${at}`);
    const value = characters.slice(at + 4, at + 4 + Number(length));
    if (Number(length) === 0) throw new ProtocolError([...path, id], 'empty');
    if (value.length !== Number(length)) throw new ProtocolError([...path, id], 'length reaches beyond the end');
    fields.push({ id, value: value.join('') });
    at += 4 + value.length;
  }
  return fields;
}

/** Half a surrogate pair has no UTF-8, so its CRC would be that of another text. */
function checkText(path: readonly string[], text: string): void {
  if (textOfUtf8(bytesOfUtf8(text)) !== text) throw new ProtocolError(path, 'is no Unicode text');
}
