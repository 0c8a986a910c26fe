/** Twelve digits or more, also when they stand in groups with one space or hyphen between: a card number or a pay code. */
const LONG_NUMBER = /\d(?:[ -]?\d){11,}/g;

/** Stars for all but the last four digits of whatever could be a card number or a pay code; control characters go. */
export function safeText(text: string): string {
  const printable = text.replace(/\p{Cc}/gu, ' ');
  return printable.replace(LONG_NUMBER, (number) => {
    const shownFrom = number.length - 4;
    return number.replace(/\d/g, (digit, at: number) => (at < shownFrom ? '*' : digit));
  });
}
