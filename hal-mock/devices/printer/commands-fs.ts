import { blankBitmap, burnArea } from './bitmap.ts';
import { byte, bytes, mode, plain, uint16, type CommandTable, type Execution, type Routine } from './execution.ts';
import { FULL_WIDTH_DOTS } from './glyphs.ts';

/** FS 2: 24 columns of 3 bytes, the top dot in bit 7. */
function* ownCharacter({ state }: Execution): Routine {
  const code = yield* uint16();
  const columns = yield* bytes(72);
  const glyph = blankBitmap(FULL_WIDTH_DOTS, FULL_WIDTH_DOTS);
  const area = { left: 0, top: 0, widthDots: FULL_WIDTH_DOTS, heightDots: FULL_WIDTH_DOTS };
  burnArea(glyph, area, (x, y) => ((columns[x * 3 + (y >> 3)] ?? 0) & (0x80 >> (y & 7))) !== 0);
  // The code stands high byte first, as in text.
  state.ownCharacters.set(((code & 0xff) << 8) | (code >> 8), glyph);
}

/** Commands after FS: Chinese characters (makers' manuals of GBK heads). */
export const FS_COMMANDS: CommandTable = {
  /** & and . */
  0x26: plain(({ state }) => {
    state.isChinese = true;
  }),
  0x2e: plain(({ state }) => {
    state.isChinese = false;
  }),
  /** ! with the bits of Epson; heads that follow another maker use others. */
  0x21: mode(({ state }, bits) => {
    state.chineseScale = { wide: (bits & 0x04) !== 0 ? 2 : 1, high: (bits & 0x08) !== 0 ? 2 : 1 };
    state.chineseUnderlineDots = (bits & 0x80) !== 0 ? 1 : 0;
  }),
  /** W */
  0x57: mode(({ state }, argument) => {
    const times = (argument & 1) !== 0 ? 2 : 1;
    state.chineseScale = { wide: times, high: times };
  }),
  /** - */
  0x2d: mode(({ state }, argument) => {
    state.chineseUnderlineDots = Math.min(2, argument & 0x0f);
  }),
  /** S */
  0x53: function* ({ state }) {
    const before = yield* byte();
    state.chineseGaps = { before, after: yield* byte() };
  },
  /** 2 */
  0x32: ownCharacter,
};
