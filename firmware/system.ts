import { type Actor, createActor, type SnapshotFrom } from 'xstate';
import { Fault, invariant } from './base/invariant.ts';
import { ProtocolError } from './base/protocol-error.ts';
import type { ActorSystem } from './effects/effect.ts';
import type { DeviceName, Key, Ports } from './hal/index.ts';
import { type JournalState, refundsOf } from './journal/fold.ts';
import { saleId, type SaleKey } from './journal/sale-key.ts';
import { textField, unpackFrame } from './protocol/iso8583/index.ts';
import { saleTruth, type SaleTruth } from './rules/sale-truth.ts';
import type { EventChance, MachineStep } from './machine-steps.ts';
import { createServices, type Services } from './services.ts';
import { chancesOf, StepReader } from './step-reader.ts';
import type { TerminalSettings } from './settings.ts';
import { wiredTerminal } from './wiring.ts';

/** A running terminal, as those who made it see it. It is operated through its ports alone. */
export interface Terminal {
  start(): void;
  /** Ends it where it stands, as a power cut would: what is open is found in the journal at the next boot. */
  stop(): void;
  /** Where all machines are, outermost first: `terminal.transacting/transaction.identifying/identify.waiting`. */
  statePath(): string;
  /** Called after every change of {@link statePath}. */
  onStateChange(listener: (path: string) => void): void;
  /** Tells what the machines do from now on, by names alone, and which keys reach them; watch before the start. */
  watch(watcher: TerminalWatcher): void;
  /** What each key would do now, machine by machine. */
  chances(): readonly EventChance[];
  /** Called once when the terminal asks to be made anew: memory and journal may disagree after a fault. */
  onRestartNeeded(listener: () => void): void;
  /** What the newest self-test found; `undefined` while one goes on. */
  selfTest(): SelfTest | undefined;
  /** The truth about one sale of the open batch or the one settled last, the same before and after any crash. */
  saleTruth(key: SaleKey): SaleTruth;
  /** What the journal says now; for tests and reports. */
  journalState(): Readonly<JournalState>;
}

/** Of the devices only those that were asked and did not answer are missing. */
export interface SelfTest {
  readonly kind: 'ready' | 'needsActivation' | 'journalDamaged' | 'journalUnreadable' | 'pinPadMissing';
  readonly missing: readonly DeviceName[];
}

export interface TerminalWatcher {
  step(step: MachineStep): void;
  /** `private` stands for a key that is nobody's business: a digit of an account or of an SMS code. */
  key(key: Key | 'private'): void;
}

/** Every terminal runs the same machines, because making them costs as much as a sale; its system leads to its services. */
const servicesBySystem = new WeakMap<ActorSystem, Services>();

const machine = wiredTerminal((system) => {
  const services = servicesBySystem.get(system);
  invariant(services !== undefined, 'a terminal has services before it starts');
  return services;
});

/** Late replies noted in one life of the terminal: a host gone wild must not fill the journal. */
const LATE_REPLIES_NOTED_MAX = 100;

/** Our own bug, on record for whoever looks for it: the rule that was broken, never data. */
async function noteFault({ journal }: Services, error: unknown): Promise<void> {
  if (error instanceof Fault && journal.isWritable) {
    await journal.append({ type: 'fault', rule: error.message }).catch(() => undefined);
  }
}

/** Notes an answer that nobody waits for any more. It changes nothing but the log: the reversal decides. */
async function noteLateReply({ codec, journal }: Services, reply: Uint8Array): Promise<void> {
  let stan: number | undefined;
  let responseCode: string | undefined;
  try {
    const message = codec.decode(unpackFrame(reply).iso);
    const digits = textField(message, 11);
    stan = digits === undefined ? undefined : Number(digits);
    responseCode = textField(message, 39);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
  await journal.append({ type: 'lateReply', stan, responseCode });
}

function hearLateReplies(services: Services, failed: (error: unknown) => void): void {
  let noted = 0;
  const note = (reply: Uint8Array): void => {
    noted += 1;
    if (noted <= LATE_REPLIES_NOTED_MAX) noteLateReply(services, reply).catch(failed);
  };
  services.ports.acquirer.onLateReply(note);
  services.ports.wallet.onLateReply(note);
}

interface NestedSnapshot {
  readonly value?: unknown;
  readonly children?: Readonly<Record<string, { readonly getSnapshot: () => unknown } | undefined>>;
}

function pathOf(id: string, snapshot: NestedSnapshot): string {
  const own = `${id}.${String(snapshot.value)}`;
  for (const [childId, child] of Object.entries(snapshot.children ?? {})) {
    const nested = child?.getSnapshot() as NestedSnapshot | undefined;
    if (nested !== undefined && typeof nested.value === 'string') return `${own}/${pathOf(childId, nested)}`;
  }
  return own;
}

/** Watching costs a little at every step, so nobody pays who does not look. */
function hearOfPaths(actor: Actor<typeof machine>, listener: (path: string) => void): void {
  let lastPath = '';
  actor.system.inspect(({ type }) => {
    if (type !== '@xstate.snapshot') return;
    const path = pathOf('terminal', actor.getSnapshot());
    if (path !== lastPath) listener(path);
    lastPath = path;
  });
}

function selfTestOf({ value, context: { boot } }: SnapshotFrom<typeof machine>): SelfTest | undefined {
  return value === 'booting' ? undefined : { kind: boot.kind, missing: boot.kind === 'ready' ? boot.missing : [] };
}

/** Makes a terminal from its ports and settings: the only assembly inside the firmware. */
export function createTerminal(ports: Ports, settings: TerminalSettings): Terminal {
  const services = createServices(ports, settings);
  const restartListeners: (() => void)[] = [];
  const watchers: TerminalWatcher[] = [];
  const actor: Actor<typeof machine> = createActor(machine, {
    input: { settings, accept: ports.cardReader.accepts },
    clock: {
      setTimeout: (callback: () => void, delayMs: number) => ports.clock.setTimeout(callback, delayMs),
      clearTimeout: (timer: object | number) => ports.clock.clearTimeout(timer),
    },
  });
  servicesBySystem.set(actor.system, services);
  const restart = (): void => {
    for (const listener of restartListeners) listener();
  };
  const failed = (error: unknown): void => {
    void noteFault(services, error);
    if (actor.getSnapshot().status === 'active') actor.send({ type: 'FAULTED' });
    else services.show('outOfService', { reason: 'fault' });
  };
  actor.subscribe({
    next: (snapshot: SnapshotFrom<typeof machine>) => {
      if (snapshot.status === 'done') restart();
    },
    error: (error) => {
      failed(error);
      restart();
    },
  });
  let endKeys = (): void => undefined;
  return {
    start() {
      const took = (key: Key | 'private'): void => {
        for (const watcher of watchers) watcher.key(key);
      };
      endKeys = ports.keypad.onKey((key) => {
        ports.indicators.beep('key');
        const isPrivate = services.privateKeys.take(key);
        took(isPrivate ? 'private' : key);
        if (!isPrivate) actor.send({ type: 'KEY', key });
      });
      hearLateReplies(services, failed);
      actor.start();
    },
    stop() {
      endKeys();
      actor.stop();
    },
    statePath: () => pathOf('terminal', actor.getSnapshot()),
    onStateChange: (listener) => hearOfPaths(actor, listener),
    watch(watcher) {
      watchers.push(watcher);
      const reader = new StepReader();
      actor.system.inspect((event) => {
        for (const step of reader.read(event)) watcher.step(step);
      });
    },
    chances: () => chancesOf(actor),
    selfTest: () => selfTestOf(actor.getSnapshot()),
    onRestartNeeded: (listener) => void restartListeners.push(listener),
    saleTruth: (key) => {
      const { state } = services.journal;
      return saleTruth(state.sales.get(saleId(key)), refundsOf(state, key));
    },
    journalState: () => services.journal.state,
  };
}
