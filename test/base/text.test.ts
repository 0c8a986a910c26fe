import { describe, expect, it } from '@jest/globals';
import iconv from 'iconv-lite';
import { hexOf } from '../../firmware/base/bytes.ts';
import { bytesOfGbk, bytesOfUtf8, textOfGbk, textOfUtf8 } from '../../firmware/base/text.ts';

/** Every two-byte code of GBK that an independent implementation knows. */
function* gbkCharacters(): Generator<string> {
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      if (trail === 0x7f) continue;
      const character = iconv.decode(Buffer.from([lead, trail]), 'gbk');
      if (character.length === 1 && character !== '\uFFFD') yield character;
    }
  }
}

describe('GBK', () => {
  it('encodes as an independent implementation does, but for the few codes on which the standards differ', () => {
    const characters = [...gbkCharacters()].filter((character) => !/[\uE000-\uF8FF]/u.test(character));
    const different = characters.filter(
      (character) => hexOf(bytesOfGbk(character)) !== hexOf(iconv.encode(character, 'gbk')),
    );
    expect(characters.length).toBeGreaterThan(21_000);
    expect(different.length).toBeLessThan(30);
  });

  it.each([
    ['京东白条', 'BEA9B6ABB0D7CCF5'],
    ['花呗分期', 'BBA8DFC2B7D6C6DA'],
    ['A1', '4131'],
    ['¥', 'A3A4'],
    ['😀', '3F'],
  ])('%s is %s', (text, hex) => expect(hexOf(bytesOfGbk(text))).toBe(hex));

  it.each([
    ['half a character', [0xbe]],
    ['a four-byte code of GB18030', [0x81, 0x30, 0x84, 0x36]],
    ['a byte that begins nothing', [0xff, 0x40]],
    ['a trail byte out of range', [0xbe, 0x7f]],
  ])('refuses %s', (_, bytes) => expect(textOfGbk(new Uint8Array(bytes))).toBeUndefined());
});

describe('UTF-8', () => {
  it('keeps any text', () => expect(textOfUtf8(bytesOfUtf8('分期 ¥1 😀'))).toBe('分期 ¥1 😀'));
  it('refuses what is not UTF-8', () => expect(textOfUtf8(new Uint8Array([0xc3, 0x28]))).toBeUndefined());
});
