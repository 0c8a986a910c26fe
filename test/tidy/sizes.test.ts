import { describe, expect, it } from '@jest/globals';
import { readSource, sourceFiles } from './source-files.ts';

const FUNCTION_LINES_MAX = 70;
const FILE_LINES_MAX = 400;

/** Tables that a domain expert checks line by line and that lose by being cut. */
const DATA_TABLES: readonly string[] = [];

const files = sourceFiles(
  '{firmware,drivers,hal-mock,simulator,yaml,apps,bench,visualizer,image,test,docs}/**/*.{ts,tsx}',
);

describe('sizes', () => {
  it(`keeps every function within ${FUNCTION_LINES_MAX} lines`, () => {
    const tooLong = files.flatMap(({ path, functions }) =>
      functions
        .filter(({ lines }) => lines > FUNCTION_LINES_MAX)
        .map(({ line, lines }) => `${path}:${line} has ${lines} lines`),
    );
    expect(files.flatMap(({ functions }) => functions).length).toBeGreaterThan(1000);
    expect(tooLong).toEqual([]);
  });

  it(`keeps every file within ${FILE_LINES_MAX} lines`, () => {
    const tooLong = files
      .filter(({ path, lines }) => lines > FILE_LINES_MAX && !DATA_TABLES.includes(path))
      .map(({ path, lines }) => `${path} has ${lines} lines`);
    expect(tooLong).toEqual([]);
  });

  it('exempts only tables that need it', () => {
    const needed = files.filter(({ lines }) => lines > FILE_LINES_MAX).map(({ path }) => path);
    expect(DATA_TABLES.filter((path) => !needed.includes(path))).toEqual([]);
  });

  it('counts methods, arrows and accessors, and not the sections of a suite', () => {
    const body = '\n  void 0;'.repeat(3);
    const text = `// 分期\nclass A { m() {${body}\n  } get g() {${body}\n  return 1; } }\nconst f = () => {${body}\n};\ndescribe('x', () => {${body}\n  it('y', () => {${body}\n  });\n});\n`;
    expect(readSource('x.ts', text).functions).toEqual([
      { line: 2, lines: 5 },
      { line: 6, lines: 5 },
      { line: 11, lines: 5 },
      { line: 20, lines: 5 },
    ]);
  });
});
