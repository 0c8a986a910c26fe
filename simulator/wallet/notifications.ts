import type { WebReply } from '../../firmware/protocol/wallet/web-message.ts';
import type { FaultSwitches } from '../fault-switches.ts';
import type { WalletLinkFault } from './link-faults.ts';

/** A reply that nobody asked for; `afterMs` counts from the arrival of the request at the host. */
export interface Notice {
  readonly afterMs: number;
  readonly reply: WebReply;
}

/** Right behind the reply: on the wire before the terminal can have asked anything else. */
const SOON_MS = 1;

/** Decides what comes unasked. Remembers the reply before. */
export class WalletNotices {
  readonly #faults: FaultSwitches<WalletLinkFault>;
  #earlier: WebReply | undefined;

  constructor(faults: FaultSwitches<WalletLinkFault>) {
    this.#faults = faults;
  }

  /** What comes beside a reply that takes `afterMs`. A stale notice stays armed until there is a reply to repeat. */
  beside(reply: WebReply, afterMs: number): readonly Notice[] {
    const notices: Notice[] = [];
    const earlier = this.#earlier;
    this.#earlier = reply;
    if (earlier !== undefined && this.#faults.take('staleNotice') !== undefined) {
      notices.push({ afterMs: 0, reply: earlier });
    }
    if (this.#faults.take('duplicateNotice') !== undefined) notices.push({ afterMs: afterMs + SOON_MS, reply });
    if (this.#faults.take('forgedNotice') !== undefined) {
      notices.push({ afterMs: afterMs + SOON_MS, reply: { ...reply, body: `${reply.body} ` } });
    }
    const late = this.#faults.take('lateNotice');
    if (late !== undefined) notices.push({ afterMs: afterMs + late.byMs, reply });
    return notices;
  }
}
