import { bytesOfGbk, textOfGbk } from '../../base/text.ts';

/**
 * Cuts a host's text into columns of so many GBK bytes, trimmed; missing columns are empty. `undefined` when a column
 * ends inside a character, because the host then follows another layout.
 */
export function gbkColumns(text: string, widths: readonly number[]): string[] | undefined {
  const bytes = bytesOfGbk(text);
  const columns: string[] = [];
  let at = 0;
  for (const width of widths) {
    const column = textOfGbk(bytes.subarray(at, at + width));
    if (column === undefined) return undefined;
    columns.push(column.trim());
    at += width;
  }
  return columns;
}
