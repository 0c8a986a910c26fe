/** Fitting text to a line of fixed columns, where a Chinese character takes two. Used by receipts, printer and console. */

/** Columns that a character takes on a receipt head: everything outside ASCII is a double-byte code of GBK, hence two. */
export function columnsOfCharacter(character: string): 1 | 2 {
  return (character.codePointAt(0) ?? 0) < 0x80 ? 1 : 2;
}

export function columnsOf(text: string): number {
  let columns = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    // The second half of a surrogate pair belongs to the character before it.
    if (unit < 0x80) columns += 1;
    else if (unit < 0xdc00 || unit > 0xdfff || !isLead(text.charCodeAt(at - 1))) columns += 2;
  }
  return columns;
}

function isLead(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

/** Breaks a text into lines of at most `columns`; words of letters and digits, amounts above all, stay whole when they fit. */
export function wrapText(text: string, columns: number): string[] {
  if (columnsOf(text) <= columns) return [text.trimEnd()];
  const lines: string[] = [];
  let line = '';
  for (const token of text.match(/[\x21-\x7e¥]+|[^\x21-\x7e¥]/gu) ?? []) {
    if (columnsOf(line) + columnsOf(token) <= columns) {
      line += token;
      continue;
    }
    if (line.trimEnd() !== '') lines.push(line.trimEnd());
    line = token === ' ' ? '' : token;
    while (columnsOf(line) > columns) {
      const head = takeColumns(line, columns);
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  if (line.trimEnd() !== '' || lines.length === 0) lines.push(line.trimEnd());
  return lines;
}

/** The longest beginning of a text that takes at most `columns`; never half a character. */
export function takeColumns(text: string, columns: number): string {
  let taken = '';
  let used = 0;
  for (const character of text) {
    used += columnsOfCharacter(character);
    if (used > columns) break;
    taken += character;
  }
  return taken;
}

/** Label to the left, value to the right; when both do not fit one line, the value moves whole to the next. */
export function fitPair(label: string, value: string, columns: number): string[] {
  const gap = columns - columnsOf(label) - columnsOf(value);
  if (gap >= 1) return [label + ' '.repeat(gap) + value];
  const below = wrapText(value, columns).map((line) => ' '.repeat(Math.max(0, columns - columnsOf(line))) + line);
  return [...wrapText(label, columns), ...below];
}
