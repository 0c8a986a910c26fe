import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import process from 'node:process';
import { WatchedText } from '../../apps/emulator/watched-text.ts';

const GIVE_UP_MS = 60_000;

/** The running program: waits for texts on its console, types on it. */
export class ConsoleProcess {
  readonly closed: Promise<number | null>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #text = new WatchedText();

  constructor(program: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...environment } });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => this.#text.add(text));
    }
    this.closed = new Promise((resolve) => {
      this.#child.on('close', resolve);
    });
  }

  get output(): string {
    return this.#text.text;
  }

  type(keys: string): void {
    this.#child.stdin.write(keys);
  }

  endInput(): void {
    this.#child.stdin.end();
  }

  /** Resolves when the text appears after everything that was waited for before. */
  shows(text: string): Promise<void> {
    return this.#text.shows(text, GIVE_UP_MS);
  }

  signal(name: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(name);
    return this.closed;
  }
}
