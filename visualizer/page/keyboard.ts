/** What a key of the keyboard means, apart from what the control with the focus makes of it. */

export type Command =
  | { readonly do: 'press'; readonly key: string }
  /** A key of the customer's PIN pad. */
  | { readonly do: 'type'; readonly key: string }
  | { readonly do: 'step'; readonly by: -1 | 1 }
  | { readonly do: 'mark'; readonly by: -1 | 1 }
  | { readonly do: 'live' | 'help' };

export interface Stroke {
  readonly key: string;
  readonly alt: boolean;
  /** Control or command: those are the browser's. */
  readonly control: boolean;
  /** What has the focus: a field to type in, a button or link, the PIN pad, or anything else. */
  readonly focus: 'field' | 'button' | 'pinPad' | 'other';
}

const KEYS: Readonly<Record<string, string>> = {
  Enter: 'confirm',
  Escape: 'cancel',
  Backspace: 'clear',
  f: 'function',
  F: 'function',
};

const PIN_KEYS: ReadonlySet<string> = new Set(['confirm', 'cancel', 'clear']);

const COMMANDS: Readonly<Record<string, Command>> = {
  '?': { do: 'help' },
  '[': { do: 'step', by: -1 },
  ']': { do: 'step', by: 1 },
  '{': { do: 'mark', by: -1 },
  '}': { do: 'mark', by: 1 },
  l: { do: 'live' },
  L: { do: 'live' },
};

/** The key of the terminal for a key of the keyboard; `undefined` for a key that means nothing to it. */
export function terminalKeyOf(key: string): string | undefined {
  return /^\d$/.test(key) ? key : KEYS[key];
}

/** `undefined`: the browser does with it what it always does. */
export function commandOf({ key, alt, control, focus }: Stroke): Command | undefined {
  if (control || alt || focus === 'field') return undefined;
  const command = COMMANDS[key];
  if (command !== undefined) return command;
  // Enter on a button is a click on that button.
  if (key === 'Enter' && focus !== 'other') return undefined;
  const pressed = terminalKeyOf(key);
  if (pressed === undefined) return undefined;
  if (focus !== 'pinPad') return { do: 'press', key: pressed };
  return /^\d$/.test(pressed) || PIN_KEYS.has(pressed) ? { do: 'type', key: pressed } : undefined;
}
