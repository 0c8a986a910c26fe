import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';

/**
 * Reads lines `NAME=value…` and hands each to the service manager; answers each with a full stop. `systemd-notify` waits
 * until the manager has taken the message, so that it still knows whose it is.
 */
const HELPER = 'while IFS= read -r line; do systemd-notify "$line" >/dev/null 2>&1; printf .; done';

/** Values are one line; nothing else may become an assignment of its own. */
const NOT_IN_A_VALUE = /\p{Cc}+/gu;

/**
 * Talks to systemd (`sd_notify`). Node has no datagram sockets of the file system and an add-on would need a compiler, so a
 * shell that lives as long as the terminal starts `systemd-notify` for each message: the event loop writes a line to a
 * pipe and never forks. The unit needs `NotifyAccess=all`.
 */
export class ServiceManager {
  readonly #helper: ChildProcess | undefined;
  #unanswered = 0;

  /** Says nothing to nobody when systemd did not start this process. */
  constructor(environment: Readonly<Record<string, string | undefined>> = process.env) {
    if (environment['NOTIFY_SOCKET'] === undefined || environment['NOTIFY_SOCKET'] === '') return;
    const helper = spawn('/bin/sh', ['-c', HELPER], { stdio: ['pipe', 'pipe', 'ignore'], env: { ...environment } });
    // Without the helper the watchdog is not fed, and the service manager acts on that.
    helper.on('error', () => undefined);
    helper.stdin.on('error', () => undefined);
    helper.stdout.on('data', (answers: Uint8Array) => (this.#unanswered -= answers.length));
    this.#helper = helper;
  }

  /** Whether a message is still under way: a watchdog must not be fed out of a queue. */
  get isBehind(): boolean {
    return this.#unanswered > 0;
  }

  ready(): void {
    this.#say('READY=1');
  }

  /** A line for `systemctl status`. */
  status(text: string): void {
    this.#say(`STATUS=${text.replace(NOT_IN_A_VALUE, ' ')}`);
  }

  /** Nothing is said while the message before is under way. */
  feedWatchdog(): void {
    if (!this.isBehind) this.#say('WATCHDOG=1');
  }

  /** Says that the process ends, and waits until it is heard. */
  async stopping(): Promise<void> {
    const helper = this.#helper;
    if (helper === undefined || helper.exitCode !== null) return;
    this.#say('STOPPING=1');
    helper.stdin?.end();
    await new Promise<void>((resolve) => {
      helper.once('close', () => resolve());
    });
  }

  #say(line: string): void {
    const { stdin } = this.#helper ?? {};
    if (stdin?.writable !== true) return;
    this.#unanswered += 1;
    stdin.write(`${line}\n`);
  }
}

/** How often the watchdog of the unit wants to be fed, in ms; `undefined` without one. */
export function watchdogIntervalMs(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  pid = process.pid,
): number | undefined {
  const { WATCHDOG_USEC: usec = '', WATCHDOG_PID: watched } = environment;
  const isOurs = watched === undefined || watched === String(pid);
  return isOurs && /^[1-9]\d*$/.test(usec) ? Math.floor(Number(usec) / 1000) : undefined;
}
