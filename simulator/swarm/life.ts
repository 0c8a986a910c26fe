import {
  type Clock,
  HalError,
  type HostLink,
  NO_SIGNATURE_PAD,
  type Ports,
  type Slip,
  sleep,
  type TimerId,
} from '../../firmware/hal/index.ts';
import { decodeWebRequest } from '../../firmware/protocol/wallet/web-message.ts';
import type { StampedRecord } from '../../firmware/journal/records.ts';
import { createTerminal, type Terminal } from '../../firmware/system.ts';
import type { MockKeypad } from '../../hal-mock/keypad.ts';
import { MockSupervisors } from '../../hal-mock/supervisors.ts';
import { NO_INDICATORS } from '../../hal-mock/indicators.ts';
import { webCallOf } from '../wallet/web-calls.ts';
import { isoOf } from './hosts.ts';
import type { LifePorts, SwarmSettings } from './parts.ts';
import type { SwarmEvent } from './witness.ts';

/** For whoever died while waiting; one for each, so that the dead are forgotten. */
const never = (): Promise<never> => new Promise(() => undefined);
const UNREACHABLE_AFTER_MS = 3_000;

/** What a life tells the station it stands in, and asks of it. */
export interface LifeHooks {
  readonly clock: Clock;
  /** Milliseconds by which the terminal's wall clock is wrong. */
  wallOffsetMs(): number;
  /** No time passes for the process until then. */
  pausedUntilMs(): number;
  see(event: SwarmEvent): void;
  /** A moment at which the process may die; `true` when it does. */
  diesNow(): boolean;
  /** The journal answered that the disk has stopped. */
  diskStopped(): void;
  beforeAppend(text: string): void;
  beforePrint(slip: string): () => void;
  strikes(id: string): boolean;
  /** A host has answered, or has not within its time; the terminal does not know yet. */
  answered(): void;
  pullCardSoon(): void;
  restartNeeded(): void;
}

export interface LifeOptions {
  readonly hooks: LifeHooks;
  readonly parts: LifePorts;
  readonly keypad: MockKeypad;
  readonly random: Ports['random'];
  readonly journalStore: Ports['journalStore'];
  readonly settings: SwarmSettings;
  /** Breaks the terminal on purpose, to see that somebody notices. */
  readonly sabotage?: ((ports: Ports) => Ports) | undefined;
  readonly listener?: LifeListener | undefined;
}

/** Somebody who listens in and changes nothing. */
export interface LifeListener {
  /** Ports to be used in place of these, which do the same. */
  ports?(ports: Ports, terminalId: string): Ports;
  /** Before it starts. */
  terminal(terminal: Terminal, terminalId: string): void;
}

/** Everything between power-on and power-off. Whatever it has begun and not ended when it dies never goes on. */
export class Life {
  readonly terminal: Terminal;
  readonly vault: LifePorts['vault'];
  isOver = false;
  readonly #hooks: LifeHooks;
  readonly #parts: LifePorts;

  constructor(options: LifeOptions) {
    this.#hooks = options.hooks;
    this.#parts = options.parts;
    this.vault = options.parts.vault;
    const { sabotage, listener, settings } = options;
    const ports = this.#ports(options);
    const sound = sabotage?.(ports) ?? ports;
    this.terminal = createTerminal(listener?.ports?.(sound, settings.terminalId) ?? sound, settings);
    listener?.terminal(this.terminal, settings.terminalId);
    this.terminal.onRestartNeeded(() => {
      if (!this.isOver) this.#hooks.restartNeeded();
    });
  }

  /** The process is gone; resolves when its devices are free for the next one. */
  async end(): Promise<void> {
    this.isOver = true;
    this.terminal.stop();
    this.vault.wipe();
    await this.#parts.end();
  }

  clockView(): Clock {
    return lifeClock(this.#hooks, () => this.isOver);
  }

  #ports({ keypad, random, journalStore }: LifeOptions): Ports {
    const { vault, scanner, walletKeys } = this.#parts;
    return {
      clock: this.clockView(),
      random,
      vault,
      walletKeys,
      keypad,
      indicators: NO_INDICATORS,
      display: { show: (screen) => this.isOver || this.#hooks.see({ kind: 'screen', screen }) },
      cardReader: this.#reader(),
      pinPad: this.#pinPad(),
      keyStore: this.#keyStore(),
      scanner: { scan: (timeoutMs, signal) => this.#alive(() => scanner.scan(timeoutMs, signal)) },
      printer: this.#printer(),
      signaturePad: NO_SIGNATURE_PAD,
      acquirer: this.#link('acquirer', this.#parts.acquirer),
      wallet: this.#link('wallet', this.#parts.wallet),
      journalStore: this.#journal(journalStore),
      supervisors: this.#supervisors(),
    };
  }

  /** Work of a process that may be stopped or dead by the time there is an answer. */
  async #alive<T>(work: () => Promise<T>): Promise<T> {
    if (this.isOver) return never();
    this.#allocates();
    try {
      const answer = await work();
      await this.#wake();
      this.#allocates();
      return answer;
    } catch (error) {
      await this.#wake();
      throw error;
    }
  }

  /** The process may run out of memory before it has asked for something, and before it has taken the answer. */
  #allocates(): void {
    if (this.#hooks.strikes('F47')) throw new RangeError('Array buffer allocation failed');
  }

  async #wake(): Promise<void> {
    const { clock } = this.#hooks;
    const waitMs = this.#hooks.pausedUntilMs() - clock.monotonicMs();
    if (waitMs > 0 && !this.isOver) await sleep(clock, waitMs);
    if (this.isOver) await never();
  }

  async #moment(): Promise<void> {
    if (this.isOver || this.#hooks.diesNow()) await never();
  }

  #reader(): Ports['cardReader'] {
    const { cardReader } = this.#parts;
    return {
      accepts: cardReader.accepts,
      readCard: (request, signal) => this.#alive(() => cardReader.readCard(request, signal)),
      completeChip: async (answer) => {
        const completion = await this.#alive(() => {
          if (this.#hooks.strikes('F20')) this.#hooks.pullCardSoon();
          return cardReader.completeChip(answer);
        });
        const scriptRan = completion.kind !== 'removed' && completion.scriptResult !== undefined;
        this.#hooks.see({ kind: 'chipAnswered', accepted: completion.kind === 'accepted', scriptRan });
        return completion;
      },
      waitForRemoval: (timeoutMs, signal) => this.#alive(() => cardReader.waitForRemoval(timeoutMs, signal)),
    };
  }

  #supervisors(): Ports['supervisors'] {
    const known = new MockSupervisors();
    return {
      authenticate: async (number, passcode) => {
        const supervisor = await known.authenticate(number, passcode);
        if (supervisor !== undefined) {
          this.#hooks.see({ kind: 'supervisorKnown', supervisor: `${supervisor.number} ${supervisor.name}` });
        }
        return supervisor;
      },
    };
  }

  #pinPad(): Ports['pinPad'] {
    return {
      enterPin: (request, onDigits, signal) =>
        this.#alive(() => {
          this.#hooks.see({ kind: 'pinAsked' });
          const show = (digits: number): void => void (this.isOver || onDigits(digits));
          return this.#parts.pinPad.enterPin(request, show, signal);
        }),
    };
  }

  #keyStore(): Ports['keyStore'] {
    const { keyStore } = this.#parts;
    return {
      ciphers: keyStore.ciphers,
      status: () => this.#alive(() => keyStore.status()),
      loadWorkingKey: (key) => this.#alive(() => keyStore.loadWorkingKey(key)),
      mac: (algorithm, data) => this.#alive(() => keyStore.mac(algorithm, data)),
      encryptTrack: (blocks) => this.#alive(() => keyStore.encryptTrack(blocks)),
      eraseWorkingKeys: () => this.#alive(() => keyStore.eraseWorkingKeys()),
    };
  }

  #printer(): Ports['printer'] {
    const { printer } = this.#parts;
    return {
      columns: printer.columns,
      status: () =>
        this.#alive(async () => {
          if (this.#hooks.strikes('F15')) throw new HalError('timeout', 'printer', 'no status');
          return printer.status();
        }),
      print: (slip) =>
        this.#alive(async () => {
          const text = slipText(slip);
          this.#hooks.see({ kind: 'slip', text });
          const ended = this.#hooks.beforePrint(text);
          return printer.print(slip).finally(ended);
        }),
      openDrawer: () => this.#alive(() => printer.openDrawer()),
    };
  }

  #link(host: 'acquirer' | 'wallet', link: HostLink): HostLink {
    return {
      exchange: (message, deadlineMs) =>
        this.#alive(async () => {
          await this.#moment();
          this.#hooks.see(requestEvent(host, message));
          if (this.#hooks.strikes('F23')) {
            await sleep(this.#hooks.clock, UNREACHABLE_AFTER_MS);
            return { kind: 'notSent', reason: 'unreachable' };
          }
          const exchange = await link.exchange(message, deadlineMs);
          this.#hooks.answered();
          await this.#moment();
          return exchange;
        }),
      onLateReply: (listener) => link.onLateReply((reply) => void (this.isOver || listener(reply))),
    };
  }

  #journal(store: Ports['journalStore']): Ports['journalStore'] {
    return {
      open: (take) => this.#alive(() => this.#onDisk(() => store.open(take))),
      append: (text) =>
        this.#alive(async () => {
          await this.#moment();
          this.#hooks.beforeAppend(text);
          await this.#onDisk(() => store.append(text));
          if (this.isOver) await never();
          // Durable, and the process may die before it hears of it.
          await this.#moment();
          this.#hooks.see({ kind: 'record', record: JSON.parse(text) as StampedRecord, text });
        }),
    };
  }

  async #onDisk<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof HalError && error.detail === 'EHALTED' && !this.isOver) this.#hooks.diskStopped();
      throw error;
    }
  }
}

/** Time as one process sees it: its timers wait while it stands still and die with it; its wall clock may be wrong. */
function lifeClock(hooks: LifeHooks, isOver: () => boolean): Clock {
  const { clock } = hooks;
  return {
    wallMs: () => clock.wallMs() + hooks.wallOffsetMs(),
    monotonicMs: () => clock.monotonicMs(),
    setTimeout(callback, delayMs) {
      const handle: { timer: TimerId } = { timer: 0 };
      const fire = (): void => {
        if (isOver()) return;
        const waitMs = hooks.pausedUntilMs() - clock.monotonicMs();
        if (waitMs > 0) handle.timer = clock.setTimeout(fire, waitMs);
        else callback();
      };
      handle.timer = clock.setTimeout(fire, delayMs);
      return handle;
    },
    clearTimeout: (id) => clock.clearTimeout((id as { readonly timer: TimerId }).timer),
  };
}

function requestEvent(host: 'acquirer' | 'wallet', message: Uint8Array): SwarmEvent {
  if (host === 'wallet') return { kind: 'walletRequest', call: webCallOf(decodeWebRequest(message)) };
  return { kind: 'cardRequest', message: isoOf(message) ?? { mti: '????', fields: {} } };
}

/** The words of a slip, a line each: label and value with a bar between. */
function slipText({ lines }: Slip): string {
  return lines
    .map((line) => (line.kind === 'text' ? line.text : line.kind === 'pair' ? `${line.label}|${line.value}` : ''))
    .join('\n');
}
