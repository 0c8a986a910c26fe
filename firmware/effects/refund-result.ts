/** What a host said to a void or refund, and how the journal remembers it. */
import type { SaleKey } from '../journal/records.ts';
import type { RefundResult } from '../journal/refund-records.ts';

export type HostWord =
  | ({ readonly kind: 'done' } & HostNumbers)
  | { readonly kind: 'declined'; readonly responseCode: string }
  /** Not one byte left the terminal. */
  | { readonly kind: 'notSent' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'untrusted'; readonly why: 'mac' | 'mismatch' }
  /** The host has not judged it: it does not know our keys or our batch any more. */
  | { readonly kind: 'signOnNeeded'; readonly responseCode?: string };

/** Numbers of the host for the slip. */
export interface HostNumbers {
  readonly responseCode?: string | undefined;
  readonly retrievalReference?: string | undefined;
  readonly authorizationCode?: string | undefined;
  readonly hostDate?: string | undefined;
  readonly hostFeeBackFen?: number | undefined;
}

const RESULTS = {
  done: 'done',
  declined: 'declined',
  notSent: 'notSent',
  unknown: 'unknown',
  untrusted: 'untrusted',
  signOnNeeded: 'unknown',
} as const satisfies Record<HostWord['kind'], RefundResult['result']>;

/** The record of what a host said. */
export function refundResultOf(key: SaleKey, word: HostWord): RefundResult {
  const code = word.kind === 'declined' || word.kind === 'done' ? word.responseCode : undefined;
  const { retrievalReference, authorizationCode, hostDate, hostFeeBackFen } = word.kind === 'done' ? word : {};
  return {
    type: 'refundResult',
    ...key,
    result: RESULTS[word.kind],
    responseCode: code,
    retrievalReference,
    ...(authorizationCode === undefined ? {} : { authorizationCode }),
    ...(hostDate === undefined ? {} : { hostDate }),
    ...(hostFeeBackFen === undefined ? {} : { hostFeeBackFen }),
  };
}
