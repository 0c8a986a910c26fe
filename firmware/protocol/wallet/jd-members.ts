import { isFen } from '../../base/fen.ts';
import { ProtocolError } from '../../base/protocol-error.ts';

/** A JSON object of a JD reply, unchecked. */
export type JdMembers = Readonly<Record<string, unknown>>;

/** The members of a JSON object; none for any other value. */
export function membersOf(value: unknown): JdMembers {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** A text that is there; anything else counts as absent. */
export function optionalText(members: JdMembers, name: string): string | undefined {
  const value = Object.hasOwn(members, name) ? members[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A text of the given shape; `ProtocolError` names the member. */
export function textOf(members: JdMembers, name: string, shape: RegExp): string {
  const value = optionalText(members, name);
  if (value === undefined) throw new ProtocolError(['biz', name], 'missing');
  if (!shape.test(value)) throw new ProtocolError(['biz', name], 'malformed');
  return value;
}

/** Numbers of trades and references. */
export const JD_REFERENCE = /^[\w-]{1,64}$/;

const WHOLE = /^(?:0|[1-9]\d{0,11})$/;

/** A whole number as text without leading zeros, at most 12 digits as everywhere that fen go. */
export function numberOf(members: JdMembers, name: string): number {
  return Number(textOf(members, name, WHOLE));
}

export function optionalNumber(members: JdMembers, name: string): number | undefined {
  return optionalText(members, name) === undefined ? undefined : numberOf(members, name);
}

/** Whether a member says exactly this number. */
export function saysNumber(members: JdMembers, name: string, value: number): boolean {
  return isFen(value) && optionalText(members, name) === value.toString();
}

/** A list of at most so many objects. */
export function listOf(members: JdMembers, name: string, lengthMax: number): readonly JdMembers[] {
  const value: unknown = members[name];
  if (!Array.isArray(value)) throw new ProtocolError(['biz', name], 'no list');
  if (value.length > lengthMax) throw new ProtocolError(['biz', name], 'too long');
  return value.map(membersOf);
}

/** A day of the calendar as `YYYY-MM-DD`. */
export function dayOf(members: JdMembers, name: string): string {
  const text = textOf(members, name, /^\d{4}-\d{2}-\d{2}$/);
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  // A day that the month has not comes out as another one.
  const isDay = new Date(Date.UTC(year, month - 1, day)).toISOString().startsWith(text);
  if (!isDay) throw new ProtocolError(['biz', name], 'no day of the calendar');
  return text;
}
