import type { Key } from '../../firmware/hal/index.ts';

/** Escape sequences and control characters that terminals send for the keys we use. */
const CASHIER_KEYS: Readonly<Record<string, Key>> = {
  '\r': 'confirm',
  '\n': 'confirm',
  '\u001B': 'cancel',
  '\u007F': 'clear',
  '\b': 'clear',
  f: 'function',
};

/** The key of the terminal that a keystroke stands for, if any. */
export function cashierKey(stroke: string): Key | undefined {
  return /^\d$/.test(stroke) ? (stroke as Key) : CASHIER_KEYS[stroke];
}
