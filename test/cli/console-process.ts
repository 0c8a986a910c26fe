import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import process from 'node:process';

const GIVE_UP_MS = 60_000;

/** The running program: waits for texts on its console, types on it. */
export class ConsoleProcess {
  readonly closed: Promise<number | null>;
  readonly #child: ChildProcessWithoutNullStreams;
  #output = '';
  #seen = 0;
  #look: () => void = () => undefined;

  constructor(program: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...environment } });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
        this.#look();
      });
    }
    this.closed = new Promise((resolve) => {
      this.#child.on('close', resolve);
    });
  }

  get output(): string {
    return this.#output;
  }

  type(keys: string): void {
    this.#child.stdin.write(keys);
  }

  endInput(): void {
    this.#child.stdin.end();
  }

  /** Resolves when the text appears after everything that was waited for before. */
  shows(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`"${text}" did not appear in:\n${this.#output}`)), GIVE_UP_MS);
      this.#look = () => {
        const at = this.#output.indexOf(text, this.#seen);
        if (at < 0) return;
        this.#seen = at + text.length;
        this.#look = () => undefined;
        clearTimeout(timer);
        resolve();
      };
      this.#look();
    });
  }

  signal(name: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(name);
    return this.closed;
  }
}
