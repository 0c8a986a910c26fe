/** Which rows of a long list of equal rows are on the screen. */
export interface Window {
  readonly first: number;
  /** One behind the last. */
  readonly end: number;
}

/** Rows that are drawn above and below what can be seen, so that scrolling shows no gap. */
const SPARE = 12;

export function windowOf(scrollTop: number, heightPx: number, rowPx: number, count: number): Window {
  const first = Math.max(0, Math.floor(scrollTop / rowPx) - SPARE);
  return { first, end: Math.min(count, Math.ceil((scrollTop + heightPx) / rowPx) + SPARE) };
}
