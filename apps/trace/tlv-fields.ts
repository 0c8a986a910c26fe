import { hexOf } from '../../firmware/base/bytes.ts';
import { EMV_TAGS, indexTlv, textOfTag } from '../../firmware/protocol/tlv/index.ts';
import type { Field } from '../../visualizer/model/trace.ts';
import { group, hidden, shown } from './fields.ts';
import { readable } from './line-tap.ts';

/** Tags whose values say how a transaction went and nothing about whose card it was. */
const SHOWN_TAGS: ReadonlySet<string> = new Set(
  (
    '4F 50 82 84 87 8A 95 9A 9B 9C 5F2A 5F2D 9F02 9F03 9F06 9F09 9F10 9F1A 9F1B 9F1E 9F21 9F26 9F27 9F33 9F34 9F35 ' +
    '9F36 9F37 9F41 9F4E 9F66 9F6C DF31 DFEF37 DFEF3C'
  ).split(' '),
);

/** BER-TLV as fields, a tag each; hidden whole when it is none. */
export function tlvFields(bytes: Uint8Array): readonly Field[] {
  const index = readable(() => indexTlv(bytes));
  if (index === undefined) return bytes.length === 0 ? [] : [hidden('data', bytes.length)];
  /** Children of the groups that are open, by depth. */
  const open: Field[][] = [[]];
  for (let entry = 0; entry < index.count; entry++) {
    const depth = index.depthAt(entry);
    const tag = textOfTag(index.tagAt(entry));
    const name = EMV_TAGS[tag];
    const note = name === undefined ? '' : `${name.zh} ${name.en}`;
    const children: Field[] = [];
    const isGroup = index.isConstructedAt(entry);
    open[depth]?.push(isGroup ? group(tag, children, note) : tagField(tag, index.valueAt(entry), note));
    open.length = depth + 1;
    open.push(children);
  }
  return open[0] ?? [];
}

function tagField(tag: string, value: Uint8Array, note: string): Field {
  if (SHOWN_TAGS.has(tag)) return shown(tag, hexOf(value), note);
  const field = hidden(tag, value.length);
  return note === '' ? field : { ...field, note: `${note} · ${field.note}` };
}
