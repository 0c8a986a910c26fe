/** The printable forms of what must not be printed. */

/** First six and last four digits, the most that may be shown of a card number; shorter texts are hidden whole. */
export function maskPan(pan: string): string {
  if (pan.length < 13) return '*'.repeat(pan.length);
  return pan.slice(0, 6) + '*'.repeat(pan.length - 10) + pan.slice(-4);
}

/** Class prefix and last four digits of a pay code: enough to talk about it, not enough to use it. */
export function maskPayCode(code: string): string {
  if (code.length < 12) return '*'.repeat(code.length);
  return code.slice(0, 2) + '*'.repeat(code.length - 6) + code.slice(-4);
}

/** Replaces whatever could be a card number or a pay code in a line that leaves the terminal for a log. */
export function scrub(line: string): string {
  return line.replace(/\d{12,}/g, (digits) => (digits.length < 13 ? '*'.repeat(digits.length) : maskPan(digits)));
}
