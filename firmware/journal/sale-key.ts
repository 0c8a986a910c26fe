/** Names one financial message for ever: batch and STAN of this terminal. */
export interface SaleKey {
  /** Six digits. */
  readonly batch: string;
  readonly stan: number;
}

/** `000001-000017`: the key as one text, for maps and messages. */
export function saleId({ batch, stan }: SaleKey): string {
  return `${batch}-${stan.toString().padStart(6, '0')}`;
}
