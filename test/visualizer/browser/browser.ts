import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const CHROMIUM = process.env['FENQI_CHROMIUM'] ?? '/usr/bin/chromium';
/** Everything in a browser that would look for a network that is not there, or for a screen. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const START_WITHIN_MS = 90_000;
/** Cards are read, slips printed and hosts asked a little faster than in life: on a busy machine a person is slow too. */
const SPEED = 4;

export const WAIT = { timeout: 60_000 } as const;

/** Where no browser is, these tests are left out; CI demands it. */
export function hasBrowser(): boolean {
  if (existsSync(CHROMIUM)) return true;
  if (process.env['FENQI_REQUIRE_BROWSER'] === '1') throw new Error(`${CHROMIUM} is missing: apt-get install chromium`);
  return false;
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
}

export interface Record {
  readonly type: string;
  readonly fields: readonly { readonly name: string; readonly value?: string }[];
}

/** A terminal as `npm start` gives it, and somebody in front of its page. */
export class Visit {
  readonly page: Page;
  /** What the browser complained about. */
  readonly complaints: string[] = [];
  readonly #context: BrowserContext;
  readonly #process: ChildProcess;
  readonly #data: string;

  private constructor(page: Page, context: BrowserContext, child: ChildProcess, data: string) {
    this.page = page;
    this.#context = context;
    this.#process = child;
    this.#data = data;
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
  }

  static async open(
    browser: Browser,
    options: { readonly size?: readonly [number, number]; readonly locale?: string } = {},
  ) {
    const { size: [width, height] = [1280, 800], locale = 'zh-CN' } = options;
    const data = mkdtempSync(join(tmpdir(), 'fenqi-visit-'));
    const child = spawn(process.execPath, [
      join(ROOT, 'apps/fenqi.ts'),
      'run',
      '--port',
      '0',
      '--data',
      join(data, 'data'),
    ]);
    const address = await addressOf(child);
    const context = await browser.newContext({ viewport: { width, height }, locale, reducedMotion: 'reduce' });
    const visit = new Visit(await context.newPage(), context, child, data);
    await visit.page.goto(address);
    await visit.shows('idle');
    return visit;
  }

  /** Resolves when the terminal shows this screen. */
  async shows(screen: string): Promise<void> {
    await this.page.waitForSelector(`[data-screen="${screen}"]`, WAIT);
  }

  /** Presses a button by its name, as a person finds it; `within` is the name of a region. */
  async click(name: string, within?: string): Promise<void> {
    const place = within === undefined ? this.page : this.page.getByRole('region', { name: within, exact: true });
    await place.getByRole('button', { name, exact: true }).first().click(WAIT);
  }

  async choose(label: string, value: string): Promise<void> {
    await this.page.getByRole('combobox', { name: label }).first().selectOption(value, WAIT);
  }

  async type(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async faster(): Promise<void> {
    await this.#post('/api/clock', { speed: SPEED });
  }

  /** An amount at the idle terminal, as `1 2 0 0 00`. */
  async rings(...digits: readonly string[]): Promise<void> {
    await this.type(...digits, 'Enter');
    await this.shows('presentCard');
  }

  async pin(digits: string): Promise<void> {
    await this.shows('enterPin');
    const pad = this.page.getByRole('region', { name: '密码键盘', exact: true });
    for (const digit of digits) await pad.getByRole('button', { name: digit, exact: true }).click(WAIT);
    await pad.getByRole('button', { name: '确认', exact: true }).click(WAIT);
  }

  /** What the journal has taken down so far. */
  async records(): Promise<readonly Record[]> {
    const text = await this.page.evaluate(async () => (await fetch('/api/trace')).text());
    const events = text
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line) as { readonly kind: string });
    return events.filter(({ kind }) => kind === 'record') as unknown as readonly Record[];
  }

  /** Everything of the trace, to look for what must not be in it. */
  trace(): Promise<string> {
    return this.page.evaluate(async () => (await fetch('/api/trace')).text());
  }

  async close(): Promise<void> {
    await this.#context.close();
    const ended = new Promise((resolve) => this.#process.on('close', resolve));
    this.#process.kill('SIGTERM');
    await ended;
    rmSync(this.#data, { recursive: true, force: true });
  }

  async #post(path: string, body: unknown): Promise<void> {
    await this.page.evaluate(
      async ([url, text]) => {
        const session = (await (await fetch('/api/session')).json()) as { readonly token: string };
        const headers = { 'content-type': 'application/json', 'x-fenqi-token': session.token };
        await fetch(url, { method: 'POST', headers, body: text });
      },
      [path, JSON.stringify(body)] as const,
    );
  }
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => reject(new Error(`the terminal did not start:\n${output}`)), START_WITHIN_MS);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const address = /http:\/\/127\.0\.0\.1:\S+/.exec(output)?.[0];
        if (address === undefined) return;
        clearTimeout(timer);
        resolve(address);
      });
    }
    child.on('error', reject);
  });
}
