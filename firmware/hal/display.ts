/** One choice on a screen: `key` is what the cashier presses, `id` what it means. */
export interface ScreenOption {
  readonly key: Key;
  readonly id: string;
  readonly label: string;
  /** Name of a colour by which people find it; a display without colours leaves it out. */
  readonly tone?: string;
}

export type ScreenTone = 'neutral' | 'busy' | 'success' | 'failure' | 'attention';

/**
 * A screen as data. `id` and `params` are for tests and tools and do not depend on the language; the texts are ready to
 * be drawn in the terminal's language. Nothing here could be a card number, a PIN or a pay code.
 */
export interface ScreenModel {
  readonly id: string;
  readonly params: Readonly<Record<string, ScreenParam>>;
  readonly language: 'zh' | 'en';
  readonly tone: ScreenTone;
  readonly title: string;
  readonly lines: readonly string[];
  readonly options: readonly ScreenOption[];
  /** A QR code for the customer to scan; never a customer's own pay code. */
  readonly code?: { readonly text: string };
  /** What the keys do now, as `确认 付款 · 取消 返回`. */
  readonly hint: string;
}

export type ScreenParam = string | number | boolean | readonly (string | number)[];

export interface Display {
  /** Shows the model until the next one; never fails, never waits. */
  show(screen: ScreenModel): void;
}

/** Screens on which the cashier types digits that are nobody's business. */
const SECRET_ENTRIES: ReadonlySet<string> = new Set([
  'enterAccount',
  'enterBillAccount',
  'enterSmsCode',
  'enterPasscode',
]);

/** Whether digits that are typed while this screen stands must not be written down. */
export function isSecretEntry(screenId: string): boolean {
  return SECRET_ENTRIES.has(screenId);
}

const DIGIT_KEYS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '00'] as const;
export const KEYS = [...DIGIT_KEYS, 'confirm', 'cancel', 'clear', 'function'] as const;
export type Key = (typeof KEYS)[number];

export interface Keypad {
  /** Calls for every key from now on, one listener at a time; returns what ends it. PIN keys never come here. */
  onKey(listener: (key: Key) => void): () => void;
}

export type BeepPattern = 'key' | 'attention' | 'success' | 'failure';

/** Fire and forget; money never waits for a beep or a light. */
export interface Indicators {
  beep(pattern: BeepPattern): void;
  /** The light of the terminal follows the tone of the screen, so that both ends of a counter see how a sale stands. */
  light(tone: ScreenTone): void;
}
