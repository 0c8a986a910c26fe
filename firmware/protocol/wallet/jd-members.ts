import { ProtocolError } from '../../base/protocol-error.ts';
import { fenOfDigits, type Members, membersOf, textMember } from './reply-members.ts';

/** A text of the given shape; `ProtocolError` names the member. */
export function textOf(members: Members, name: string, shape: RegExp): string {
  const value = textMember(members, name);
  if (value === undefined) throw new ProtocolError(['biz', name], 'missing');
  if (!shape.test(value)) throw new ProtocolError(['biz', name], 'malformed');
  return value;
}

/** Numbers of trades and references. */
export const JD_REFERENCE = /^[\w-]{1,64}$/;

/** A whole number as text without leading zeros, at most 12 digits as everywhere that fen go. */
export function numberOf(members: Members, name: string): number {
  const value = fenOfDigits(textMember(members, name));
  if (value === undefined) throw new ProtocolError(['biz', name], 'no whole number');
  return value;
}

export function optionalNumber(members: Members, name: string): number | undefined {
  return textMember(members, name) === undefined ? undefined : numberOf(members, name);
}

/** Whether a member says exactly this number. */
export function saysNumber(members: Members, name: string, value: number): boolean {
  return textMember(members, name) === value.toString();
}

/** A list of at most so many objects. */
export function listOf(members: Members, name: string, lengthMax: number): readonly Members[] {
  const value: unknown = members[name];
  if (!Array.isArray(value)) throw new ProtocolError(['biz', name], 'no list');
  if (value.length > lengthMax) throw new ProtocolError(['biz', name], 'too long');
  return value.map(membersOf);
}

/** A day of the calendar as `YYYY-MM-DD`. */
export function dayOf(members: Members, name: string): string {
  const text = textOf(members, name, /^\d{4}-\d{2}-\d{2}$/);
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  // A day that the month has not comes out as another one.
  const isDay = new Date(Date.UTC(year, month - 1, day)).toISOString().startsWith(text);
  if (!isDay) throw new ProtocolError(['biz', name], 'no day of the calendar');
  return text;
}
