import { hex } from '../../firmware/base/bytes.ts';
import type { KeyStoreSession } from './host-keys.ts';
import { SettlementBooks } from './settlement-books.ts';

/** A terminal as the acquirer has it on file. */
export interface TerminalProfile {
  /** Field 41. */
  readonly terminalId: string;
  /** Field 42. */
  readonly merchantId: string;
  /** 16 bytes: triple DES for schemes 001 to 004, SM4 for 006. */
  readonly masterKey: Uint8Array;
}

/** The terminal of every simulation. Its master key is a published test value. */
export const TEST_TERMINAL: TerminalProfile = {
  terminalId: '10000001',
  merchantId: '898310058120001',
  masterKey: hex('0123456789ABCDEFFEDCBA9876543210'),
};

/** What the acquirer knows of a terminal at the moment. */
export interface TerminalState {
  readonly profile: TerminalProfile;
  /** The batch that is open, 1 to 999999. */
  batch: number;
  /** Working keys of the last sign-on; absent before it and after a sign-off. */
  session: KeyStoreSession | undefined;
  readonly settlement: SettlementBooks;
}

/** The acquirer's terminals, by terminal id. */
export class TerminalTable {
  readonly #terminals: ReadonlyMap<string, TerminalState>;

  constructor(profiles: readonly TerminalProfile[]) {
    this.#terminals = new Map(
      profiles.map((profile) => [
        profile.terminalId,
        { profile, batch: 1, session: undefined, settlement: new SettlementBooks() },
      ]),
    );
  }

  /** The terminal, if it belongs to that merchant. */
  find(terminalId: string, merchantId: string): TerminalState | undefined {
    const terminal = this.#terminals.get(terminalId);
    return terminal?.profile.merchantId === merchantId ? terminal : undefined;
  }

  /** For scripts: an unknown id is a mistake and throws `RangeError`. */
  get(terminalId: string): TerminalState {
    const terminal = this.#terminals.get(terminalId);
    if (terminal === undefined) throw new RangeError('no such terminal');
    return terminal;
  }
}
