/** What a tap may put into an event: names, values that it lists itself, and masks. Whatever it does not list is hidden. */
import type { Field } from '../../visualizer/model/trace.ts';

/** Stands for a value that is nobody's business; the note says how long it is. */
export const HIDDEN = '•••';

export function shown(name: string, value: string, note?: string): Field {
  return note === undefined || note === '' ? { name, value } : { name, value, note };
}

export function hidden(name: string, length: number, unit: 'bytes' | 'characters' | 'digits' = 'bytes'): Field {
  return { name, value: HIDDEN, note: `${length} ${unit}` };
}

export function group(name: string, children: readonly Field[], note?: string): Field {
  return note === undefined || note === '' ? { name, children } : { name, note, children };
}

/** Members of a message or a record that may be seen, by their names at any depth. */
export interface MemberList {
  readonly shown: ReadonlySet<string>;
  /** Seen in a masked form. */
  readonly masked?: Readonly<Record<string, (text: string) => string>>;
}

/** A value out of JSON as fields: the tree is seen whole, of its leaves those alone that are listed. */
export function memberFields(value: unknown, list: MemberList): readonly Field[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value as Readonly<Record<string, unknown>>)
    .filter(([, member]) => member !== undefined && member !== null)
    .map(([name, member]) => memberField(name, name, member, list));
}

/** @param listed by which name it is looked up: items of a list go by the name of the list */
function memberField(name: string, listed: string, value: unknown, list: MemberList): Field {
  if (Array.isArray(value)) {
    return group(
      name,
      value.map((item: unknown, index) => memberField(String(index + 1), listed, item, list)),
    );
  }
  if (typeof value === 'object' && value !== null) return group(name, memberFields(value, list));
  const text = String(value);
  if (list.shown.has(listed)) return shown(name, text);
  const mask = list.masked !== undefined && Object.hasOwn(list.masked, listed) ? list.masked[listed] : undefined;
  return mask === undefined ? hidden(name, text.length, 'characters') : shown(name, mask(text));
}
