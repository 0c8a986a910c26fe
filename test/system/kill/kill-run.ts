import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { JournalFileStore } from '../../../drivers/journal/file-store.ts';
import { LinuxJournalDisk } from '../../../drivers/linux/journal-disk.ts';
import { SeededRandom } from '../../../hal-mock/random.ts';
import { Acquirer } from '../../../simulator/acquirer/acquirer.ts';
import { listenAcquirer } from '../../../simulator/acquirer/tcp-server.ts';
import { Books } from '../../../simulator/swarm/books.ts';
import { WALLET_CUSTOMERS } from '../../../simulator/wallet/customers.ts';
import { TEST_CARDS } from '../../../hal-mock/cards/test-cards.ts';
import { openWhole } from '../../../hal-mock/journal-store.ts';
import { listenWallets } from '../../../simulator/wallet/http-server.ts';
import { WalletHosts } from '../../../simulator/wallet/wallet-hosts.ts';
import { disagreements } from '../crash/evidence.ts';
import { fastClock } from './fast-clock.ts';

const TERMINAL = fileURLToPath(new URL('./terminal-process.ts', import.meta.url));
/** Enough for a few sales; every fourth process does not live so long after its start. */
const LIFE_MAX_MS = 500;
const START_MAX_MS = 400;
const PLENTY_FEN = 1_000_000_000_000;
/** Of the hosts, on the fast clock: some 20 ms, in which most kills should fall. */
const PROCESSING_MS = 2_000;

/** What a run ended with. */
export interface KillReport {
  readonly kills: number;
  /** Kills while a sale of that process was open, by the records that it acknowledged. */
  readonly midSale: number;
  readonly acknowledged: number;
  readonly lost: number;
  readonly sales: number;
  readonly approved: number;
  readonly reversed: number;
  readonly wrongs: readonly string[];
}

/** A terminal's process, and what it said it has made durable. */
class Victim {
  readonly acknowledged: string[] = [];
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown[]>;
  #errors = '';

  constructor(args: readonly string[], compileCache: string) {
    const env = { ...process.env, NODE_COMPILE_CACHE: compileCache };
    this.#child = spawn(process.execPath, [TERMINAL, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env });
    this.#closed = once(this.#child, 'close');
    if (this.#child.stdout === null || this.#child.stderr === null) throw new Error('a victim has pipes');
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.acknowledged.push(line));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text;
    });
  }

  /** Until it has said something, or has ended. */
  async lives(): Promise<void> {
    await Promise.race([once(this.#child.stdout ?? this.#child, 'data'), this.#closed]);
  }

  /** What went wrong when it ended by itself; nothing when it was killed. */
  async kill(): Promise<string[]> {
    this.#child.kill('SIGKILL');
    return this.end('SIGKILL');
  }

  async end(expected: 'SIGKILL' | 0): Promise<string[]> {
    const [code, signal] = await this.#closed;
    return (signal ?? code) === expected ? [] : [`a terminal ended with ${String(code)}: ${this.#errors}`];
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Sells through real processes, kills each with SIGKILL at a random moment, and compares the books at the end. */
export async function killRun(kills: number, seed: number): Promise<KillReport> {
  const clock = fastClock();
  const cards = TEST_CARDS.map((card) => ({ ...card, availableFen: PLENTY_FEN }));
  const customers = WALLET_CUSTOMERS.map((customer) => ({
    ...customer,
    balanceFen: PLENTY_FEN,
    dayLimitFen: PLENTY_FEN,
  }));
  const acquirer = new Acquirer({ clock, cards, random: new SeededRandom(seed), processingMs: PROCESSING_MS });
  const wallets = new WalletHosts({ clock, customers, processingMs: PROCESSING_MS });
  const tcp = await listenAcquirer(acquirer, { port: 0 });
  const http = await listenWallets(wallets, clock, { port: 0 });
  const folder = mkdtempSync(join(tmpdir(), 'fenqi-kill-'));
  const args = [join(folder, 'data'), String(tcp.port), `http://127.0.0.1:${http.port}/alipay`];
  try {
    const start = (life: number, ...mode: readonly string[]): Victim =>
      new Victim([...args, String(seed * 100_003 + life), ...mode], join(folder, 'compile-cache'));
    // The first one ends in good order, so that Node keeps its compiled modules for the others.
    const first = start(kills + 1, 'rest');
    const firstWrongs = await first.end(0);
    const { acknowledged, wrongs, midSale } = await killOneAfterAnother(start, kills, seed);
    const last = start(kills, 'rest');
    wrongs.push(...firstWrongs, ...(await last.end(0)));
    acknowledged.unshift(...first.acknowledged);
    acknowledged.push(...last.acknowledged);
    const records = await recordsIn(join(folder, 'data/journal'));
    const books = Books.of(records);
    wrongs.push(...disagreements(books, { acquirer, wallets }));
    if (books.open.size > 0) wrongs.push('something is still open');
    const lost = lostOf(acknowledged, records);
    if (lost > 0) wrongs.push(`${lost} acknowledged records are lost`);
    const withStatus = (status: string): number =>
      [...books.sales.values()].filter((sale) => sale.status === status).length;
    return {
      kills,
      midSale,
      acknowledged: acknowledged.length,
      lost,
      sales: books.sales.size,
      approved: withStatus('approved'),
      reversed: withStatus('reversed') + withStatus('cancelled'),
      wrongs,
    };
  } finally {
    await Promise.all([tcp.close(), http.close()]);
    rmSync(folder, { recursive: true });
  }
}

async function killOneAfterAnother(start: (life: number) => Victim, kills: number, seed: number) {
  const random = new SeededRandom(seed);
  const acknowledged: string[] = [];
  const wrongs: string[] = [];
  let midSale = 0;
  for (let life = 0; life < kills; life++) {
    const victim = start(life);
    if (random.chance(0.25)) await pause(random.below(START_MAX_MS));
    else {
      await victim.lives();
      await pause(random.below(LIFE_MAX_MS));
    }
    wrongs.push(...(await victim.kill()));
    acknowledged.push(...victim.acknowledged);
    if (Books.of(victim.acknowledged).open.size > 0) midSale++;
  }
  return { acknowledged, wrongs, midSale };
}

async function recordsIn(directory: string): Promise<readonly string[]> {
  const store = new JournalFileStore({ disk: new LinuxJournalDisk(directory) });
  const { records } = await openWhole(store);
  await store.close();
  return records;
}

/** Acknowledged records that do not stand in the journal, in their order. */
function lostOf(acknowledged: readonly string[], records: readonly string[]): number {
  let at = 0;
  let lost = 0;
  for (const text of acknowledged) {
    const found = records.indexOf(text, at);
    if (found < 0) lost++;
    else at = found + 1;
  }
  return lost;
}
