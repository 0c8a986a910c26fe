import type { CancelSignal } from '../base/cancel.ts';
import { HalError } from './hal-error.ts';
import type { SlipImage } from './slip.ts';

/** As wide as the narrowest paper and 15 mm high, so that what was written goes on a slip dot by dot. */
export const SIGNATURE_WIDTH_DOTS_MAX = 384;
export const SIGNATURE_HEIGHT_DOTS_MAX = 120;

export type SignatureResult =
  /** What was written, black on white, within the two limits above and never blank. */
  | { readonly kind: 'signed'; readonly image: SlipImage }
  /** The customer does not want to sign. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'timedOut' }
  | { readonly kind: 'cancelled' };

/**
 * A panel on which a customer signs 电子签名. A signature is personal: the image belongs in the journal and on the
 * merchant's slip, and in no event, snapshot or log.
 */
export interface SignaturePad {
  /** `false` for a terminal without a panel, whose customers sign on paper. It never changes while the terminal runs. */
  readonly isPresent: boolean;
  /**
   * Asks for one signature on an empty panel, one at a time. Strokes from before the call do not count; a call that ends
   * in any other way than `signed` keeps nothing of what was written.
   *
   * Rejects with `HalError`: `unsupported` where there is no panel, `busy` while another call is under way,
   * `disconnected` when the panel goes, `protocol` for an image that breaks the limits.
   */
  capture(request: { readonly timeoutMs: number }, signal: CancelSignal): Promise<SignatureResult>;
}

/** For terminals without a panel. */
export const NO_SIGNATURE_PAD: SignaturePad = {
  isPresent: false,
  capture: () => Promise.reject(new HalError('unsupported', 'signaturePad', 'no panel')),
};
