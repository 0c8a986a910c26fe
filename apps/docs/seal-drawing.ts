import type { SlipImage } from '../../firmware/hal/index.ts';
import { blankBitmap, burnArea, type Bitmap, dotAt } from '../../hal-mock/devices/printer/bitmap.ts';
import { FULL_WIDTH_DOTS, glyphOf } from '../../hal-mock/devices/printer/glyphs.ts';

/** 20 mm, as a shop's seal is small on a slip. */
const SIZE_DOTS = 160;
const MIDDLE = (SIZE_DOTS - 1) / 2;
const RING = { outer: 79, inner: 75 } as const;
/** Where the feet of the arched text stand. */
const ARCH_RADIUS = 46;
/** From one character of the arch to the next, seen at its middle. */
const ARCH_STEP_DOTS = 30;
const STAR = { outer: 22, inner: 8.5 } as const;
/** Upper edge of the straight text below the star, from the middle. */
const FOOT_TOP = 26;

const ARCH = '分期示范商店';
const FOOT = '演示专用';

/** A round seal as shops in China have them: ring, name in an arch, star, purpose. */
export function drawSeal(): SlipImage {
  const glyphs: Glyphs = new Map(Array.from(ARCH + FOOT, (character) => [character, glyphOf(character)]));
  const seal = blankBitmap(SIZE_DOTS, SIZE_DOTS);
  burnArea(seal, { left: 0, top: 0, widthDots: SIZE_DOTS, heightDots: SIZE_DOTS }, (column, row) => {
    const [x, y] = [column - MIDDLE, row - MIDDLE];
    const radius = Math.hypot(x, y);
    if (radius <= RING.outer && radius >= RING.inner) return true;
    return isStar(x, y) || isFoot(glyphs, x, y) || isArch(glyphs, x, y);
  });
  return seal;
}

type Glyphs = ReadonlyMap<string, Bitmap>;

function dotOf(glyphs: Glyphs, character: string, x: number, y: number): boolean {
  const glyph = glyphs.get(character);
  return glyph !== undefined && dotAt(glyph, Math.floor(x), Math.floor(y));
}

/** The characters stand on a circle, each turned so that its feet point to the middle. */
function isArch(glyphs: Glyphs, x: number, y: number): boolean {
  const middleRadius = ARCH_RADIUS + FULL_WIDTH_DOTS / 2;
  const step = ARCH_STEP_DOTS / middleRadius;
  // Clockwise from the top.
  const angle = Math.atan2(x, -y);
  const index = Math.round(angle / step + (ARCH.length - 1) / 2);
  const turn = (index - (ARCH.length - 1) / 2) * step;
  const across = x * Math.cos(turn) + y * Math.sin(turn);
  const up = x * Math.sin(turn) - y * Math.cos(turn);
  return dotOf(glyphs, ARCH.charAt(index), across + FULL_WIDTH_DOTS / 2, ARCH_RADIUS + FULL_WIDTH_DOTS - up);
}

function isFoot(glyphs: Glyphs, x: number, y: number): boolean {
  const left = x + (FOOT.length * FULL_WIDTH_DOTS) / 2;
  const character = FOOT.charAt(Math.floor(left / FULL_WIDTH_DOTS));
  return dotOf(glyphs, character, left % FULL_WIDTH_DOTS, y - FOOT_TOP);
}

/** Inside a star with five points, one of them up: within the line from each point to the notch beside it. */
function isStar(x: number, y: number): boolean {
  const wedge = Math.PI / 5;
  const angle = Math.abs(Math.atan2(x, -y)) % (2 * wedge);
  const fromPoint = Math.min(angle, 2 * wedge - angle);
  const radius = Math.hypot(x, y);
  const [notchX, notchY] = [STAR.inner * Math.sin(wedge), STAR.inner * Math.cos(wedge)];
  const [dotX, dotY] = [radius * Math.sin(fromPoint), radius * Math.cos(fromPoint)];
  return notchX * (dotY - STAR.outer) - (notchY - STAR.outer) * dotX <= 0;
}
