/** What people and hosts see of a terminal, each with how far the log of its disk was: what must outlive any later cut. */
import type { Hosts } from '../../apps/emulator/counter.ts';
import type { WatchedText } from '../../apps/emulator/watched-text.ts';
import { logBytesNow } from './write-log.ts';

/** Whoever saw this knows that the journal has the `nth` record of this type, from 1. */
export interface Sighting {
  readonly logBytes: number;
  readonly type: string;
  readonly nth: number;
}

export class Sightings {
  readonly all: Sighting[] = [];
  readonly #log: string;
  readonly #counts = new Map<string, number>();

  constructor(log: string) {
    this.#log = log;
  }

  /** Hosts see requests, and the terminal writes down what it is going to ask before it does. */
  watchHosts({ acquirer, wallets }: Hosts): void {
    const [receive, handle] = [acquirer.receive.bind(acquirer), wallets.handle.bind(wallets)];
    acquirer.receive = (frame) => {
      const logBytes = logBytesNow(this.#log);
      const answers = receive(frame);
      this.#sawAt(logBytes, 'cardIntent', acquirer.entries().length);
      this.#sawAt(logBytes, 'reversalIntent', acquirer.entries().filter(({ state }) => state === 'reversed').length);
      return answers;
    };
    wallets.handle = (request) => {
      const logBytes = logBytesNow(this.#log);
      const answer = handle(request);
      this.#sawAt(logBytes, 'walletIntent', wallets.orders().length);
      return answer;
    };
  }

  /** The screen says nothing that is not written down. */
  watchScreen(screen: WatchedText): void {
    const shows = screen.shows.bind(screen);
    let approved = 0;
    screen.shows = async (words, withinMs) => {
      await shows(words, withinMs);
      const logBytes = logBytesNow(this.#log);
      if (words === 'Approved') this.#sawAt(logBytes, 'saleApproved', ++approved);
      if (words === 'Tear') this.#sawAt(logBytes, 'receiptDone', 2 * approved - 1);
      if (words === 'Welcome') this.#sawAt(logBytes, 'receiptDone', 2 * approved);
      if (words === 'reversed') this.#sawAt(logBytes, 'reversalResult', 1);
    };
  }

  #sawAt(logBytes: number, type: string, nth: number): void {
    if (nth <= (this.#counts.get(type) ?? 0)) return;
    this.#counts.set(type, nth);
    this.all.push({ logBytes, type, nth });
  }
}

/** How many records the journal must have at least, when that was seen: it is complete up to every record in it. */
export function recordsKnown(sightings: readonly Sighting[], journal: readonly string[]): number {
  const types = journal.map((text) => (JSON.parse(text) as { readonly type: string }).type);
  const counts = sightings.map(({ type, nth }) => {
    const at = types.flatMap((each, index) => (each === type ? [index] : []))[nth - 1];
    // Seen, and not even at the end in the journal: no length is enough.
    return at === undefined ? Number.POSITIVE_INFINITY : at + 1;
  });
  return Math.max(0, ...counts);
}
