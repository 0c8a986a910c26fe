/** Money: an integer count of fen (1/100 yuan) in names that end in `Fen`. Floating-point yuan never exist. */

/** Largest amount that fits ISO 8583 field 4 (n12). */
export const AMOUNT_MAX_FEN = 999_999_999_999;

export function isFen(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= AMOUNT_MAX_FEN;
}

/** `120000` → `1,200.00` */
export function formatYuan(amountFen: number): string {
  const sign = amountFen < 0 ? '-' : '';
  const digits = Math.abs(amountFen).toString().padStart(3, '0');
  const yuan = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${sign}${yuan}.${digits.slice(-2)}`;
}

/** `120000` → `1200.00`, as wallets want it. */
export function plainYuan(amountFen: number): string {
  return formatYuan(amountFen).replaceAll(',', '');
}

/** `1,200.00`, `1200`, `0.5` → fen; `undefined` for anything that is no amount of whole fen. */
export function fenOfYuan(text: string): number | undefined {
  const match = /^(\d{1,3}(?:,\d{3})+|\d{1,10})(?:\.(\d{1,2}))?$/.exec(text);
  if (match === null) return undefined;
  const fen = Number(match[1]?.replaceAll(',', '')) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
  return isFen(fen) ? fen : undefined;
}
