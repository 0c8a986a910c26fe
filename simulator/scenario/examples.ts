import type { YamlPath, YamlProblem } from '../../yaml/checked-yaml.ts';

/** One scenario of a file with examples: the file's own with the values of its row put in. */
export interface ExpandedRow {
  readonly value: unknown;
  /** Where in the file that stands which stands at this path of the value. */
  sourceOf(path: YamlPath): YamlPath;
}

export type Expanded =
  | { readonly kind: 'valid'; readonly rows: readonly ExpandedRow[] }
  | { readonly kind: 'invalid'; readonly problems: readonly YamlProblem[] };

type Members = Readonly<Record<string, unknown>>;

/** A row as it was written, and where. */
interface Row {
  readonly name: string;
  readonly isInMemoryOnly: boolean;
  readonly values: ReadonlyMap<string, { readonly value: unknown; readonly path: YamlPath }>;
}

/** Names in a row that are no values. */
const OWN_NAMES: ReadonlySet<string> = new Set(['name', 'transports']);
const PLACEHOLDER = /\$\{(\w+)\}/g;
const WHOLE_PLACEHOLDER = /^\$\{(\w+)\}$/;

/**
 * Makes a scenario of each row of `examples`: a list is one table, names with lists are several, of which every combination is
 * a row. `${name}` stands for the value of a row, with its type where it stands alone; in place of a step it may
 * be several. What has no examples is the one scenario that it is.
 */
export function expanded(document: unknown): Expanded {
  if (!isMembers(document) || !Object.hasOwn(document, 'examples')) {
    return { kind: 'valid', rows: [{ value: document, sourceOf: (path) => path }] };
  }
  const problems: YamlProblem[] = [];
  const tables = tablesOf(document['examples'], problems);
  if (problems.length > 0) return { kind: 'invalid', problems };
  const used = new Set<string>();
  const rows = combinations(tables).map((row) => expandedRow(document, row, used, problems));
  for (const { values } of tables.flat()) {
    for (const [name, { path }] of values) {
      if (!used.has(name)) problems.push({ path, message: 'is used by no step' });
    }
  }
  return problems.length > 0 ? { kind: 'invalid', problems } : { kind: 'valid', rows };
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function tablesOf(examples: unknown, problems: YamlProblem[]): readonly (readonly Row[])[] {
  const lists: readonly (readonly [YamlPath, unknown])[] = isMembers(examples)
    ? Object.entries(examples).map(([name, list]) => [['examples', name], list])
    : [[['examples'], examples]];
  return lists.map(([path, list]) => {
    if (Array.isArray(list) && list.length > 0) return list.map((row, index) => rowOf(row, [...path, index], problems));
    problems.push({ path, message: 'examples are a list of rows, or names with a list of rows each' });
    return [];
  });
}

function rowOf(row: unknown, path: YamlPath, problems: YamlProblem[]): Row {
  const members = isMembers(row) ? row : {};
  const { name, transports } = members;
  if (typeof name !== 'string' || name === '') problems.push({ path, message: 'a row has a name' });
  if (transports !== undefined && transports !== 'memory') {
    problems.push({ path: [...path, 'transports'], message: 'transports is memory, or nothing for all' });
  }
  const values = Object.entries(members).filter(([key]) => !OWN_NAMES.has(key));
  return {
    name: String(name),
    isInMemoryOnly: transports === 'memory',
    values: new Map(values.map(([key, value]) => [key, { value, path: [...path, key] }])),
  };
}

/** Every choice of one row from each table; of a value that several have, the last table's counts. */
function combinations(tables: readonly (readonly Row[])[]): readonly Row[] {
  const [first = [], ...others] = tables;
  return others.reduce<readonly Row[]>(
    (rows, table) =>
      rows.flatMap((row) =>
        table.map((next) => ({
          name: `${row.name}, ${next.name}`,
          isInMemoryOnly: row.isInMemoryOnly || next.isInMemoryOnly,
          values: new Map([...row.values, ...next.values]),
        })),
      ),
    first,
  );
}

function expandedRow(document: Members, row: Row, used: Set<string>, problems: YamlProblem[]): ExpandedRow {
  const { steps } = document;
  const rest = Object.fromEntries(Object.entries(document).filter(([name]) => name !== 'examples' && name !== 'steps'));
  const filler = new Filler(row, used, problems);
  const filled = Array.isArray(steps) ? filler.steps(steps, ['steps']) : [];
  const value = {
    ...(filler.filled(rest, []) as Members),
    name: `${String(rest['name'])}: ${row.name}`,
    ...(row.isInMemoryOnly ? { transports: 'memory' } : {}),
    steps: Array.isArray(steps) ? filled.map((step) => step.value) : steps,
  };
  return {
    value,
    sourceOf([part, index, ...inner]) {
      const step = part === 'steps' && typeof index === 'number' ? filled[index] : undefined;
      if (step !== undefined) return [...step.path, ...inner];
      return [part, index].flatMap((each) => (each === undefined ? [] : [each])).concat(inner);
    },
  };
}

interface FilledStep {
  readonly value: unknown;
  readonly path: YamlPath;
}

/** Puts the values of one row in. */
class Filler {
  readonly #row: Row;
  readonly #used: Set<string>;
  readonly #problems: YamlProblem[];

  constructor(row: Row, used: Set<string>, problems: YamlProblem[]) {
    this.#row = row;
    this.#used = used;
    this.#problems = problems;
  }

  /** @param within names whose values these are, so that none goes round in a circle */
  steps(steps: readonly unknown[], path: YamlPath, within: readonly string[] = []): readonly FilledStep[] {
    return steps.flatMap((step, index): readonly FilledStep[] => {
      const here = [...path, index];
      const [, name] = typeof step === 'string' ? (WHOLE_PLACEHOLDER.exec(step) ?? []) : [];
      const given = name === undefined ? undefined : this.#valueOf(name, here, within);
      if (name !== undefined && Array.isArray(given?.value))
        return this.steps(given.value, given.path, [...within, name]);
      return [{ value: this.filled(step, here, within), path: here }];
    });
  }

  filled(value: unknown, path: YamlPath, within: readonly string[] = []): unknown {
    if (Array.isArray(value)) return value.map((each: unknown, index) => this.filled(each, [...path, index], within));
    if (isMembers(value)) {
      const members = Object.entries(value).map(([key, each]) => [key, this.filled(each, [...path, key], within)]);
      return Object.fromEntries(members) as Members;
    }
    if (typeof value !== 'string') return value;
    const [, whole] = WHOLE_PLACEHOLDER.exec(value) ?? [];
    if (whole !== undefined) {
      const given = this.#valueOf(whole, path, within);
      return given && this.filled(given.value, path, [...within, whole]);
    }
    return value.replaceAll(PLACEHOLDER, (_, name: string) => String(this.#valueOf(name, path, within)?.value));
  }

  #valueOf(name: string, path: YamlPath, within: readonly string[]) {
    const found = this.#row.values.get(name);
    this.#used.add(name);
    if (found === undefined) this.#problems.push({ path, message: `row "${this.#row.name}" has no ${name}` });
    if (!within.includes(name)) return found;
    this.#problems.push({ path, message: `the value of ${name} holds itself` });
    return undefined;
  }
}
