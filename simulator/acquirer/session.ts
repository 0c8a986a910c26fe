import { ProtocolError } from '../../firmware/base/protocol-error.ts';
import type { TimerId } from '../../firmware/hal/index.ts';
import { LengthFramer, withLength } from '../../firmware/protocol/iso8583/index.ts';
import type { Acquirer, AcquirerAnswer } from './acquirer.ts';

/** The host's end of one connection, whatever carries it. */
export interface HostWire {
  send(bytes: Uint8Array): void;
  close(): void;
}

/** Cuts what arrives into frames, serves them and sends each answer when it is due. Unreadable streams are closed. */
export class AcquirerSession {
  readonly #acquirer: Acquirer;
  readonly #wire: HostWire;
  readonly #framer = new LengthFramer();
  readonly #timers = new Set<TimerId>();

  constructor(acquirer: Acquirer, wire: HostWire) {
    this.#acquirer = acquirer;
    this.#wire = wire;
  }

  receive(chunk: Uint8Array): void {
    try {
      for (const frame of this.#framer.push(chunk)) {
        for (const answer of this.#acquirer.receive(frame)) this.#schedule(answer);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.end();
      this.#wire.close();
    }
  }

  /** The connection is gone: answers that were not sent yet are lost. */
  end(): void {
    for (const timer of this.#timers) this.#acquirer.clock.clearTimeout(timer);
    this.#timers.clear();
  }

  #schedule(answer: AcquirerAnswer): void {
    const timer = this.#acquirer.clock.setTimeout(() => {
      this.#timers.delete(timer);
      this.#perform(answer);
    }, answer.afterMs);
    this.#timers.add(timer);
  }

  #perform(answer: AcquirerAnswer): void {
    if (answer.kind === 'frame') this.#wire.send(withLength(answer.frame));
    else if (answer.kind === 'raw') this.#wire.send(answer.bytes);
    else this.#wire.close();
  }
}
