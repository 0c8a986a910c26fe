import { ProtocolError } from '../../base/protocol-error.ts';

/** No reply of a wallet comes near this; a deeper one is an attack on the stack. */
const DEPTH_MAX = 32;

const SPACE = /[ \t\r\n]/;

/**
 * The members of a JSON object with their text exactly as it stands, because a signature is over the bytes and not over
 * the meaning. `ProtocolError` for text that is no JSON object, goes on after it, nests too deep, or has a key twice at
 * any depth (two readers could then see two values under one signature).
 */
export function rawMembers(text: string, path: readonly string[]): ReadonlyMap<string, string> {
  const root = parseJson(text, path);
  if (typeof root !== 'object' || root === null || Array.isArray(root)) throw new ProtocolError(path, 'no JSON object');
  return new Scanner(text, path).readRoot();
}

/** A value of well-formed JSON; `ProtocolError` instead of a `SyntaxError`, which would quote the text. */
export function parseJson(text: string, path: readonly string[]): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ProtocolError(path, 'no JSON');
  }
}

/** Walks text that is known to be well-formed JSON. */
class Scanner {
  readonly #text: string;
  readonly #path: readonly string[];
  #at = 0;

  constructor(text: string, path: readonly string[]) {
    this.#text = text;
    this.#path = path;
  }

  readRoot(): ReadonlyMap<string, string> {
    this.#skipSpace();
    return this.#readObject(1);
  }

  #readObject(depth: number): ReadonlyMap<string, string> {
    const members = new Map<string, string>();
    this.#at++;
    while (this.#next() !== '}') {
      const key = this.#readKey();
      if (members.has(key)) throw new ProtocolError(this.#path, 'a key occurs twice');
      members.set(key, this.#readValue(depth));
      if (this.#next() === ',') this.#at++;
    }
    this.#at++;
    return members;
  }

  #readArray(depth: number): void {
    this.#at++;
    while (this.#next() !== ']') {
      this.#readValue(depth);
      if (this.#next() === ',') this.#at++;
    }
    this.#at++;
  }

  #readKey(): string {
    const start = this.#at;
    this.#skipString();
    const key = parseJson(this.#text.slice(start, this.#at), this.#path);
    this.#skipSpace();
    this.#at++;
    return String(key);
  }

  #readValue(depth: number): string {
    if (depth >= DEPTH_MAX) throw new ProtocolError(this.#path, 'nested too deep');
    const first = this.#next();
    const start = this.#at;
    if (first === '{') this.#readObject(depth + 1);
    else if (first === '[') this.#readArray(depth + 1);
    else if (first === '"') this.#skipString();
    else this.#skipScalar();
    return this.#text.slice(start, this.#at);
  }

  #skipString(): void {
    this.#at++;
    while (this.#text.charAt(this.#at) !== '"') this.#at += this.#text.charAt(this.#at) === '\\' ? 2 : 1;
    this.#at++;
  }

  #skipScalar(): void {
    while (/[-+.\w]/.test(this.#text.charAt(this.#at))) this.#at++;
  }

  /** The next character that is no space, which is where the scanner then stands. */
  #next(): string {
    this.#skipSpace();
    return this.#text.charAt(this.#at);
  }

  #skipSpace(): void {
    while (SPACE.test(this.#text.charAt(this.#at))) this.#at++;
  }
}
