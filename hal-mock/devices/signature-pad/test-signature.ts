import type { SlipImage } from '../../../firmware/hal/index.ts';
import { blankBitmap, burnArea } from '../printer/bitmap.ts';

const WIDTH_DOTS = 384;
const HEIGHT_DOTS = 120;
/** A pen of 0.4 mm, as wide as panels draw it. */
const PEN_DOTS = 3;

/** Strokes of 李明, written by nobody: points from corner to corner, in dots from the upper left. */
const STROKES: readonly string[] = [
  '60,32 92,28 124,26 150,29',
  '104,10 105,38 102,62',
  '102,30 84,48 58,64',
  '106,32 128,50 156,60',
  '74,72 100,68 128,67 112,80 104,92 98,108 84,102',
  '56,90 90,86 130,83 168,88',
  '206,30 207,60 206,84',
  '206,30 232,27 233,54 230,82',
  '208,54 230,52',
  '207,82 230,79',
  '268,20 266,60 258,90 238,112',
  '268,20 300,16 302,60 300,104 292,110 282,102',
  '267,44 300,41',
  '264,66 300,63 332,58 360,40',
];

type Point = readonly [x: number, y: number];

function pointsOf(stroke: string): Point[] {
  return [...stroke.matchAll(/(\d+),(\d+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
}

/** What the customer of every simulated shop writes. */
export function testSignature(): SlipImage {
  const image = blankBitmap(WIDTH_DOTS, HEIGHT_DOTS);
  for (const stroke of STROKES) {
    const points = pointsOf(stroke);
    for (const [index, [toX, toY]] of points.entries()) {
      const [fromX, fromY] = points[index - 1] ?? [toX, toY];
      const steps = Math.max(Math.abs(toX - fromX), Math.abs(toY - fromY), 1);
      for (let step = 0; step <= steps; step++) {
        const left = Math.round(fromX + ((toX - fromX) * step) / steps);
        const top = Math.round(fromY + ((toY - fromY) * step) / steps);
        burnArea(image, { left, top, widthDots: PEN_DOTS, heightDots: PEN_DOTS }, () => true);
      }
    }
  }
  return image;
}
