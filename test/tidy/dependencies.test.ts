import { describe, expect, it } from '@jest/globals';
import { type ImportUse, readSource, type SourceFile, sourceFiles } from './source-files.ts';

/** What the files of one area may import. Patterns are tested against the path from the top folder, or the package. */
interface Rule {
  readonly area: string;
  readonly files: RegExp;
  readonly values: RegExp;
  /** On top of `values`, with `import type`. */
  readonly types?: RegExp;
}

const MACHINES = /\.machine\.ts$/;
const BESIDE_FIRMWARE = /^firmware\/(hal|base|protocol)\//;

/** The first rule whose `files` match a file is its rule. A file without a rule is an error. */
const RULES: readonly Rule[] = [
  { area: 'base', files: /^firmware\/base\//, values: /^firmware\/base\// },
  { area: 'hal', files: /^firmware\/hal\//, values: /^firmware\/(hal|base)\// },
  {
    area: 'protocol',
    files: /^firmware\/protocol\//,
    values: /^firmware\/(protocol|base)\//,
    types: /^firmware\/hal\//,
  },
  {
    area: 'journal',
    files: /^firmware\/journal\//,
    values: /^firmware\/((journal|base)\/|hal\/hal-error\.ts$)/,
    types: /^firmware\/(hal|protocol)\//,
  },
  {
    area: 'rules',
    files: /^firmware\/rules\//,
    values: /^(firmware\/(rules|base)\/|ts-pattern$)/,
    types: /^firmware\/(hal|protocol|journal)\//,
  },
  {
    area: 'screens',
    files: /^firmware\/screens\//,
    values: /^firmware\/(screens|rules|base)\//,
    types: /^firmware\/(hal|protocol|journal)\//,
  },
  {
    area: 'receipts',
    files: /^firmware\/receipts\//,
    values: /^firmware\/(receipts|screens|rules|base)\//,
    types: /^firmware\/(hal|protocol|journal|settlement)\//,
  },
  {
    area: 'machines',
    files: MACHINES,
    values:
      /^(firmware\/(base|rules|screens)\/.*|firmware\/effects\/effect\.ts|firmware\/.*(\.machine|-context)\.ts|xstate|ts-pattern)$/,
    types: /^firmware\/(hal|protocol|journal|effects|transaction|settlement)\/|^firmware\/settings\.ts$/,
  },
  {
    area: 'settlement',
    files: /^firmware\/settlement\//,
    values: /^firmware\/(settlement|journal|rules|screens|base)\//,
    types: /^firmware\/(hal|protocol|receipts)\//,
  },
  {
    area: 'effects',
    files: /^firmware\/effects\//,
    values: /^(firmware\/(effects|hal|base|protocol|journal|rules|receipts|screens|settlement)\/|xstate$)/,
    types: /^firmware\/(services|settings)\.ts$|\.machine\.ts$/,
  },
  {
    area: 'shared types of machines',
    files: /^firmware\/\w+\//,
    values: /^firmware\/(base|rules)\//,
    types: /^firmware\//,
  },
  { area: 'assembly', files: /^firmware\/[\w-]+\.ts$/, values: /^(firmware\/|xstate$)/ },
  {
    area: 'hal-mock',
    files: /^hal-mock\//,
    values: /^(hal-mock\/|drivers\/crypto\/|drivers\/.*\/codec\.ts$|node:|qr$)/,
    types: /^@serialport\/bindings-interface$/,
  },
  {
    area: 'simulator',
    files: /^simulator\//,
    values: /^(simulator\/|hal-mock\/|yaml\/|firmware\/(journal\/|system\.ts$)|node:|valibot$)/,
  },
  { area: 'yaml', files: /^yaml\//, values: /^(valibot|yaml)$/ },
  { area: 'apps', files: /^apps\//, values: /^(?!test\/|bench\/|\.\.)/ },
  { area: 'bench', files: /^bench\//, values: /^(?!test\/|\.\.)/ },
  { area: 'visualizer', files: /^visualizer\//, values: /^(visualizer\/|react$|react-dom\/client$|qr$|vite$|yaml$)/ },
  { area: 'image', files: /^image\//, values: /^(image\/|firmware\/base\/|node:|(esbuild|valibot)$)/ },
];

/** A driver knows its own folder and what all drivers share. */
function driverRule(path: string): Rule | undefined {
  const own = /^drivers\/([\w-]+)\//.exec(path)?.[1];
  if (own === undefined) return undefined;
  const values = new RegExp(`^(drivers/(${own}|serial|crypto)/|node:|@serialport/stream$|qr$)`);
  return { area: `drivers/${own}`, files: /./, values, types: /^@serialport\/bindings-interface$/ };
}

function ruleOf(path: string): Rule | undefined {
  return driverRule(path) ?? RULES.find(({ files }) => files.test(path));
}

/** Nothing of this is ever in the program of a device, not even its types. */
/** A device writes traces, whose form stands with the page that reads them. */
const DEVELOPMENT = /^(hal-mock|simulator|visualizer\/(?!model\/trace)|apps\/world|test)\b/;

const FOUNDATION_USERS = /^(drivers|hal-mock|simulator)\//;

function isAllowed(rule: Rule, from: string, { target, isTypeOnly }: ImportUse): boolean {
  if (FOUNDATION_USERS.test(from) && BESIDE_FIRMWARE.test(target)) return true;
  return rule.values.test(target) || (isTypeOnly && rule.types?.test(target) === true);
}

/** `from -> target` of every import that its area may not have. */
function forbidden(file: SourceFile): string[] {
  const rule = ruleOf(file.path);
  if (rule === undefined) return [`${file.path} belongs to no area`];
  return file.imports
    .filter((use) => !isAllowed(rule, file.path, use))
    .map(({ target, isTypeOnly }) => `${file.path} -> ${target}${isTypeOnly ? ' (type)' : ''}`);
}

const files = sourceFiles('{firmware,drivers,hal-mock,simulator,yaml,apps,bench,visualizer,image}/**/*.{ts,tsx}');

describe('who may import whom', () => {
  it('holds for every file', () => {
    expect(files.length).toBeGreaterThan(200);
    expect(files.flatMap(forbidden)).toEqual([]);
  });

  it.each([
    ['firmware/rules/x.ts', "import { boot } from '../effects/boot.ts';"],
    ['firmware/rules/x.ts', "import { readFile } from 'node:fs/promises';"],
    ['firmware/terminal/x.machine.ts', "import { boot } from '../effects/boot.ts';"],
    ['firmware/journal/x.ts', "export * from '../terminal/terminal.machine.ts';"],
    ['firmware/hal/x.ts', "const late = () => import('../rules/recovery.ts');"],
    ['drivers/scanner-x/x.ts', "import { Neo2CardReader } from '../card-reader-neo2/driver.ts';"],
    ['drivers/scanner-x/x.ts', "import { boot } from '../../firmware/effects/boot.ts';"],
    ['hal-mock/x.ts', "import { EscposPrinter } from '../drivers/printer-escpos/driver.ts';"],
    ['hal-mock/x.ts', "import { Acquirer } from '../simulator/acquirer/acquirer.ts';"],
    ['simulator/x.ts', "import { MemoryCardVault } from '../drivers/linux/card-vault.ts';"],
    ['simulator/x.ts', "import { createWorld } from '../apps/world/world.ts';"],
    ['visualizer/page/x.tsx', "import { chartModel } from '../../apps/charts/chart-model.ts';"],
    ['visualizer/page/x.tsx', "import { branchId } from '../../firmware/machine-steps.ts';"],
    ['apps/x.ts', "import { ROOT } from '../test/tidy/source-files.ts';"],
  ])('would not let %s have: %s', (path, text) => {
    expect(forbidden(readSource(path, text))).toHaveLength(1);
  });

  it('keeps emulators and simulators out of the program of a device', () => {
    const byPath = new Map(files.map((file) => [file.path, file]));
    const reached = new Set<string>();
    const queue = ['apps/device/main.ts', 'apps/device/command.ts', 'apps/device/status-command.ts'];
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
      if (reached.has(path)) continue;
      reached.add(path);
      for (const { target, isPackage } of byPath.get(path)?.imports ?? []) if (!isPackage) queue.push(target);
    }
    expect(reached.size).toBeGreaterThan(150);
    expect([...reached].filter((path) => DEVELOPMENT.test(path))).toEqual([]);
  });

  it('is one way: no two folders of the firmware need each other at run time', () => {
    const needs = new Map<string, Set<string>>();
    for (const { path, imports } of files.filter((file) => file.path.startsWith('firmware/'))) {
      for (const { target, isTypeOnly, isPackage } of imports) {
        const [from, to] = [folderOf(path), folderOf(target)];
        if (isTypeOnly || isPackage || from === to) continue;
        needs.set(from, (needs.get(from) ?? new Set()).add(to));
      }
    }
    const mutual = [...needs].flatMap(([from, targets]) =>
      [...targets].filter((to) => needs.get(to)?.has(from)).map((to) => `${from} <-> ${to}`),
    );
    expect(needs.size).toBeGreaterThan(5);
    expect(mutual).toEqual([]);
  });

  it('gives apps to nobody but tests and benches', () => {
    const users = files
      .filter(({ imports }) => imports.some(({ target }) => target.startsWith('apps/')))
      .map(({ path }) => path.split('/')[0]);
    expect([...new Set(users)].filter((folder) => folder !== 'apps' && folder !== 'bench')).toEqual([]);
  });
});

/** `firmware/rules/x.ts` → `rules`; files at the top are the assembly, charts count apart from their folders. */
function folderOf(path: string): string {
  if (MACHINES.test(path)) return 'machines';
  const [, folder = '', rest] = path.split('/');
  return rest === undefined ? 'assembly' : folder;
}
