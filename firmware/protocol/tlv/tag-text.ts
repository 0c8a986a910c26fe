import { EMV_TAGS } from './emv-tags.ts';

/** The usual tags need no formatting on the way; a bounded table, so that strange input cannot grow it. */
const TEXT_OF_TAG: ReadonlyMap<number, string> = new Map(
  Object.keys(EMV_TAGS).map((text) => [Number.parseInt(text, 16), text]),
);

/** A tag as people write it: upper-case hex, two digits a byte. */
export function textOfTag(tag: number): string {
  const known = TEXT_OF_TAG.get(tag);
  if (known !== undefined) return known;
  const digits = tag.toString(16).toUpperCase();
  return digits.length % 2 === 0 ? digits : `0${digits}`;
}
