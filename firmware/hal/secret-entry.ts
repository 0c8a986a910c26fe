/** For whoever writes down what a keypad says. */

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
