import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from './source-files.ts';

const SKIPPED = /^(node_modules|dist|coverage)\//;
const pages = globSync('**/*.md', { cwd: ROOT, exclude: (name) => SKIPPED.test(`${name}/`) }).toSorted();

/** A page without its code blocks, in which brackets are no links. */
function proseOf(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8')
    .replace(/^(```|~~~)[\s\S]*?^\1/gm, '')
    .replace(/`[^`\n]*`/g, '');
}

/** Places in a page that a link can name, by GitHub's rule. */
function anchorsOf(page: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  const text = readFileSync(join(ROOT, page), 'utf8').replace(/^(```|~~~)[\s\S]*?^\1/gm, '');
  for (const [, heading = ''] of text.matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let again = 1; anchors.has(anchor); again++) anchor = `${slug}-${again}`;
    anchors.add(anchor);
  }
  for (const [, id = ''] of text.matchAll(/<a (?:id|name)="([^"]+)"/g)) anchors.add(id);
  return anchors;
}

/** `page: link` of every relative link that leads nowhere. */
function deadLinks(page: string): string[] {
  const prose = proseOf(page);
  const links = [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)|<(?:img|a)[^>]* (?:src|href)="([^"]+)"/g)];
  const definitions = [...prose.matchAll(/^ {0,3}\[[^\]]+\]:\s*(\S+)/gm)];
  return [...links, ...definitions]
    .map(([, first, second]) => first ?? second ?? '')
    .filter((link) => !/^[a-z][a-z0-9+.-]*:/i.test(link))
    .filter((link) => !leadsSomewhere(page, link))
    .map((link) => `${page}: ${link}`);
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', anchor] = decodeURI(link).split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(ROOT, target))) return false;
  return anchor === undefined || !target.endsWith('.md') || anchorsOf(target).has(anchor);
}

describe('documents', () => {
  it('link to what exists', () => {
    expect(pages.flatMap(deadLinks)).toEqual([]);
  });
});

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
interface Locked extends Manifest {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
}

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
const lockText = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
const { packages } = JSON.parse(lockText) as { readonly packages: Readonly<Record<string, Locked>> };
const GROUPS = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;

/** Names of everything that is installed with the runtime dependencies; no package here has two versions. */
function runtimeClosure(): string[] {
  const names = new Set<string>();
  const queue = Object.keys(manifest.dependencies ?? {});
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (names.has(name)) continue;
    names.add(name);
    queue.push(...Object.keys(packages[`node_modules/${name}`]?.dependencies ?? {}));
  }
  return [...names].toSorted();
}

describe('packages', () => {
  it('are pinned to exact versions', () => {
    const wanted = GROUPS.flatMap((group) => Object.entries(manifest[group] ?? {}));
    expect(wanted.length).toBeGreaterThan(10);
    expect(wanted.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it('are locked as the manifest asks, each that our machines install with its checksum', () => {
    for (const group of GROUPS) expect(packages['']?.[group] ?? {}).toEqual(manifest[group] ?? {});
    const unchecked = Object.entries(packages).filter(
      ([path, { integrity, optional }]) => path !== '' && integrity === undefined && optional !== true,
    );
    expect(unchecked.map(([path]) => path)).toEqual([]);
  });

  it('are locked for every platform, because npm ci refuses a lock that lacks one', () => {
    const names = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, '')));
    const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies),
    );
    expect(wanted.filter((name) => !names.has(name))).toEqual([]);
  });

  it('come from whatever registry a machine is set up for', () => {
    const hosts = Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined);
    expect(hosts.map(([path]) => path)).toEqual([]);
  });

  it('are few at run time', () => {
    expect(runtimeClosure()).toHaveLength(14);
  });

  it('bring no install script that the product needs: npm runs none here', () => {
    expect(readFileSync(join(ROOT, '.npmrc'), 'utf8')).toContain('ignore-scripts=true');
  });
});
