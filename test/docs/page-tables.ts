/** What the tests of the documents read out of a page. */

/** Rows of all tables in a text, without heads and rulers; cells without backticks. */
export function tableRows(text: string): readonly (readonly string[])[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const isRow = line.startsWith('| ') && !isRuler(lines[index + 1] ?? '');
    return isRow
      ? [
          line
            .slice(1, -1)
            .split('|')
            .map((cell) => cell.trim()),
        ]
      : [];
  });
}

function isRuler(line: string): boolean {
  return /^\|(?:-+\|)+$/.test(line);
}

/** The part of a page below a heading, up to the next heading of the same depth. */
export function sectionOf(page: string, heading: string): string {
  const [, after = ''] = page.split(`\n${heading}\n`);
  const depth = heading.split(' ')[0] ?? '';
  return after.split(`\n${depth} `)[0] ?? '';
}

/** What stands between backticks. */
export function codesOf(text: string): readonly string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}

/** Code blocks of a language. */
export function blocksOf(page: string, language: string): readonly string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, block = '']) => block,
  );
}
