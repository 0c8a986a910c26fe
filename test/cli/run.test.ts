/** The console terminal as a process of its own, with keys from a pipe. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const EXECUTABLE = fileURLToPath(new URL('../../apps/fenqi.ts', import.meta.url));
const GIVE_UP_MS = 30_000;

/** A running terminal: waits for texts on its screens, presses keys. */
class Console {
  readonly #child: ChildProcessWithoutNullStreams;
  #output = '';
  #seen = 0;
  #look: () => void = () => undefined;

  constructor(args: readonly string[]) {
    this.#child = spawn(process.execPath, [EXECUTABLE, 'run', '--console', ...args]);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
        this.#look();
      });
    }
  }

  press(keys: string): void {
    this.#child.stdin.write(keys);
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

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  quit(): Promise<number | null> {
    return new Promise((resolve) => {
      this.#child.on('close', resolve);
      this.press('x');
    });
  }
}

describe('fenqi run', () => {
  let folder = '';
  const consoles: Console[] = [];
  const start = (...args: readonly string[]): Console => {
    const started = new Console(args);
    consoles.push(started);
    return started;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fenqi-run-'));
  });
  afterEach(() => {
    for (const started of consoles.splice(0)) started.kill();
    rmSync(folder, { recursive: true });
  });

  it('shows what is wrong with a damaged configuration, and starts once it is mended and confirmed', async () => {
    const config = join(folder, 'terminal.yaml');
    writeFileSync(config, 'language: en\nterminalId: 123\nmerchantNam: X\n');
    const terminal = start('--config', config, '--data', join(folder, 'data'));
    await terminal.shows('line 2: terminalId');
    await terminal.shows('line 3: merchantNam');
    writeFileSync(config, 'language: en\nmerchantName: Corner shop\n');
    terminal.press('\r');
    await terminal.shows('Corner shop');
    expect(await terminal.quit()).toBe(0);
  }, 60_000);

  it('takes a payment with the keys that it prints, and finds it in the journal after a restart', async () => {
    const args = ['--language', 'en', '--data', join(folder, 'data')];
    const terminal = start(...args);
    await terminal.shows('Welcome');
    terminal.press('6600\r');
    await terminal.shows('66.00');
    await terminal.shows('Cancel');
    terminal.press('t');
    await terminal.shows('Approved');
    await terminal.shows('MERCHANT COPY');
    expect(await terminal.quit()).toBe(0);
    const again = start(...args);
    await again.shows('Receipts to print: 1');
    expect(await again.quit()).toBe(0);
  }, 60_000);
});
