import { describe, expect, it } from '@jest/globals';
import { readPage } from '../../apps/docs/page.ts';
import { playInWorld } from '../../apps/world/scenario-world.ts';
import { parseScenario, parseScenarios, ScenarioError } from '../../simulator/scenario/format.ts';
import { blocksOf, codesOf, sectionOf, tableRows } from './page-tables.ts';

const SECTION = sectionOf(readPage('docs/testing.md'), '## Scenarios');
const ROWS = tableRows(SECTION);

/** Every word that could be the name of a key, out of the source of the format. */
const CANDIDATES = new Set(
  ['format.ts', 'given.ts'].flatMap((file) =>
    [...readPage(`simulator/scenario/${file}`).matchAll(/(\w+):/g)].map(([, name = '']) => name),
  ),
);

function problemsOf(scenario: object): readonly string[] {
  try {
    parseScenario(JSON.stringify(scenario));
    return [];
  } catch (error) {
    if (error instanceof ScenarioError) return error.problems;
    throw error;
  }
}

/** What the format says about a key with this value; empty for a value that it takes. */
function verdictOn(part: string, path: readonly string[], value: unknown): string {
  const said = path.reduceRight((inner, name) => ({ [name]: inner }), value);
  const isGiven = part === 'given';
  const where = [...(isGiven ? ['given'] : ['steps', '0', part]), ...path].join('.');
  const scenario = isGiven
    ? { name: 'x', given: said, steps: [{ wait: '1s' }] }
    : { name: 'x', steps: [{ [part]: said }] };
  const problem = problemsOf(scenario).find((line) => line.includes(` ${where}: `)) ?? '';
  return problem.split(`${where}: `)[1] ?? '';
}

/** The keys that a part of a scenario knows, `journal.state` for one inside another. No key takes null. */
function keysOf(part: string, path: readonly string[] = []): string[] {
  // A name that is no key is refused, or taken for a parameter of a screen: either way the verdict is this one.
  const unknown = verdictOn(part, [...path, 'nothingOfTheKind'], null);
  expect(unknown).not.toBe('');
  return [...CANDIDATES].flatMap((name) => {
    const inner = [...path, name];
    if (verdictOn(part, inner, null) === unknown) return [];
    return verdictOn(part, inner, {}) === '' ? keysOf(part, inner) : [inner.join('.')];
  });
}

function documentedKeys(part: string): string[] {
  const keys = ROWS.filter(([first]) => first === part).map(([, key = '']) => key);
  return keys.filter((key) => key.startsWith('`')).map((key) => key.replaceAll('`', ''));
}

function lastWords(part: string, value: object): string[] {
  const [problem = ''] = problemsOf({ name: 'x', steps: [{ [part]: value }] });
  return /one of (.*)$/.exec(problem)?.[1]?.split(', ') ?? [];
}

describe('the scenario table', () => {
  it('has every step', () => {
    const steps = lastWords('nothing', {});
    expect(steps.length).toBeGreaterThan(5);
    expect(new Set(ROWS.map(([part]) => part))).toEqual(new Set([...steps, 'given']));
  });

  it.each(['given', 'cashier', 'customer', 'phone', 'host', 'wallet', 'printer', 'device', 'expect'])(
    'has every key of %s, and no other',
    (part) => {
      const keys = keysOf(part);
      expect(keys.length).toBeGreaterThan(1);
      expect(documentedKeys(part).toSorted()).toEqual(keys.toSorted());
    },
  );

  it.each(['host', 'wallet'])('has every fault of the %s, and no other', (part) => {
    const faults = lastWords(part, { fault: 'none' });
    const [, , described = ''] = ROWS.find(([first, key]) => first === part && key === '`fault`') ?? [];
    expect(faults.length).toBeGreaterThan(5);
    expect(codesOf(described)).toEqual(faults);
  });
});

describe('the example scenarios', () => {
  const scenarios = blocksOf(SECTION, 'yaml').flatMap((text) => parseScenarios(text));

  it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', async (_name, scenario) => {
    const { result } = await playInWorld(scenario, 'memory');
    expect(result.failures).toEqual([]);
  });
});
