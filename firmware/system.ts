import { type Actor, createActor, type SnapshotFrom } from 'xstate';
import { Fault } from './base/invariant.ts';
import { ProtocolError } from './base/protocol-error.ts';
import { authorizeCard } from './effects/authorize-card.ts';
import { awaitRemoval } from './effects/await-removal.ts';
import { boot } from './effects/boot.ts';
import { completeChip } from './effects/complete-chip.ts';
import { provideEffect } from './effects/effect.ts';
import { enterPin } from './effects/enter-pin.ts';
import { findOpen } from './effects/find-open.ts';
import { openReversal } from './effects/open-reversal.ts';
import { printCopy } from './effects/print-copy.ts';
import { quotePlans } from './effects/quote-plans.ts';
import { readCard } from './effects/read-card.ts';
import { scanCode } from './effects/scan-code.ts';
import { sendReversal } from './effects/send-reversal.ts';
import { signOn } from './effects/sign-on.ts';
import { summarize } from './effects/summarize.ts';
import { cancelOrder, payOrder, queryOrder, resolveOrder } from './effects/wallet-order.ts';
import type { Ports } from './hal/index.ts';
import type { JournalState } from './journal/fold.ts';
import { textField, unpackFrame } from './protocol/iso8583/index.ts';
import { pendingMachine } from './recovery/pending.machine.ts';
import type { ScreenCall } from './screens/show.ts';
import { createServices, type Services } from './services.ts';
import type { TerminalSettings } from './settings.ts';
import { terminalMachine } from './terminal/terminal.machine.ts';
import { authorizeCardMachine } from './transaction/authorize-card.machine.ts';
import { authorizeWalletMachine } from './transaction/authorize-wallet.machine.ts';
import { identifyMachine } from './transaction/identify.machine.ts';
import { installmentMachine } from './transaction/installment.machine.ts';
import { receiptMachine } from './transaction/receipt.machine.ts';
import { transactionMachine } from './transaction/transaction.machine.ts';
import { verifyMachine } from './transaction/verify.machine.ts';

/** A running terminal, as those who made it see it. It is operated through its ports alone. */
export interface Terminal {
  start(): void;
  /** Ends it where it stands, as a power cut would: what is open is found in the journal at the next boot. */
  stop(): void;
  /** Where all machines are, outermost first: `terminal.transacting/transaction.identifying/identify.waiting`. */
  statePath(): string;
  /** Called after every change of {@link statePath}. */
  onStateChange(listener: (path: string) => void): void;
  /** Called once when the terminal asks to be made anew: memory and journal may disagree after a fault. */
  onRestartNeeded(listener: () => void): void;
  /** What the journal says now; for tests and reports. */
  journalState(): Readonly<JournalState>;
}

function wiredMachines(services: Services) {
  const actions = {
    show: (_: unknown, call: ScreenCall) => services.show(call.id, call.params),
    wipeVault: () => services.ports.vault.wipe(),
    beepSuccess: () => services.ports.indicators.beep('success'),
    beepFailure: () => services.ports.indicators.beep('failure'),
  };
  const { show } = actions;
  const receipt = receiptMachine.provide({
    actions: { show },
    actors: { printCopy: provideEffect(services, printCopy) },
  });
  const transaction = transactionMachine.provide({
    actions,
    actors: {
      identify: identifyMachine.provide({
        actions: { show },
        actors: { readCard: provideEffect(services, readCard), scanCode: provideEffect(services, scanCode) },
      }),
      installment: installmentMachine.provide({ actions: { show } }),
      verify: verifyMachine.provide({
        actions: { show },
        actors: { enterPin: provideEffect(services, enterPin) },
      }),
      authorizeCard: authorizeCardMachine.provide({
        actions: { show },
        actors: {
          authorizeCard: provideEffect(services, authorizeCard),
          completeChip: provideEffect(services, completeChip),
          openReversal: provideEffect(services, openReversal),
        },
      }),
      authorizeWallet: authorizeWalletMachine.provide({
        actions: { show },
        actors: {
          payOrder: provideEffect(services, payOrder),
          queryOrder: provideEffect(services, queryOrder),
          cancelOrder: provideEffect(services, cancelOrder),
        },
      }),
      receipt,
      quotePlans: provideEffect(services, quotePlans),
      awaitRemoval: provideEffect(services, awaitRemoval),
    },
  });
  const pending = pendingMachine.provide({
    actions: { show },
    actors: {
      findOpen: provideEffect(services, findOpen),
      sendReversal: provideEffect(services, sendReversal),
      resolveOrder: provideEffect(services, resolveOrder),
    },
  });
  return terminalMachine.provide({
    actions,
    actors: {
      boot: provideEffect(services, boot),
      signOn: provideEffect(services, signOn),
      summarize: provideEffect(services, summarize),
      pending,
      transaction,
      receipt,
    },
  });
}

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

/** Makes a terminal from its ports and settings: the only assembly inside the firmware. */
export function createTerminal(ports: Ports, settings: TerminalSettings): Terminal {
  const services = createServices(ports, settings);
  const machine = wiredMachines(services);
  const restartListeners: (() => void)[] = [];
  const actor: Actor<typeof machine> = createActor(machine, {
    input: { settings, accept: ports.cardReader.accepts },
    clock: {
      setTimeout: (callback: () => void, delayMs: number) => ports.clock.setTimeout(callback, delayMs),
      clearTimeout: (timer: object | number) => ports.clock.clearTimeout(timer),
    },
  });
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
      endKeys = ports.keypad.onKey((key) => {
        ports.indicators.beep('key');
        actor.send({ type: 'KEY', key });
      });
      let noted = 0;
      const note = (reply: Uint8Array): void => {
        noted += 1;
        if (noted <= LATE_REPLIES_NOTED_MAX) noteLateReply(services, reply).catch(failed);
      };
      ports.acquirer.onLateReply(note);
      ports.wallet.onLateReply(note);
      actor.start();
    },
    stop() {
      endKeys();
      actor.stop();
    },
    statePath: () => pathOf('terminal', actor.getSnapshot()),
    onStateChange(listener) {
      let lastPath = '';
      // Watching costs a little at every step, so nobody pays who does not look.
      actor.system.inspect(({ type }) => {
        if (type !== '@xstate.snapshot') return;
        const path = pathOf('terminal', actor.getSnapshot());
        if (path !== lastPath) listener(path);
        lastPath = path;
      });
    },
    onRestartNeeded: (listener) => void restartListeners.push(listener),
    journalState: () => services.journal.state,
  };
}
