import type { Key } from '../hal/index.ts';

/**
 * The amount after one more key. Digits come in from the right, as on every card terminal: 1 2 3 is 1.23; `clear`
 * takes the last one back. A key that would pass the limit, and any other key, changes nothing.
 */
export function amountAfterKey(amountFen: number, key: Key, amountMaxFen: number): number {
  if (key === 'clear') return Math.floor(amountFen / 10);
  if (!/^\d+$/.test(key)) return amountFen;
  const next = amountFen * 10 ** key.length + Number(key);
  return next <= amountMaxFen ? next : amountFen;
}
