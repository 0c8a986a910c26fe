import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dirname, join, normalize } from 'node:path';
import { parseSync } from '@swc/core';

/** Absolute path of the project's top folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** One `import`, `export … from` or `import()`. */
export interface ImportUse {
  /** Path from the top folder for relative specifiers, the specifier itself for packages. */
  readonly target: string;
  readonly isPackage: boolean;
  readonly isTypeOnly: boolean;
}

export interface FunctionSize {
  readonly line: number;
  readonly lines: number;
}

/** What the tidiness rules need to know of a source file. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  readonly imports: readonly ImportUse[];
  /** Every function, method and accessor with a body; sections of a test suite (`describe`) are no functions. */
  readonly functions: readonly FunctionSize[];
  /** `line: what` of each thing that some rule forbids somewhere. */
  readonly uses: readonly Use[];
}

export interface Use {
  readonly line: number;
  /** `Date.now`, `new Date()`, `console.log`, `vault.reveal()`, `setTimeout`, `any` … */
  readonly what: string;
}

interface Node {
  readonly type: string;
  readonly span: { readonly start: number; readonly end: number };
  readonly [key: string]: unknown;
}

const FUNCTIONS: ReadonlySet<string> = new Set(
  (
    'FunctionDeclaration FunctionExpression ArrowFunctionExpression Constructor ClassMethod PrivateMethod ' +
    'MethodProperty GetterProperty SetterProperty'
  ).split(' '),
);

/** Names of the platform that a rule may forbid when they are used as a value. */
const PLATFORM_NAMES: ReadonlySet<string> = new Set(
  (
    'process Buffer console globalThis performance fetch require crypto queueMicrotask ' +
    'setTimeout setInterval setImmediate clearTimeout clearInterval clearImmediate'
  ).split(' '),
);

/** Reads and parses the TypeScript files that match the patterns, in order of their paths. */
export function sourceFiles(...patterns: readonly string[]): SourceFile[] {
  const paths = patterns.flatMap((pattern) => globSync(pattern, { cwd: ROOT }));
  return paths.toSorted().map((path) => readSource(path, readFileSync(join(ROOT, path), 'utf8')));
}

/** Takes one file apart. */
export function readSource(path: string, text: string): SourceFile {
  const reader = new Reader(path, text);
  reader.visit(
    parseSync(text, { syntax: 'typescript', tsx: path.endsWith('.tsx'), target: 'es2023' }) as unknown as Node,
  );
  const { imports, functions, uses } = reader;
  return { path, text, lines: text.split('\n').length - 1, imports, functions, uses };
}

class Reader {
  readonly imports: ImportUse[] = [];
  readonly functions: FunctionSize[] = [];
  readonly uses: Use[] = [];
  readonly #folder: string;
  /** Byte offsets of line ends: the parser counts bytes, from 1. */
  readonly #lineEnds: readonly number[];

  constructor(path: string, text: string) {
    this.#folder = dirname(path);
    this.#lineEnds = [...Buffer.from(text).entries()].filter(([, byte]) => byte === 0x0a).map(([at]) => at + 1);
  }

  visit(node: Node): void {
    this.#note(node);
    for (const [key, value] of Object.entries(node)) if (!isNameOnly(node, key)) this.#visitValue(value);
  }

  /** Lists, and wrappers without a type of their own such as arguments and the functions of methods, are looked into. */
  #visitValue(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    if ('type' in value && typeof value.type === 'string') this.visit(value as Node);
    else for (const inner of Object.values(value)) this.#visitValue(inner);
  }

  #note(node: Node): void {
    this.#noteImport(node);
    if (FUNCTIONS.has(node.type) && isBody(node['body'] ?? (node['function'] as Node | undefined)?.['body'])) {
      this.#noteFunction(node);
    }
    if (node.type === 'TsKeywordType' && node['kind'] === 'any') this.#use(node, 'any');
    if (node.type === 'Identifier' && PLATFORM_NAMES.has(String(node['value']))) this.#use(node, String(node['value']));
    if (node.type === 'MemberExpression') this.#noteMember(node);
    if (node.type === 'NewExpression') this.#noteNew(node);
    if (node.type === 'CallExpression') this.#noteCall(node);
  }

  #noteImport(node: Node): void {
    if (node.type === 'ImportDeclaration') {
      const specifiers = node['specifiers'] as readonly Node[];
      const allTypes = specifiers.length > 0 && specifiers.every((specifier) => specifier['isTypeOnly'] === true);
      this.#import((node['source'] as Node)['value'], node['typeOnly'] === true || allTypes);
    } else if (node.type === 'ExportNamedDeclaration' || node.type === 'ExportAllDeclaration') {
      this.#import((node['source'] as Node | null)?.['value'], node['typeOnly'] === true);
    } else if (node.type === 'TsImportType') {
      this.#import((node['argument'] as Node)['value'], true);
    } else if (node.type === 'CallExpression' && (node['callee'] as Node).type === 'Import') {
      const [first] = node['arguments'] as readonly { readonly expression: Node }[];
      this.#import(first?.expression['value'], false);
    }
  }

  #import(specifier: unknown, isTypeOnly: boolean): void {
    if (typeof specifier !== 'string') return;
    const isPackage = !specifier.startsWith('.');
    const target = isPackage ? specifier : normalize(join(this.#folder, specifier));
    this.imports.push({ target, isPackage, isTypeOnly });
  }

  #noteFunction(node: Node): void {
    if (holdsSuite(node)) return;
    const line = this.#lineOf(node.span.start);
    this.functions.push({ line, lines: this.#lineOf(node.span.end - 1) - line + 1 });
  }

  #noteMember(node: Node): void {
    const object = node['object'] as Node;
    const property = node['property'] as Node;
    if (object.type === 'Identifier') this.#use(node, `${String(object['value'])}.${String(property['value'])}`);
  }

  #noteNew(node: Node): void {
    const callee = node['callee'] as Node;
    const count = ((node['arguments'] ?? []) as readonly unknown[]).length;
    if (callee.type === 'Identifier') this.#use(node, `new ${String(callee['value'])}(${count === 0 ? '' : '…'})`);
  }

  #noteCall(node: Node): void {
    const callee = node['callee'] as Node;
    const property = callee.type === 'MemberExpression' ? (callee['property'] as Node)['value'] : undefined;
    if (typeof property === 'string') this.#use(node, `.${property}()`);
  }

  #use(node: Node, what: string): void {
    this.uses.push({ line: this.#lineOf(node.span.start), what });
  }

  #lineOf(position: number): number {
    let low = 0;
    let high = this.#lineEnds.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#lineEnds[middle] ?? 0) < position) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  }
}

/** Names that are no use of a global: keys of objects and classes, members after a dot. */
function isNameOnly(node: Node, key: string): boolean {
  const child = node[key] as Node | null | undefined;
  if (child?.type !== 'Identifier') return false;
  return key === 'key' || (key === 'property' && node.type === 'MemberExpression');
}

function isBody(body: unknown): boolean {
  return typeof body === 'object' && body !== null;
}

/** A function whose own statements call `describe` holds a suite: its length is that of a chapter, not of a function. */
function holdsSuite(node: Node): boolean {
  const body = (node['body'] ?? (node['function'] as Node | undefined)?.['body']) as Node;
  const statements = (body['stmts'] ?? [body]) as readonly Node[];
  return statements.some((statement) => isSuiteCall((statement['expression'] ?? statement) as Node));
}

function isSuiteCall(node: Node): boolean {
  if (node.type !== 'CallExpression') return false;
  const callee = node['callee'] as Node;
  if (callee.type === 'CallExpression') return isSuiteCall(callee);
  const name = callee.type === 'MemberExpression' ? (callee['object'] as Node)['value'] : callee['value'];
  return name === 'describe' || name === 'it';
}
