const KEYS: Readonly<Record<string, string>> = {
  Enter: 'confirm',
  Escape: 'cancel',
  Backspace: 'clear',
  f: 'function',
  F: 'function',
};

/** The key of the terminal for a key of the keyboard; `undefined` for a key that means nothing to it. */
export function terminalKeyOf(key: string): string | undefined {
  return /^\d$/.test(key) ? key : KEYS[key];
}
