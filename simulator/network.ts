import type { Clock, Connection, Dial } from '../firmware/hal/index.ts';
import { sleep } from '../firmware/hal/clock.ts';
import type { Acquirer } from './acquirer/acquirer.ts';
import { AcquirerSession } from './acquirer/session.ts';
import { FaultSwitches } from './fault-switches.ts';

export { memoryWalletLink, type WalletLinkFault } from './wallet-link.ts';

/** What a script can do to the way between terminal and host. `up` is towards the host. */
export type NetworkFault =
  | { readonly kind: 'refuse' }
  | { readonly kind: 'unreachable' }
  /** The connection ends once so many bytes have passed in that direction; those still arrive. */
  | { readonly kind: 'disconnect'; readonly direction: 'up' | 'down'; readonly afterBytes: number }
  /** Whatever is written arrives in pieces of so many bytes. */
  | { readonly kind: 'split'; readonly bytes: number };

/** A router says "unreachable" after its own tries, seconds later than a host that refuses. */
const UNREACHABLE_AFTER_MS = 3_000;

interface ConnectionFaults {
  readonly pieceBytes: number;
  readonly limitBytes: { up: number; down: number };
}

/**
 * Opens connections to a simulated acquirer without a network: bytes take `latencyMs` each way, in order, and a
 * connection takes a round trip to open. A fault armed when it opens stays with that connection.
 */
export function memoryDial(
  acquirer: Acquirer,
  clock: Clock,
  latencyMs: number,
  faults: FaultSwitches<NetworkFault> = new FaultSwitches(),
): Dial {
  return async () => {
    await sleep(clock, 2 * latencyMs);
    if (faults.take('unreachable') !== undefined || acquirer.faults.take('unreachable') !== undefined) {
      await sleep(clock, UNREACHABLE_AFTER_MS);
      return { kind: 'failed', reason: 'unreachable' };
    }
    const isRefused = faults.take('refuse') !== undefined || acquirer.faults.take('refuseConnect') !== undefined;
    if (isRefused || faults.down || acquirer.faults.down) return { kind: 'failed', reason: 'refused' };
    return {
      kind: 'connected',
      connection: new MemoryConnection(acquirer, clock, latencyMs, connectionFaults(faults)),
    };
  };
}

function connectionFaults(faults: FaultSwitches<NetworkFault>): ConnectionFaults {
  const up = faults.take('disconnect', ({ direction }) => direction === 'up');
  const down = faults.take('disconnect', ({ direction }) => direction === 'down');
  return {
    pieceBytes: faults.take('split')?.bytes ?? Number.POSITIVE_INFINITY,
    limitBytes: {
      up: up?.afterBytes ?? Number.POSITIVE_INFINITY,
      down: down?.afterBytes ?? Number.POSITIVE_INFINITY,
    },
  };
}

/** The terminal's end of a connection in memory; the host's end is an {@link AcquirerSession}. */
class MemoryConnection implements Connection {
  readonly #clock: Clock;
  readonly #latencyMs: number;
  readonly #faults: ConnectionFaults;
  readonly #host: AcquirerSession;
  #isOpen = true;
  /** Once the host's end is gone, what still travels towards it is lost. */
  #hostIsOpen = true;
  #onData: (bytes: Uint8Array) => void = () => undefined;
  #onClose: () => void = () => undefined;

  constructor(acquirer: Acquirer, clock: Clock, latencyMs: number, faults: ConnectionFaults) {
    this.#clock = clock;
    this.#latencyMs = latencyMs;
    this.#faults = faults;
    this.#host = new AcquirerSession(acquirer, {
      send: (bytes) => this.#carry('down', bytes),
      close: () => this.#closeHost(),
    });
  }

  write(bytes: Uint8Array): void {
    if (this.#isOpen) this.#carry('up', bytes.slice());
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    this.#onData = listener;
  }

  onClose(listener: () => void): void {
    this.#onClose = listener;
  }

  close(): void {
    this.#closeTerminal();
    this.#later(() => this.#endHost());
  }

  /** Sends pieces on their way, up to the byte at which the connection breaks. */
  #carry(direction: 'up' | 'down', bytes: Uint8Array): void {
    const { limitBytes, pieceBytes } = this.#faults;
    const passing = bytes.subarray(0, limitBytes[direction]);
    limitBytes[direction] -= passing.length;
    for (let at = 0; at < passing.length; at += pieceBytes) {
      const piece = passing.slice(at, at + pieceBytes);
      this.#later(() => this.#arrive(direction, piece));
    }
    if (limitBytes[direction] > 0) return;
    this.#later(() => this.#endHost());
    this.#later(() => this.#closeTerminal());
  }

  #arrive(direction: 'up' | 'down', piece: Uint8Array): void {
    if (direction === 'up' && this.#hostIsOpen) this.#host.receive(piece);
    if (direction === 'down' && this.#isOpen) this.#onData(piece);
  }

  #closeHost(): void {
    this.#endHost();
    this.#later(() => this.#closeTerminal());
  }

  #endHost(): void {
    this.#hostIsOpen = false;
    this.#host.end();
  }

  #closeTerminal(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#onClose();
  }

  #later(action: () => void): void {
    this.#clock.setTimeout(action, this.#latencyMs);
  }
}
