import { columnsOf, fitPair, wrapText } from '../../firmware/base/columns.ts';
import type { SlipLine } from '../../firmware/hal/slip.ts';

/** What a printer of so many columns would put on paper, as text: large type takes two columns a character and is marked `#`. */
export function layOut(lines: readonly SlipLine[], columns = 32): string[] {
  return lines.flatMap((line) => layOutLine(line, columns));
}

function layOutLine(line: SlipLine, columns: number): string[] {
  if (line.kind === 'rule') return ['-'.repeat(columns)];
  if (line.kind === 'feed') return Array.from({ length: line.lines }, () => '');
  if (line.kind === 'qr') return [`[QR ${line.data}]`];
  if (line.kind === 'image') return ['[IMAGE]'];
  if (line.kind === 'pair') return fitPair(line.label, line.value, columns);
  const isLarge = line.size === 'large';
  const width = isLarge ? Math.floor(columns / 2) : columns;
  return wrapText(line.text, width).map((text) => align(text, line.align ?? 'left', width) + (isLarge ? '#' : ''));
}

function align(text: string, side: 'left' | 'center' | 'right', width: number): string {
  const gap = Math.max(0, width - columnsOf(text));
  if (side === 'left') return text;
  return ' '.repeat(side === 'right' ? gap : Math.floor(gap / 2)) + text;
}
