/** What happened to a device, for whoever has to explain it later: the logs of the system are gone with the power. */
import { appendFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { scrub } from '../../firmware/base/masked.ts';
import type { Clock } from '../../firmware/hal/index.ts';

/** Two files of it are months of an ordinary device. */
const BYTES_MAX = 512 * 1024;

export type AuditEvent =
  /** The program came up: which version, from which slot, with which configuration. */
  | 'started'
  | 'ended'
  /** The terminal began another life without a restart of the program. */
  | 'restarted'
  /** What the health file says of device, host, clock and update is another thing than before. */
  | 'health'
  /** A line of the log: a port or a host that cannot be reached, a file that cannot be written. */
  | 'log';

/**
 * `audit.jsonl` in a folder, and `audit.old.jsonl` before it: an object a line, in order, bounded. Holds no money, which is the
 * journal's, and nothing that could be a card number. A disk that takes no more ends it quietly and never the terminal.
 */
export class AuditFile {
  readonly #path: string;
  readonly #old: string;
  readonly #clock: Pick<Clock, 'wallMs'>;
  readonly #bytesMax: number;
  #written: Promise<void>;
  #bytes = 0;

  constructor(folder: string, clock: Pick<Clock, 'wallMs'>, bytesMax = BYTES_MAX) {
    this.#path = join(folder, 'audit.jsonl');
    this.#old = join(folder, 'audit.old.jsonl');
    this.#clock = clock;
    this.#bytesMax = bytesMax;
    this.#written = stat(this.#path).then(
      ({ size }) => {
        this.#bytes = size;
      },
      () => undefined,
    );
  }

  note(event: AuditEvent, about: Readonly<Record<string, unknown>> = {}): void {
    const at = new Date(this.#clock.wallMs()).toISOString();
    const line = `${scrub(JSON.stringify({ at, event, ...about }))}\n`;
    this.#written = this.#written.then(() => this.#append(line)).catch(() => undefined);
  }

  /** Resolves when everything that was noted is written, or has failed to be. */
  async close(): Promise<void> {
    await this.#written;
  }

  async #append(line: string): Promise<void> {
    const bytes = Buffer.byteLength(line);
    if (this.#bytes > 0 && this.#bytes + bytes > this.#bytesMax) {
      await rename(this.#path, this.#old);
      this.#bytes = 0;
    }
    await appendFile(this.#path, line, { mode: 0o600 });
    this.#bytes += bytes;
  }
}

/** Tells of a value when it is another one than before. */
export function noteChanges(audit: AuditFile, event: AuditEvent): (about: Readonly<Record<string, unknown>>) => void {
  let before = '';
  return (about) => {
    const now = JSON.stringify(about);
    if (now !== before) audit.note(event, about);
    before = now;
  };
}
