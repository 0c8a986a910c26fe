import { describe, expect, it } from '@jest/globals';
import { readSource, type SourceFile, sourceFiles, type Use } from './source-files.ts';

const sources = sourceFiles('{firmware,drivers,hal-mock,simulator,yaml,apps,bench,visualizer,image}/**/*.{ts,tsx}');
const tests = sourceFiles('{test,docs}/**/*.{ts,tsx}');
const everything = [...sources, ...tests];

/** `path:line what` of every use that is forbidden in that file. */
function offences(files: readonly SourceFile[], isForbidden: (use: Use, path: string) => boolean): string[] {
  return files.flatMap(({ path, uses }) =>
    uses.filter((use) => isForbidden(use, path)).map(({ line, what }) => `${path}:${line} ${what}`),
  );
}

/** `path:line` of every line that matches. */
function lines(files: readonly SourceFile[], pattern: RegExp): string[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : [])),
  );
}

const IMPURE =
  /^(process|Buffer|globalThis|performance|fetch|require|crypto|queueMicrotask|(set|clear)(Timeout|Interval|Immediate))(\.|$)|^(Date\.now|Math\.random|new Date\(\))$/;

/** Who may take a secret out of the vault: the moment before it is written to a host or a device, real or mocked. */
const MAY_REVEAL = /^(firmware\/effects|drivers|hal-mock\/devices|test)\//;

describe('habits of the sources', () => {
  const firmware = sources.filter(({ path }) => path.startsWith('firmware/'));

  it('keep the firmware free of platform, clock and chance', () => {
    expect(firmware.length).toBeGreaterThan(80);
    expect(offences(firmware, ({ what }) => IMPURE.test(what))).toEqual([]);
  });

  it.each(['Date.now()', 'new Date()', 'Math.random()', 'setTimeout(f, 1)', 'process.exit()', 'Buffer.from([1])'])(
    'would notice %s',
    (code) => {
      const file = readSource('firmware/rules/x.ts', `export const f = () => ({ a: [1].map(() => ${code}) });\n`);
      expect(offences([file], ({ what }) => IMPURE.test(what)).length).toBeGreaterThan(0);
    },
  );

  it.each(['clock.setTimeout(f, 1)', 'new Date(0)', '({ setTimeout: 1 })', "'process.exit()'"])(
    'would not mind %s',
    (code) => {
      const file = readSource('firmware/rules/x.ts', `export const f = () => ${code};\n`);
      expect(offences([file], ({ what }) => IMPURE.test(what))).toEqual([]);
    },
  );

  it('reveal secrets nowhere but where they are written to a host or a device', () => {
    expect(offences(everything, ({ what }, path) => what === '.reveal()' && !MAY_REVEAL.test(path))).toEqual([]);
    expect(offences(firmware, ({ what }) => what === '.reveal()')).not.toEqual([]);
  });

  it('write to the console in apps and examples alone', () => {
    const mayPrint = /^(apps|docs\/examples|image)\//;
    expect(offences(everything, ({ what }, path) => what.startsWith('console.') && !mayPrint.test(path))).toEqual([]);
  });

  it('have types for everything and hide nothing from the type checker', () => {
    expect(offences(everything, ({ what }) => what === 'any')).toEqual([]);
    expect(lines(everything, /@ts-(?:ignore|nocheck)/)).toEqual([]);
  });

  it('take the default of a module of Node that is imported later, the only export that it has in a published bundle', () => {
    const later = /await import\('node:/;
    expect(lines(sources, later).length).toBeGreaterThan(0);
    expect(lines(sources, later).filter((line) => !line.includes(').default'))).toEqual([]);
  });

  it('leave no work for later', () => {
    // Written so that this line is none of its own findings.
    const notes = ['TO-DO', 'FIX-ME', 'X-X-X', 'HA-CK'].map((note) => note.replaceAll('-', ''));
    expect(lines(everything, new RegExp(`\\b(${notes.join('|')})\\b`))).toEqual([]);
  });

  it('run every test that is written', () => {
    const narrowed = /^(describe|it|test)\.(only|todo)$|^\.(only|skip|todo)\(\)$/;
    expect(offences(tests, ({ what }) => narrowed.test(what))).toEqual([]);
  });
});
