import { describe, expect, it } from '@jest/globals';
import { readPage } from '../../apps/docs/page.ts';
import { sectionOf, tableRows } from './page-tables.ts';

type Group = Readonly<Record<string, string>>;
const { dependencies, devDependencies, optionalDependencies } = JSON.parse(readPage('package.json')) as {
  readonly dependencies: Group;
  readonly devDependencies: Group;
  readonly optionalDependencies: Group;
};
const { packages } = JSON.parse(readPage('package-lock.json')) as {
  readonly packages: Readonly<Record<string, { readonly license?: string }>>;
};
const PAGE = readPage('docs/dependencies.md');

describe('docs/dependencies.md', () => {
  it.each([
    ['## At run time', dependencies],
    ['## For development', devDependencies],
    ['## Runtime', optionalDependencies],
  ])('%s lists every package with its version', (heading, group) => {
    const rows = tableRows(sectionOf(PAGE, heading));
    expect(new Map(rows.map(([name, version]) => [name, version]))).toEqual(new Map(Object.entries(group)));
    expect(rows).toHaveLength(Object.keys(group).length);
  });

  it('names the licence of each as the package states it', () => {
    const words = (licence: string): string => licence.replace(/[()]/g, '').toLowerCase();
    for (const [name = '', , , licence = ''] of tableRows(PAGE)) {
      expect([name, words(licence)]).toEqual([name, words(packages[`node_modules/${name}`]?.license ?? '')]);
    }
  });
});
