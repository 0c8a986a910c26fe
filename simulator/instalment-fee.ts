/** A fee in whole fen, rounded half to even, as wallets and issuers round it. `rateBasisPoints`: 230 is 2.3 %. */
export function feeFenOf(amountFen: number, rateBasisPoints: number): number {
  const product = BigInt(amountFen) * BigInt(rateBasisPoints);
  const quotient = product / 10_000n;
  const twiceRest = 2n * (product % 10_000n);
  const roundsUp = twiceRest > 10_000n || (twiceRest === 10_000n && quotient % 2n === 1n);
  return Number(roundsUp ? quotient + 1n : quotient);
}
