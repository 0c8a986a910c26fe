import { useSyncExternalStore } from 'react';
import type { Charts, CoverageAnswer, Now, Session } from '../model/page-protocol.ts';
import type { TraceEvent, TraceHeader } from '../model/trace.ts';
import { BEFORE_ALL, type Moment, momentAfter } from '../model/replay.ts';

export type Tab = 'chart' | 'lanes' | 'coverage';
export type Language = 'zh' | 'en';

/** What the page shows. Events only grow while a session is live; a file that is opened replaces them. */
export interface PageState {
  readonly language: Language;
  readonly tab: Tab;
  readonly link: 'connecting' | 'live' | 'lost' | 'file';
  readonly session: Session | undefined;
  readonly header: TraceHeader | undefined;
  /** How many events there are; the list itself is {@link PageStore.events}, which grows in place. */
  readonly count: number;
  /** The event after which the page stands; `undefined` at the newest. */
  readonly cursor: number | undefined;
  readonly now: Now | undefined;
  /** How many digits stand on the PIN pad; which ones, nobody here knows. */
  readonly pinDots: number;
  readonly charts: Charts | undefined;
  readonly coverage: CoverageAnswer | undefined;
  readonly showsCoverage: boolean;
  /** A state that somebody wants to see on the chart, as `machine.state`. */
  readonly focus: string | undefined;
  readonly notice: string;
}

const START: PageState = {
  language: 'zh',
  tab: 'chart',
  link: 'connecting',
  session: undefined,
  header: undefined,
  count: 0,
  cursor: undefined,
  now: undefined,
  pinDots: 0,
  charts: undefined,
  coverage: undefined,
  showsCoverage: false,
  focus: undefined,
  notice: '',
};

export class PageStore {
  #state: PageState = START;
  #events: TraceEvent[] = [];
  /** One for each event. */
  #moments: Moment[] = [];
  readonly #listeners = new Set<() => void>();

  get state(): PageState {
    return this.#state;
  }

  get events(): readonly TraceEvent[] {
    return this.#events;
  }

  /** Where the page stands: the newest event, or the one that somebody has gone back to; -1 before the first. */
  get seq(): number {
    return this.#state.cursor ?? this.#events.length - 1;
  }

  get moment(): Moment {
    return this.#moments[this.seq] ?? BEFORE_ALL;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  set(change: Partial<PageState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }

  /** Events from the live session; those that are there already are left out. */
  grow(events: readonly TraceEvent[]): void {
    const fresh = events.filter(({ seq }) => seq >= this.#events.length);
    if (fresh.length === 0) return;
    this.#take(fresh);
    this.set({ count: this.#events.length });
  }

  /** Another run in place of this one: a file, or a session that has begun anew. */
  replace(header: TraceHeader, events: readonly TraceEvent[], link: PageState['link']): void {
    this.#events = [];
    this.#moments = [];
    this.#take(events);
    this.set({ header, link, count: this.#events.length, cursor: undefined });
  }

  #take(events: readonly TraceEvent[]): void {
    for (const event of events) {
      this.#moments.push(momentAfter(this.#moments.at(-1) ?? BEFORE_ALL, event));
      this.#events.push(event);
    }
  }

  /** Goes to an event; to the newest of a live session means to follow it again. */
  goTo(seq: number): void {
    const last = this.#events.length - 1;
    const target = Math.max(0, Math.min(seq, last));
    this.set({ cursor: target === last && this.#state.link !== 'file' ? undefined : target });
  }
}

export const store = new PageStore();

/** What a component needs of the state; it is drawn anew only when that has changed. */
export function useStore<Selected>(select: (page: PageStore) => Selected): Selected {
  return useSyncExternalStore(store.subscribe, () => select(store));
}
