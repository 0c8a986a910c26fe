import * as v from 'valibot';
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

/** Where in a document a problem is: keys and indexes from the outside in. */
export type YamlPath = readonly (string | number)[];

export interface YamlProblem {
  readonly path: YamlPath;
  readonly message: string;
}

export type CheckedYaml<T> =
  | { readonly kind: 'valid'; readonly value: T }
  /** One line a problem: `line 12: steps.3.customer.insert: a card is one of …`. */
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** What to say about one issue; a union says no more than "nothing fits", and its caller may know better. */
export type Explain = (issue: v.BaseIssue<unknown>) => readonly YamlProblem[];

export function pathOf(issue: v.BaseIssue<unknown>): YamlPath {
  return (issue.path ?? []).map((item) => item.key as string | number);
}

/** valibot speaks of objects and keys; people who write the file think of lines and names. */
export function explained(issue: v.BaseIssue<unknown>): string {
  if (issue.type !== 'strict_object') return issue.message;
  // For a name that may not stand here the schema expects "never"; for one that is missing it has received nothing.
  if (issue.expected === 'never') return 'is no name that may stand here';
  return issue.received === 'undefined' ? 'is missing' : 'has names of its own below it';
}

const explainPlainly: Explain = (issue) => [{ path: pathOf(issue), message: explained(issue) }];

/** A text that is YAML at least, and how to say where in it something is. */
export type YamlDocument =
  | { readonly kind: 'valid'; readonly value: unknown; lined(problem: YamlProblem): string }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

export function yamlDocument(text: string): YamlDocument {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  if (document.errors.length > 0) {
    return {
      kind: 'invalid',
      problems: document.errors.map(
        (error) => `line ${error.linePos?.[0].line ?? 1}: ${error.message.split('\n')[0]?.replace(/ at line.*$/, '')}`,
      ),
    };
  }
  return {
    kind: 'valid',
    value: document.toJS(),
    lined({ path, message }) {
      const { line } = lineCounter.linePos(startOf(document.contents, path));
      const where = path.length === 0 ? '' : `${path.join('.')}: `;
      return `line ${line}: ${where}${message}`;
    },
  };
}

/** Reads YAML and checks it against a schema; every problem comes with its line. */
export function checkedYaml<T>(
  text: string,
  schema: v.GenericSchema<unknown, T>,
  explain: Explain = explainPlainly,
): CheckedYaml<T> {
  const document = yamlDocument(text);
  if (document.kind === 'invalid') return document;
  const result = v.safeParse(schema, document.value);
  if (result.success) return { kind: 'valid', value: result.output };
  const problems = result.issues.flatMap((issue) => explain(issue));
  return { kind: 'invalid', problems: problems.map((problem) => document.lined(problem)) };
}

/** Offset of the deepest node on the way that exists; a key that should not be there is pointed at itself. */
function startOf(root: Node | null, path: YamlPath): number {
  let node: Node | null = root;
  let start = root?.range?.[0] ?? 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
      if (pair === undefined) break;
      start = (pair.key as Node).range?.[0] ?? start;
      node = pair.value as Node | null;
    } else if (isSeq(node)) {
      node = (node.items[Number(part)] as Node | undefined) ?? null;
      start = node?.range?.[0] ?? start;
    } else break;
  }
  return start;
}
