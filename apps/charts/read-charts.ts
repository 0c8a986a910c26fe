import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { ROOT } from '../docs/page.ts';

/** One statechart with what only its source says. */
export interface Chart {
  /** From the root of the repository. */
  readonly path: string;
  readonly machine: AnyStateMachine;
  /** The docstring of the machine, in one line. */
  readonly about: string;
  /** Delays by name, as they are written. */
  readonly delays: readonly (readonly [name: string, expression: string])[];
}

/** Every statechart of the firmware: the terminal first, then in the order of their paths. */
export async function readCharts(): Promise<readonly Chart[]> {
  const isTerminal = (path: string): boolean => basename(path) === 'terminal.machine.ts';
  const paths = globSync('firmware/**/*.machine.ts', { cwd: ROOT })
    .toSorted()
    .toSorted((a, b) => Number(isTerminal(b)) - Number(isTerminal(a)));
  return Promise.all(paths.map(readChart));
}

async function readChart(path: string): Promise<Chart> {
  const exports = (await import(join(ROOT, path))) as Readonly<Record<string, unknown>>;
  const [name, machine] = Object.entries(exports).find(([, value]) => isMachine(value)) ?? [];
  if (name === undefined) throw new Error(`${path} exports no machine`);
  const source = readFileSync(join(ROOT, path), 'utf8');
  return { path, machine: machine as AnyStateMachine, about: docstringOf(source, name), delays: delaysOf(source) };
}

function isMachine(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'root' in value;
}

function docstringOf(source: string, name: string): string {
  const before = source.slice(0, source.indexOf(`export const ${name} = setup(`));
  const docstring = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(before)?.[1] ?? '';
  return docstring
    .replace(/^\s*\*/gm, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** The rows of `delays: { … }`; where a setting is read, its place in the settings is what a reader looks for. */
function delaysOf(source: string): (readonly [string, string])[] {
  const block = /\n {2}delays: \{([\s\S]*?)\},?\n/.exec(source)?.[1] ?? '';
  const rows = block.matchAll(/(\w+): (?:\(\{ context \}\) => )?([^,\n]+?)\s*(?:,|$)/gm);
  return [...rows].map(([, name = '', written = '']) => [
    name,
    written.replace(/context\.(?:settings\.|input\.)?/g, ''),
  ]);
}

/** The states of a chart; none of ours nests states, machines are nested instead. */
export function statesOf({ machine }: Chart): readonly AnyStateNode[] {
  return Object.values(machine.root.states);
}
