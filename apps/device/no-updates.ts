import type { UpdateReport } from './update-source.ts';

/** What the terminal around it needs of whatever looks for updates. */
export interface Updates {
  start(): void;
  askSoon(): void;
  report(): UpdateReport | undefined;
  stateChanged(): void;
  end(): Promise<void>;
}

export const NO_UPDATES: Updates = {
  start: () => undefined,
  askSoon: () => undefined,
  report: () => undefined,
  stateChanged: () => undefined,
  end: () => Promise.resolve(),
};
