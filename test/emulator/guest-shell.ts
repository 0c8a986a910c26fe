/** A root shell in the machine, on a serial line of its own: what a test sees that no person in the shop does. */
import type { WireEnd } from '../../hal-mock/wire/wire-end.ts';

/** Words for the kernel's command line that put it there. Not interactive, so that it ends when the machine does. */
export const SHELL_WORDS = [
  `systemd.run="/bin/sh -c 'exec sh +i </dev/ttyS6 >/dev/ttyS6 2>&1'"`,
  'systemd.run_success_action=none systemd.run_failure_action=none systemd.wants=multi-user.target',
].join(' ');

export interface ShellAnswer {
  readonly code: number;
  readonly output: string;
}

/** Longer than a boot and than an installation. */
const GIVE_UP_MS = 240_000;
const KNOCK = 1_000_000;
/** What is sent before anybody reads the line is lost. */
const KNOCK_EVERY_MS = 1000;

export class GuestShell {
  readonly #port: WireEnd;
  readonly #decoder = new TextDecoder();
  #count = 0;
  #text = '';
  #look: () => void = () => undefined;

  constructor(port: WireEnd) {
    this.#port = port;
    port.onData((bytes) => {
      this.#text += this.#decoder.decode(bytes, { stream: true });
      this.#look();
    });
  }

  /**
   * Resolves when the shell of this start of the machine answers. It may hear the end of a line alone: no end of a knock
   * is anything but a command that does not exist, where half a quotation would swallow all that follows.
   */
  async ready(): Promise<void> {
    this.#count++;
    const line = `expr ${KNOCK} + ${this.#count}\n`;
    const knock = setInterval(() => this.#send(line), KNOCK_EVERY_MS);
    try {
      await this.#answer(line, new RegExp(`()^(${KNOCK + this.#count})\r?$`, 'm'));
    } finally {
      clearInterval(knock);
    }
    // What was knocked in vain is answered now; the next answer is behind it.
    await this.run('stty -F /dev/ttyS6 -echo');
    await this.run('true');
  }

  /** One command at a time; its complaints are in the output. */
  run(command: string): Promise<ShellAnswer> {
    return this.#answer(this.#line(command));
  }

  /**
   * Output of a command that must succeed.
   *
   * @throws when it does not
   */
  async said(command: string): Promise<string> {
    const { code, output } = await this.run(command);
    if (code !== 0) throw new Error(`${command} ended with ${code}:\n${output}`);
    return output;
  }

  /** For what does not come back. */
  send(command: string): void {
    this.#send(`${command}\n`);
  }

  /** Repeats a command until it succeeds. */
  async until(command: string): Promise<string> {
    return this.said(`until ${command}; do sleep 0.5; done`);
  }

  /** The echo of the line does not look like its answer. */
  #line(command: string): string {
    this.#count++;
    return `{ ${command}\n} </dev/null 2>&1; printf '\\n<<%s %s>>\\n' ${this.#count} $?\n`;
  }

  #send(line: string): void {
    this.#port.write(new TextEncoder().encode(line));
  }

  #answer(line: string, sentinel = new RegExp(`([^]*)\\n<<${this.#count} (\\d+)>>\\r?\\n`)): Promise<ShellAnswer> {
    this.#text = '';
    this.#send(line);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#look = () => undefined;
        reject(new Error(`no answer within ${GIVE_UP_MS / 1000} s to ${line}:\n${this.#text}`));
      }, GIVE_UP_MS);
      this.#look = () => {
        const [, output = '', code] = sentinel.exec(this.#text) ?? [];
        if (code === undefined) return;
        this.#look = () => undefined;
        clearTimeout(timer);
        resolve({ code: Number(code), output: output.replaceAll('\r', '').trim() });
      };
    });
  }
}
