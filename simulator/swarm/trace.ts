import { createHash } from 'node:crypto';

const KEPT_LINES = 40;
const HASHED_AT_ONCE = 8_192;

/** Everything that happens, as lines: hashed for ever, the last ones kept for whoever looks into a failure. */
export class Trace {
  readonly #hash = createHash('sha256');
  readonly #last: string[] = [];
  /** Not hashed yet: many lines at once are cheaper. */
  #unhashed = '';
  readonly #onLine: ((line: string) => void) | undefined;
  #lines = 0;

  /** @param onLine sees every line; a run that nobody watches does not need it */
  constructor(onLine?: (line: string) => void) {
    this.#onLine = onLine;
  }

  add(line: string): void {
    this.#unhashed += `${line}\n`;
    if (this.#unhashed.length > HASHED_AT_ONCE) this.#flush();
    this.#last[this.#lines++ % KEPT_LINES] = line;
    this.#onLine?.(line);
  }

  get lines(): number {
    return this.#lines;
  }

  /** The last 40 lines, oldest first. */
  last(): readonly string[] {
    const from = this.#lines % KEPT_LINES;
    return this.#lines <= KEPT_LINES ? this.#last : [...this.#last.slice(from), ...this.#last.slice(0, from)];
  }

  /** SHA-256 of all lines so far, in hex. */
  digest(): string {
    this.#flush();
    return this.#hash.copy().digest('hex');
  }

  #flush(): void {
    this.#hash.update(this.#unhashed);
    this.#unhashed = '';
  }
}
