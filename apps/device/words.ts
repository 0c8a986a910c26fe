/** A reason in both languages, for whoever has the device in hand. */
export function both(en: string, zh: string): string {
  return `${en} / ${zh}`;
}
