import { fitPair, wrapText } from '../../firmware/base/columns.ts';
import { invariant } from '../../firmware/base/invariant.ts';
import { isInGbk } from '../../firmware/base/text.ts';
import type { Slip, SlipLine } from '../../firmware/hal/slip.ts';

/** One row of text that fits its line. */
export interface TextRow {
  readonly kind: 'text';
  readonly text: string;
  readonly align: 'left' | 'center' | 'right';
  readonly size: 'normal' | 'large';
  readonly bold: boolean;
}

/** A row of text, or what has no text. */
export type SlipRow = TextRow | Extract<SlipLine, { kind: 'feed' | 'qr' | 'image' }>;

function printableCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return code < 0x20 || code === 0x7f ? '?' : character;
  // A character outside GBK keeps the two columns it was counted with.
  return isInGbk(character) ? character : '\uFF1F';
}

/** The text as a head can print it: control characters, which would be commands to it, and unknown ones are replaced. */
export function printableText(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  let printable = '';
  for (const character of text) printable += printableCharacter(character);
  return printable;
}

const PLAIN = { kind: 'text', align: 'left', size: 'normal', bold: false } as const;

function rowsOfText(line: Extract<SlipLine, { kind: 'text' }>, columns: number): SlipRow[] {
  const { align = 'left', size = 'normal', bold = false } = line;
  const rows = wrapText(printableText(line.text), size === 'large' ? columns >> 1 : columns);
  return rows.map((text) => ({ kind: 'text', text, align, size, bold }));
}

function rowsOfPair(line: Extract<SlipLine, { kind: 'pair' }>, columns: number): SlipRow[] {
  const rows = fitPair(printableText(line.label), printableText(line.value), columns);
  return rows.map((text) => ({ ...PLAIN, text, bold: line.bold ?? false }));
}

function rowsOfLine(line: SlipLine, columns: number): SlipRow[] {
  if (line.kind === 'text') return rowsOfText(line, columns);
  if (line.kind === 'pair') return rowsOfPair(line, columns);
  return line.kind === 'rule' ? [{ ...PLAIN, text: '-'.repeat(columns) }] : [line];
}

function hasWholeRows({ widthDots, heightDots, bits }: Extract<SlipLine, { kind: 'image' }>): boolean {
  return widthDots > 0 && heightDots > 0 && bits.length === Math.ceil(widthDots / 8) * heightDots;
}

/** A slip as rows that each fit a line of so many columns. */
export function layoutSlip(slip: Slip, columns: number): SlipRow[] {
  invariant(/^[\x20-\x7e]{4}$/.test(slip.jobId), 'a job id is four printable characters');
  for (const line of slip.lines) {
    if (line.kind === 'feed') invariant(Number.isInteger(line.lines) && line.lines >= 0, 'a feed is a count of lines');
    if (line.kind === 'image') invariant(hasWholeRows(line), 'an image has dots in whole rows');
  }
  return slip.lines.flatMap((line) => rowsOfLine(line, columns));
}
