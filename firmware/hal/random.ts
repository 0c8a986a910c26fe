/** Randomness: a secure generator on a device, a seeded one in simulation. Never used for STAN or order numbers. */
export interface Random {
  bytes(count: number): Uint8Array;
  /** A whole number, `0 <= n < max`, every one as likely. */
  below(max: number): number;
}
