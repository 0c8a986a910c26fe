/** Digits that are typed past the charts: an account, a code of an SMS. */
import { afterDigitKey, isDigitKey } from '../rules/digit-entry.ts';
import type { CancelSignal } from '../base/cancel.ts';
import type { Key, TimerId } from '../hal/index.ts';
import type { Services } from '../services.ts';

export interface PrivateEntry<Outcome> {
  readonly digitsMax: number;
  /** Draws how many digits stand, or what it may show of them. */
  readonly show: (digits: string) => void;
  /** What `confirm`, `cancel` or `function` leads to with these digits; `undefined` goes on. */
  readonly decide: (key: Key, digits: string) => Outcome | undefined;
  /** Without a key for so long it ends as {@link timedOut}. */
  readonly timeoutMs: number;
  readonly timedOut: Outcome;
  readonly cancelled: Outcome;
  /** Something else that may end the entry; never when it does not resolve. */
  readonly other?: Promise<Outcome>;
  /** Draws again after so long, because something else on the screen has changed by then. */
  readonly redrawAfterMs?: number | undefined;
}

/** Collects digits until somebody decides, goes away or cancels. */
export function collectDigits<Outcome>(
  { ports, privateKeys }: Services,
  entry: PrivateEntry<Outcome>,
  signal: CancelSignal,
): Promise<Outcome> {
  const { clock } = ports;
  return new Promise((resolve, reject) => {
    let digits = '';
    const timers: TimerId[] = [];
    const close = (): void => {
      release();
      signal.removeEventListener('abort', abort);
      for (const timer of timers) clock.clearTimeout(timer);
    };
    const finish = (outcome: Outcome): void => {
      close();
      resolve(outcome);
    };
    const fail = (error: unknown): void => {
      close();
      reject(error);
    };
    const abort = (): void => finish(entry.cancelled);
    const away = (): TimerId => clock.setTimeout(() => finish(entry.timedOut), entry.timeoutMs);
    const press = (key: Key): void => {
      const [awayTimer] = timers;
      if (awayTimer !== undefined) clock.clearTimeout(awayTimer);
      timers[0] = away();
      const outcome = entry.decide(key, digits);
      if (outcome !== undefined) return finish(outcome);
      if (isDigitKey(key) || key === 'clear') digits = afterDigitKey(digits, key, entry.digitsMax);
      entry.show(digits);
    };
    const release = privateKeys.claim(press);
    timers[0] = away();
    if (entry.redrawAfterMs !== undefined) {
      timers.push(clock.setTimeout(() => entry.show(digits), entry.redrawAfterMs));
    }
    signal.addEventListener('abort', abort);
    entry.other?.then(finish, fail);
    entry.show(digits);
  });
}
