/** Which rows of a long list of equal rows are on the screen. */
export interface Window {
  readonly first: number;
  /** One behind the last. */
  readonly end: number;
}

/** Rows that are drawn above and below what can be seen, so that scrolling shows no gap. */
const SPARE = 12;
/** Rows that stay visible beyond the one that is shown. */
const AROUND = 2;

export function windowOf(scrollTop: number, heightPx: number, rowPx: number, count: number): Window {
  const first = Math.max(0, Math.min(Math.floor(scrollTop / rowPx), count) - SPARE);
  return { first, end: Math.min(count, Math.ceil((scrollTop + heightPx) / rowPx) + SPARE) };
}

/** Where to scroll so that a row can be seen, moving as little as possible; the middle for a row that is far away. */
export function scrollToShow(index: number, scrollTop: number, heightPx: number, rowPx: number): number {
  const [top, bottom] = [(index - AROUND) * rowPx, (index + 1 + AROUND) * rowPx];
  if (top >= scrollTop && bottom <= scrollTop + heightPx) return scrollTop;
  const isFar = bottom < scrollTop - heightPx || top > scrollTop + 2 * heightPx;
  if (isFar) return Math.max(0, index * rowPx - heightPx / 2);
  return Math.max(0, top < scrollTop ? top : bottom - heightPx);
}

/** Index of the last row whose event has happened at `seq`; -1 where none has. The rows are in the order of `seq`. */
export function rowAt(rows: readonly { readonly seq: number }[], seq: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.seq ?? 0) <= seq) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The row to which a key leads in a list of which so many can be seen; `undefined` for any other key. */
export function rowAfterKey(key: string, index: number, count: number, visible: number): number | undefined {
  const page = Math.max(1, visible - 1);
  const moves: Readonly<Record<string, number>> = {
    ArrowUp: index - 1,
    ArrowDown: index + 1,
    PageUp: index - page,
    PageDown: index + page,
    Home: 0,
    End: count - 1,
  };
  const target = moves[key];
  return target === undefined || count === 0 ? undefined : Math.max(0, Math.min(target, count - 1));
}
