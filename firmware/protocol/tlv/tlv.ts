import { byteAt, bytesOfHex, concatBytes } from '../../base/bytes.ts';
import { ProtocolError } from '../../base/protocol-error.ts';
import { textOfTag } from './tag-text.ts';
import { DEPTH_MAX, TAG_NUMBER_BYTES_MAX, TlvIndex } from './tlv-index.ts';

/** One tag with its value, or a template with the tags inside. Tags are upper-case hex. */
export type TlvNode =
  { readonly tag: string; readonly value: Uint8Array } | { readonly tag: string; readonly children: TlvNode[] };

/**
 * The tree of a BER-TLV text. Zero bytes between tags are skipped, as EMV allows; lengths may be longer than needed;
 * everything else that BER forbids is a `ProtocolError`. Values are views of `bytes`, so that erasing those erases them.
 */
export function decodeTlv(bytes: Uint8Array): TlvNode[] {
  const index = new TlvIndex(bytes);
  return nodesOf(index, { entry: 0 }, 0);
}

function nodesOf(index: TlvIndex, cursor: { entry: number }, depth: number): TlvNode[] {
  const nodes: TlvNode[] = [];
  while (cursor.entry < index.count && index.depthAt(cursor.entry) === depth) {
    const entry = cursor.entry++;
    const tag = textOfTag(index.tagAt(entry));
    if (index.isConstructedAt(entry)) nodes.push({ tag, children: nodesOf(index, cursor, depth + 1) });
    else nodes.push({ tag, value: index.valueAt(entry) });
  }
  return nodes;
}

/** Bytes of a tree, lengths as short as they can be. `ProtocolError` for a tag that could not be read back. */
export function encodeTlv(nodes: readonly TlvNode[]): Uint8Array {
  return encodeNodes(nodes, []);
}

function encodeNodes(nodes: readonly TlvNode[], path: readonly string[]): Uint8Array {
  if (path.length > DEPTH_MAX) throw new ProtocolError(path, `nests deeper than ${DEPTH_MAX}`);
  return concatBytes(...nodes.map((node) => encodeNode(node, path)));
}

function encodeNode(node: TlvNode, path: readonly string[]): Uint8Array {
  const tag = bytesOfTag(node.tag, path);
  const inside = [...path, node.tag];
  const isTemplate = 'children' in node;
  if (isTemplate !== isConstructed(tag)) {
    throw new ProtocolError(inside, isTemplate ? 'takes a value, not tags' : 'takes tags, not a value');
  }
  const value = isTemplate ? encodeNodes(node.children, inside) : node.value;
  return concatBytes(tag, bytesOfLength(value.length), value);
}

/** The bytes of a tag, checked to end where its bits say. */
function bytesOfTag(text: string, path: readonly string[]): Uint8Array {
  const bytes = bytesOfHex(text);
  const first = bytes?.[0] ?? 0;
  if (bytes === undefined || first === 0 || bytes.length > 1 + TAG_NUMBER_BYTES_MAX) {
    throw new ProtocolError(path, 'a tag is not one to four bytes of hex');
  }
  const isLong = (first & 0x1f) === 0x1f;
  const endsRight = bytes.every((byte, i) => i === 0 || ((byte & 0x80) !== 0) === i < bytes.length - 1);
  if (isLong !== bytes.length > 1 || !endsRight) throw new ProtocolError(path, 'a tag does not end where its bits say');
  return bytes;
}

function isConstructed(tag: Uint8Array): boolean {
  return (byteAt(tag, 0) & 0x20) !== 0;
}

function bytesOfLength(length: number): Uint8Array {
  if (length < 0x80) return new Uint8Array([length]);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest & 0xff);
  return new Uint8Array([0x80 | bytes.length, ...bytes]);
}

/** The first node under a tag, templates searched where they stand. */
export function findTag(nodes: readonly TlvNode[], tag: string): TlvNode | undefined {
  for (const node of nodes) {
    if (node.tag === tag) return node;
    const inside = 'children' in node ? findTag(node.children, tag) : undefined;
    if (inside !== undefined) return inside;
  }
  return undefined;
}
