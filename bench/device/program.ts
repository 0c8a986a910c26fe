/** The device's program as an image holds it, with the flags of its unit, behind a console and in a cgroup of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { stripVTControlCharacters } from 'node:util';
import { openPtyWire, type PtyWire } from '../../hal-mock/wire/pty-wire.ts';
import { bundleApplication } from '../../image/application.ts';
import { findNode, stripNode } from '../../image/node-runtime.ts';
import { ROOT } from '../../image/project.ts';
import { TARGETS } from '../../image/targets.ts';
import type { Cgroup } from './cgroup.ts';

const UNIT = 'image/rootfs/usr/lib/systemd/system/fenqi.service';
/** Under a tenth of a CPU everything takes its time; whoever waits longer has hung. */
const GIVE_UP_MS = 60_000;

/** Runtime and application, as they stand in a slot. */
export interface Program {
  readonly node: string;
  readonly application: string;
  /** Of Node, from the unit. */
  readonly flags: readonly string[];
  /** From the unit too. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Builds the release for this machine into a folder. */
export async function buildProgram(folder: string): Promise<Program> {
  mkdirSync(folder, { recursive: true });
  const target = TARGETS.find((name) => name === `linux-${process.arch}`);
  if (target === undefined) throw new Error(`there is no image for ${process.arch}`);
  await bundleApplication(join(folder, 'app'), target, 'release');
  await stripNode(target, await findNode(target), join(folder, 'node'));
  // A file that is not on the disk yet counts as memory that was written.
  const runtime = openSync(join(folder, 'node'), 'r+');
  fsyncSync(runtime);
  closeSync(runtime);
  return programIn(folder, unitParts(readFileSync(join(ROOT, UNIT), 'utf8')));
}

function unitParts(unit: string): Pick<Program, 'flags' | 'environment'> {
  const flags = /^ExecStart=\S+((?: --\S+)+) \S+pos\.mjs/m.exec(unit)?.[1];
  if (flags === undefined) throw new Error(`${UNIT} has no flags of Node in its ExecStart`);
  const environment = [...unit.matchAll(/^Environment=(\w+)=(\S+)$/gm)].map(([, name = '', value = '']) => [
    name,
    value,
  ]);
  return { flags: flags.trim().split(' '), environment: Object.fromEntries(environment) as Record<string, string> };
}

/** What {@link buildProgram} has built, wherever it lies now. */
export function programIn(folder: string, parts: Pick<Program, 'flags' | 'environment'>): Program {
  const { flags, environment } = parts;
  return { node: join(folder, 'node'), application: join(folder, 'app/pos.mjs'), flags, environment };
}

export interface RunOptions {
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly cgroup?: Cgroup | undefined;
}

/** A shell puts itself into the cgroups, whose files come first up to `--`, and becomes the program there. */
const ENTER = 'while [ "$1" != -- ]; do echo $$ > "$1" || exit 1; shift; done; shift; exec "$@"';

/** Starts Node in its cgroup, with nothing of this process's environment but the path. */
export function spawnNode(
  program: Program,
  stdio: readonly ('ignore' | 'inherit' | number)[],
  { args, environment = {}, cgroup }: RunOptions,
): ChildProcess {
  const { PATH = '' } = process.env;
  const { node } = program;
  return spawn('/bin/sh', ['-c', ENTER, 'sh', ...(cgroup?.doors ?? []), '--', node, ...args], {
    stdio: [...stdio],
    env: { PATH, ...program.environment, ...environment },
  });
}

/** The running program, with a kernel terminal for screen and keys. */
export class Device {
  readonly spawnedMs = performance.now();
  readonly closed: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #console: PtyWire;
  readonly #port: number;
  #text = '';
  #seen = 0;
  #look: () => void = () => undefined;

  private constructor(program: Program, terminal: PtyWire, options: RunOptions) {
    this.#console = terminal;
    this.#port = openSync(terminal.path, 'r+');
    const decoder = new TextDecoder();
    terminal.end.onData((bytes) => {
      this.#text += stripVTControlCharacters(decoder.decode(bytes, { stream: true }));
      this.#look();
    });
    const port = this.#port;
    this.#child = spawnNode(program, [port, port, 'inherit'], options);
    this.closed = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', resolve);
    });
    void this.closed.then(() => this.#look());
  }

  static async start(program: Program, options: RunOptions): Promise<Device> {
    const terminal = await openPtyWire();
    return new Device(program, terminal, {
      ...options,
      args: [...program.flags, program.application, ...options.args],
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The last that stood on its console. */
  get lastText(): string {
    return this.#text.slice(-1500);
  }

  type(keys: string): void {
    this.#console.end.write(new TextEncoder().encode(keys));
  }

  /** Resolves with the moment in which the text stood there, after everything that was waited for before. */
  async shows(text: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string): void => reject(new Error(`${why}, "${text}" not shown:\n${this.lastText}`));
      const timer = setTimeout(() => fail('time is over'), GIVE_UP_MS);
      this.#look = () => {
        const at = this.#text.indexOf(text, this.#seen);
        if (at < 0 && this.#child.exitCode === null && this.#child.signalCode === null) return;
        clearTimeout(timer);
        this.#look = () => undefined;
        this.#seen = at + text.length;
        if (at < 0) fail(`the program has ended (${this.#child.exitCode ?? this.#child.signalCode})`);
        else resolve();
      };
      this.#look();
    });
    this.#text = this.#text.slice(this.#seen);
    this.#seen = 0;
    return performance.now();
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.#child.kill(signal);
    const code = await this.closed;
    closeSync(this.#port);
    await this.#console.close();
    return code;
  }
}
