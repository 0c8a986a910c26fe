import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { hex, hexOf } from '../../../firmware/base/bytes.ts';
import { ProtocolError } from '../../../firmware/base/protocol-error.ts';
import {
  decodeTlv,
  DEPTH_MAX,
  EMV_TAGS,
  encodeTlv,
  findTag,
  indexTlv,
  isSensitiveTag,
  maskTlv,
  textOfTag,
  type TlvNode,
} from '../../../firmware/protocol/tlv/index.ts';
import { joined } from '../iso8583/samples.ts';

type Tree = readonly (readonly [string, string | Tree])[];
interface Vector {
  readonly id: string;
  readonly hex: string;
  readonly tree?: Tree;
  readonly reject?: true;
}

const { cases: VECTORS } = JSON.parse(readFileSync(new URL('../../vectors/ber-tlv.json', import.meta.url), 'utf8')) as {
  cases: Vector[];
};

function treeOf(nodes: readonly TlvNode[]): Tree {
  return nodes.map((node) => [node.tag, 'children' in node ? treeOf(node.children) : hexOf(node.value)] as const);
}

function errorOf(work: () => unknown): ProtocolError {
  try {
    work();
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** `depth` templates around nothing. */
function nested(depth: number): Uint8Array {
  let inside = new Uint8Array(0);
  for (let i = 0; i < depth; i++) inside = new Uint8Array([0x70, inside.length, ...inside]);
  return inside;
}

describe('decodeTlv', () => {
  it.each(VECTORS)('$id', ({ hex: text, tree, reject }) => {
    const decode = (): Tree => treeOf(decodeTlv(hex(text)));
    if (reject === true) expect(decode).toThrow(ProtocolError);
    else expect(decode()).toEqual(tree);
  });

  it.each([
    ['nothing', '', []],
    ['zero bytes only', '0000', []],
    [
      'zero bytes around and inside',
      joined('00', '9C0100', '00', '7005', '00950112', '00', '00'),
      [
        ['9C', '00'],
        ['70', [['95', '12']]],
      ],
    ],
    ['a length longer than needed', '9A84000000032611210000', [['9A', '261121']]],
    ['a tag of four bytes', 'DF81810100', [['DF818101', '']]],
  ])('reads %s', (_what, text, tree) => {
    expect(treeOf(decodeTlv(hex(text)))).toEqual(tree);
  });

  it.each([
    ['an indefinite length', '70809C01000000', ['70']],
    ['a length of five bytes', '5A850000000001AA', ['5A']],
    ['a tag of five bytes', 'DF8181810100', ['DF818181']],
    ['a child longer than its template', '70039C0200', ['70', '9C']],
    ['a length that is cut', '5A8201', ['5A']],
    ['a tag that is cut', '9F', ['9F']],
    ['a length of four gigabytes', '5A84FFFFFFFF00', ['5A']],
  ])('refuses %s', (_what, text, path) => {
    expect(errorOf(() => decodeTlv(hex(text))).path).toEqual(path);
  });

  it('follows templates to the bound and no further', () => {
    expect(() => decodeTlv(nested(DEPTH_MAX))).not.toThrow();
    expect(errorOf(() => decodeTlv(nested(DEPTH_MAX + 1))).reason).toContain('deeper');
  });

  it('gives views, so that erasing the input erases the card number', () => {
    const input = hex('5A0A62284804025648900180');
    const [node] = decodeTlv(input);
    input.fill(0);
    expect(node).toEqual({ tag: '5A', value: new Uint8Array(10) });
  });
});

const primitiveTag = fc.constantFrom('9A', '5A', '9F26', '5F2A', 'DF31', 'C1', '1F01', 'DF8101');
const templateTag = fc.constantFrom('70', '77', 'A5', 'BF0C', 'E1');
const { forest } = fc.letrec<{ forest: TlvNode[]; node: TlvNode; leaf: TlvNode; template: TlvNode }>((tie) => ({
  forest: fc.array(tie('node'), { maxLength: 5 }),
  node: fc.oneof({ depthSize: 'small' }, tie('leaf'), tie('template')),
  leaf: fc.record({ tag: primitiveTag, value: fc.uint8Array({ maxLength: 300 }) }),
  template: fc.record({ tag: templateTag, children: tie('forest') }),
}));

describe('encodeTlv', () => {
  it('is undone by decodeTlv', () => {
    fc.assert(
      fc.property(forest, (nodes) => expect(decodeTlv(encodeTlv(nodes))).toEqual(nodes)),
      { numRuns: 300 },
    );
  });

  it.each([
    [127, '7F'],
    [128, '8180'],
    [256, '820100'],
    [65536, '83010000'],
  ])('writes a length of %i as %s', (length, text) => {
    expect(hexOf(encodeTlv([{ tag: 'C1', value: new Uint8Array(length) }])).slice(2, 2 + text.length)).toBe(text);
  });

  it.each<[string, TlvNode]>([
    ['no hex', { tag: '9x', value: new Uint8Array(0) }],
    ['an empty tag', { tag: '', value: new Uint8Array(0) }],
    ['a tag that a reader would skip', { tag: '00', value: new Uint8Array(0) }],
    ['a tag that wants another byte', { tag: '9F', value: new Uint8Array(0) }],
    ['a tag with a byte too many', { tag: '9A01', value: new Uint8Array(0) }],
    ['a tag of five bytes', { tag: 'DF81818101', value: new Uint8Array(0) }],
    ['a value under a template', { tag: '70', value: new Uint8Array(0) }],
    ['tags under a value', { tag: '9A', children: [] }],
  ])('refuses %s', (_what, node) => {
    expect(() => encodeTlv([node])).toThrow(ProtocolError);
  });

  it('refuses what decodeTlv would refuse for its depth', () => {
    let node: TlvNode = { tag: '70', children: [] };
    for (let i = 1; i < DEPTH_MAX; i++) node = { tag: '70', children: [node] };
    expect(hexOf(encodeTlv([node]))).toBe(hexOf(nested(DEPTH_MAX)));
    expect(() => encodeTlv([{ tag: '70', children: [node] }])).toThrow(ProtocolError);
  });
});

describe('indexTlv', () => {
  it('finds what the tree has', () => {
    fc.assert(
      fc.property(forest, primitiveTag, (nodes, tag) => {
        const found = findTag(nodes, tag);
        const expected = found !== undefined && 'value' in found ? found.value : undefined;
        expect(indexTlv(encodeTlv(nodes)).find(Number.parseInt(tag, 16))).toEqual(expected);
      }),
    );
  });

  it('has every tag in the order of the bytes, with its place', () => {
    const index = indexTlv(hex(joined('9C0100', '7006', '950112', '9A0126')));
    const seen = Array.from({ length: index.count }, (_, entry) => [
      textOfTag(index.tagAt(entry)),
      index.depthAt(entry),
      index.tagStartAt(entry),
      index.startAt(entry),
      index.endAt(entry),
    ]);
    expect(seen).toEqual([
      ['9C', 0, 0, 2, 3],
      ['70', 0, 3, 5, 11],
      ['95', 1, 5, 7, 8],
      ['9A', 1, 8, 10, 11],
    ]);
  });

  it('grows with many tags', () => {
    const index = indexTlv(hex('9A00'.repeat(3000)));
    expect(index.count).toBe(3000);
    expect(index.endAt(2999)).toBe(6000);
  });
});

describe('findTag', () => {
  it('looks into templates where they stand', () => {
    const nodes = decodeTlv(hex(joined('7003', '9C0101', '9C0102')));
    expect(findTag(nodes, '9C')).toEqual({ tag: '9C', value: new Uint8Array([1]) });
    expect(findTag(nodes, '5A')).toBeUndefined();
  });
});

describe('garbage', () => {
  it('is read or refused with a typed error that repeats no long number', () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .array(fc.constantFrom(0x70, 0x9f, 0x5a, 0xff, 0x81, 0x02, 0x00, 0x12, 0x34), { maxLength: 60 })
        .map((list) => new Uint8Array(list)),
    );
    fc.assert(
      fc.property(anything, (input) => {
        try {
          decodeTlv(input);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
          expect((error as Error).message).not.toMatch(/\d{12}/);
        }
      }),
      { numRuns: 20_000 },
    );
  });

  it('cut anywhere, chip data are refused or end at a tag', () => {
    const whole = hex('9F2608A1B2C3D4E5F607189F2701805F2A020156');
    const ends = Array.from({ length: whole.length }, (_, length) => length).filter((length) => {
      try {
        decodeTlv(whole.subarray(0, length));
        return true;
      } catch {
        return false;
      }
    });
    expect(ends).toEqual([0, 11, 15]);
  });
});

describe('EMV_TAGS', () => {
  it('names tags that a reader would read as one tag', () => {
    for (const tag of Object.keys(EMV_TAGS)) {
      const [first = 0, ...more] = hex(tag);
      expect([tag, more.length > 0]).toEqual([tag, (first & 0x1f) === 0x1f]);
    }
  });

  it.each(['56', '57', '5A', '5F20', '5F24', '9F1F', '9F20', '9F6B', '99'])('hides %s', (tag) => {
    expect(isSensitiveTag(tag)).toBe(true);
    const shown = maskTlv(encodeTlv([{ tag, value: hex('6228') }]));
    expect(shown.endsWith('****')).toBe(true);
  });

  it('knows every tag of field 55', () => {
    const tags =
      '9F26 9F27 9F10 9F37 9F36 95 9A 9C 9F02 5F2A 82 9F1A 9F03 9F33 9F34 9F35 9F1E 84 9F09 9F41 9F63 9F74 91 71 72 8A DF31';
    for (const tag of tags.split(' ')) expect(EMV_TAGS[tag]?.zh).toMatch(/\p{Script=Han}/u);
  });
});
