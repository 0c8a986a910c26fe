import { ProtocolError } from '../../base/protocol-error.ts';

/** One element of fields 57 and 59: two characters of tag, three digits of length, the value in printable ASCII. */
export interface Tlv59 {
  readonly tag: string;
  readonly value: string;
}

/** Tags of field 59 that this terminal knows (CUP terminal rules A.12). */
export const TAG_59 = { sm4PinBlock: 'A1', terminalIdentity: 'A2', payCode: 'A3', voucher: 'A4' } as const;

const HEADER_CHARACTERS = 5;
const LENGTH_MAX = 999;
const PRINTABLE = /^[\x20-\x7e]+$/;

/** The elements in order as one text. */
export function encodeTlv59(elements: readonly Tlv59[]): string {
  return elements.map(encodeElement).join('');
}

/**
 * The elements of a text. Also takes the value of a nested element such as A2. Throws `ProtocolError` with the tag in
 * its path for a tag that is no two letters or digits, a length that is no number or reaches beyond the end, or an empty value.
 */
export function decodeTlv59(text: string): Tlv59[] {
  const elements: Tlv59[] = [];
  let at = 0;
  while (at < text.length) {
    const [header, tag, length] = /^([0-9A-Z]{2})(\d{3})/.exec(text.slice(at, at + HEADER_CHARACTERS)) ?? [];
    if (header === undefined || tag === undefined) throw new ProtocolError(['59'], `no tag and length at ${at}`);
    const value = text.slice(at + HEADER_CHARACTERS, at + HEADER_CHARACTERS + Number(length));
    if (value.length !== Number(length)) throw new ProtocolError(['59', tag], 'length reaches beyond the end');
    checkValue(tag, value);
    elements.push({ tag, value });
    at += HEADER_CHARACTERS + value.length;
  }
  return elements;
}

function encodeElement({ tag, value }: Tlv59): string {
  if (!/^[0-9A-Z]{2}$/.test(tag)) throw new ProtocolError(['59'], 'tag must be two letters or digits');
  checkValue(tag, value);
  if (value.length > LENGTH_MAX) throw new ProtocolError(['59', tag], 'longer than 999');
  return tag + value.length.toString().padStart(3, '0') + value;
}

function checkValue(tag: string, value: string): void {
  if (!PRINTABLE.test(value)) throw new ProtocolError(['59', tag], 'value must be printable ASCII and not empty');
}
