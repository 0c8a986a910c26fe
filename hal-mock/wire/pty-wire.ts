import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { WireEnd } from './wire-end.ts';

/** A serial port made by the kernel: the host opens `path` with the native binding, an emulator holds `end`. */
export interface PtyWire {
  readonly path: string;
  readonly end: WireEnd;
  /** Resolves once a port that was plugged in again can be opened; at once when nothing changed. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Whether this machine can make ptys: they come from `socat`. Throws where FENQI_REQUIRE_PTY=1 demands one that is missing. */
export function ptyAvailable(): boolean {
  const isThere = spawnSync('socat', ['-V']).status === 0;
  if (!isThere && process.env['FENQI_REQUIRE_PTY'] === '1') throw new Error('socat is missing: apt-get install socat');
  return isThere;
}

/** What socat reports with `-d -d` once the pty and its link are there and bytes flow. */
const READY_NOTICE = 'starting data transfer loop';

/** Makes a raw pty under a link of its own in the temporary folder. Rejects when socat cannot be started. */
export async function openPtyWire(): Promise<PtyWire> {
  const wire = new SocatWire(mkdtempSync(join(tmpdir(), 'fenqi-pty-')));
  await wire.settled();
  return wire;
}

/**
 * One socat joins the pty to its own standard streams. Ending socat is pulling the plug: the host's port hangs up.
 * When this process dies, socat reads the end of its input and ends too.
 */
class SocatWire implements PtyWire {
  readonly path: string;
  readonly end: WireEnd;
  readonly #folder: string;
  #socat: ChildProcessWithoutNullStreams | undefined;
  #settled: Promise<void>;
  #listener: (bytes: Uint8Array) => void = () => undefined;
  #closed = false;

  constructor(folder: string) {
    this.#folder = folder;
    this.path = join(folder, 'port');
    this.#settled = this.#start();
    this.end = {
      onData: (listener) => {
        this.#listener = listener;
      },
      write: (bytes) => {
        this.#socat?.stdin.write(bytes);
      },
      unplug: () => {
        this.#then(() => this.#stop());
      },
      replug: () => {
        this.#then(() => (this.#socat === undefined ? this.#start() : undefined));
      },
    };
  }

  settled(): Promise<void> {
    return this.#settled;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#settled;
    await this.#stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Plugging is instant for the caller, who learns of a failure through `settled`. */
  #then(step: () => Promise<void> | undefined): void {
    this.#settled = this.#settled.then(() => (this.#closed ? undefined : step()));
    this.#settled.catch(() => undefined);
  }

  #start(): Promise<void> {
    const socat = spawn('socat', ['-d', '-d', `pty,raw,echo=0,link=${this.path}`, 'stdio']);
    this.#socat = socat;
    socat.stdout.on('data', (chunk: Buffer) => this.#listener(new Uint8Array(chunk)));
    // Writing to a socat that is just ending is a byte lost on a pulled plug, nothing more.
    socat.stdin.on('error', () => undefined);
    return new Promise((resolve, reject) => {
      let notices = '';
      socat.once('error', reject);
      socat.once('exit', () => reject(new Error('socat ended before the pty was ready')));
      socat.stderr.on('data', (chunk: Buffer) => {
        notices += chunk.toString('latin1');
        if (notices.includes(READY_NOTICE)) resolve();
      });
    });
  }

  #stop(): Promise<void> {
    const socat = this.#socat;
    this.#socat = undefined;
    if (socat === undefined || socat.exitCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      socat.once('exit', () => resolve());
      socat.kill('SIGTERM');
    });
  }
}
