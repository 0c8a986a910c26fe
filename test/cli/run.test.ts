/** The console terminal as a process of its own, with keys from a pipe. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConsoleProcess } from './console-process.ts';

const EXECUTABLE = fileURLToPath(new URL('../../apps/fenqi.ts', import.meta.url));

/** A terminal in its console. */
class Console extends ConsoleProcess {
  constructor(args: readonly string[]) {
    super(EXECUTABLE, ['run', '--console', ...args]);
  }

  quit(): Promise<number | null> {
    this.type('x');
    return this.closed;
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
  afterEach(async () => {
    await Promise.all(consoles.splice(0).map((started) => started.signal('SIGKILL')));
    rmSync(folder, { recursive: true });
  });

  it('shows what is wrong with a damaged configuration, and starts once it is mended and confirmed', async () => {
    const config = join(folder, 'terminal.yaml');
    writeFileSync(config, 'language: en\nterminalId: 123\nmerchantNam: X\n');
    const terminal = start('--config', config, '--data', join(folder, 'data'));
    await terminal.shows('line 2: terminalId');
    await terminal.shows('line 3: merchantNam');
    writeFileSync(config, 'language: en\nmerchantName: Corner shop\n');
    terminal.type('\r');
    await terminal.shows('Corner shop');
    expect(await terminal.quit()).toBe(0);
  }, 60_000);

  it('takes a payment with the keys that it prints, and finds it in the journal after a restart', async () => {
    const args = ['--language', 'en', '--data', join(folder, 'data')];
    const terminal = start(...args);
    await terminal.shows('Welcome');
    terminal.type('6600\r');
    await terminal.shows('66.00');
    await terminal.shows('Cancel');
    terminal.type('t');
    await terminal.shows('Approved');
    await terminal.shows('MERCHANT COPY');
    expect(await terminal.quit()).toBe(0);
    const again = start(...args);
    await again.shows('Receipts to print: 1');
    expect(await again.quit()).toBe(0);
  }, 60_000);
});
