import { hex, hexOf, xorBytes } from '../../base/bytes.ts';
import { ProtocolError } from '../../base/protocol-error.ts';

/** What ties an electronic signature to its sale: the host's keys of an online sale, our own of an offline one. */
export type SignedSale =
  | { readonly kind: 'online'; readonly settlementDate?: string; readonly rrn?: string }
  | { readonly kind: 'offline'; readonly batch: string; readonly trace: string };

/** Feature code 特征码 that is drawn on the signature: the two halves of 16 digits, XORed digit by digit, in hex. */
export function signatureFeatureCode(sale: SignedSale): string {
  const digits =
    sale.kind === 'online'
      ? (sale.settlementDate ?? '0000') + (sale.rrn ?? '0'.repeat(12))
      : `${sale.batch}${sale.trace}0000`;
  if (!/^\d{16}$/.test(digits)) throw new ProtocolError(['featureCode'], 'needs 16 digits');
  return hexOf(xorBytes(hex(digits.slice(0, 8)), hex(digits.slice(8))));
}
