import type { Key } from '../hal/index.ts';

export function isDigitKey(key: Key): boolean {
  return /^\d+$/.test(key);
}

/** Digits after one more key: `clear` takes the last one back, what passes the limit and any other key changes nothing. */
export function afterDigitKey(digits: string, key: Key, digitsMax: number): string {
  if (key === 'clear') return digits.slice(0, -1);
  if (!isDigitKey(key) || digits.length + key.length > digitsMax) return digits;
  return digits + key;
}
