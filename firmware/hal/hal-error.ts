/** What went wrong with a device, in the few kinds that a caller treats differently. */
export type HalErrorKind =
  'disconnected' | 'timeout' | 'busy' | 'cancelled' | 'protocol' | 'media' | 'security' | 'unsupported' | 'other';

export type DeviceName =
  | 'cardReader'
  | 'pinPad'
  | 'keyStore'
  | 'scanner'
  | 'printer'
  | 'signaturePad'
  | 'display'
  | 'keypad'
  | 'acquirer'
  | 'wallet'
  | 'journal'
  | 'vault';

/** Which device could not do its work, and what kept it: a `HalError` as it is passed on. */
export interface DeviceFault {
  readonly device: DeviceName;
  readonly kind: HalErrorKind;
}

/**
 * A device could not do its work. Expected outcomes (declined, cancelled, paper out …) are returned unions, never this.
 * `detail` is a vendor code or a short fixed text for the log; it never holds data from a card, a person or a host.
 */
export class HalError extends Error implements DeviceFault {
  override readonly name = 'HalError';
  readonly kind: HalErrorKind;
  readonly device: DeviceName;
  readonly retriable: boolean;
  readonly detail: string;

  constructor(kind: HalErrorKind, device: DeviceName, detail = '', retriable = kind === 'timeout' || kind === 'busy') {
    super(detail === '' ? `${device}: ${kind}` : `${device}: ${kind} (${detail})`);
    this.kind = kind;
    this.device = device;
    this.retriable = retriable;
    this.detail = detail;
  }
}
