import type { Clock, TimerId } from '../../firmware/hal/index.ts';

/** What a pulse needs of a terminal and of the service manager. */
export interface PulseParts {
  readonly clock: Clock;
  /** Asks the terminal's chart where it is; throws when it cannot say. */
  readonly statePath: () => string;
  readonly feed: () => void;
  readonly everyMs: number;
}

/**
 * Feeds the watchdog as long as the loop that runs the statechart goes round: a timer of the terminal's own clock has
 * fired and the chart has answered. A blocked loop fires no timer; a chart that throws is not fed for. Returns what
 * ends it.
 */
export function startPulse({ clock, statePath, feed, everyMs }: PulseParts): () => void {
  let timer: TimerId | undefined;
  const beat = (): void => {
    timer = clock.setTimeout(beat, everyMs);
    try {
      if (statePath() !== '') feed();
    } catch {
      // The watchdog speaks for us.
    }
  };
  beat();
  return () => {
    if (timer !== undefined) clock.clearTimeout(timer);
  };
}
