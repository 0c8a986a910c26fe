import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import process from 'node:process';

/** What a command-line tool talks through, so that tests can run it without a process. */
export interface CliIo {
  readonly lines: AsyncIterable<string>;
  /** One line of result. */
  readonly out: (line: string) => void;
  /** One line for the person at the keyboard. */
  readonly err: (line: string) => void;
}

/** Exit codes of every tool: a bad line among the input, and a call that makes no sense. */
export const EXIT_BAD_INPUT = 1;
export const EXIT_USAGE = 2;

/** The streams of this process. */
export function stdinIo(): CliIo {
  return {
    // Made when somebody reads: a second reader would take keystrokes away from the console terminal.
    get lines() {
      return linesOfStdin();
    },
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
  };
}

/** A program that reads no lines loads nothing for them. */
async function* linesOfStdin(): AsyncGenerator<string> {
  const { createInterface } = (await import('node:readline')).default;
  yield* createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
}

/** Every line, trimmed: tools that give a line for a line give one for an empty line too. */
export async function* trimmedLines(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield line.trim();
}

/** The lines that say something, trimmed. */
export async function* filledLines(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) {
    const trimmed = line.trim();
    if (trimmed !== '') yield trimmed;
  }
}

/** The same tool over the lines of files, one after the other; the path that cannot be read otherwise. */
export async function filesIo(io: CliIo, paths: readonly string[]): Promise<CliIo | { readonly unreadable: string }> {
  const lines: string[] = [];
  for (const path of paths) {
    try {
      lines.push(...(await readFile(path, 'utf8')).split('\n'));
    } catch {
      return { unreadable: path };
    }
  }
  return { ...io, lines: Readable.from(lines) };
}
