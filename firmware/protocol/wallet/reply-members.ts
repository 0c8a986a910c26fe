import { ProtocolError } from '../../base/protocol-error.ts';
import { parseJson, rawMembers } from './json-text.ts';

/** Members of a JSON object from outside, unchecked. */
export type Members = Readonly<Record<string, unknown>>;

/** What a reply says; `ProtocolError` for text that is no JSON object, nests too deep or has a key twice. */
export function replyMembers(text: string): Members {
  rawMembers(text, ['reply']);
  return membersOf(parseJson(text, ['reply']));
}

/** The members of an object; none for any other value. */
export function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** A text that is there and not empty; anything else counts as absent. */
export function textMember(members: Members, name: string): string | undefined {
  const value = Object.hasOwn(members, name) ? members[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A text that must be there. */
export function requiredMember(members: Members, name: string): string {
  const value = textMember(members, name);
  if (value === undefined) throw new ProtocolError(['reply', name], 'missing');
  return value;
}

/** A header that must be there, of printable ASCII: what a signature covers must not hold a line of its own. */
export function requiredHeader(headers: Readonly<Record<string, string>>, name: string): string {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  if (value === undefined || !/^[!-~]{1,1024}$/.test(value)) throw new ProtocolError(['header', name], 'missing');
  return value;
}

/** Whole fen in decimal digits without a leading zero; `undefined` for anything else. */
export function fenOfDigits(text: string | undefined): number | undefined {
  return text !== undefined && /^(?:0|[1-9]\d{0,11})$/.test(text) ? Number(text) : undefined;
}
