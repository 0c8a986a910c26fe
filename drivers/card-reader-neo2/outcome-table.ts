import type { UnreadableReason } from '../../firmware/hal/index.ts';

/** What an error code of a failed activation means: the card's own trouble, its offline refusal, or ours. */
export type ActivationError = UnreadableReason | 'cardAnswered' | 'device';

/**
 * First byte of tag FFEE1F (guide, table of error codes). `cardAnswered` stands for readings that end with a
 * cryptogram although the reader calls them failed; `device` for what no other card would change.
 */
const ACTIVATION_ERRORS: Readonly<Record<number, ActivationError>> = {
  0x01: 'device', // out of sequence
  0x02: 'useChip', // go to the contact interface
  0x03: 'device', // amount is zero
  0x20: 'chipMute', // card answered with an error status
  0x21: 'collision',
  0x22: 'overLimit',
  0x23: 'cardAnswered', // online authorisation needed
  0x24: 'removed', // communication with the card broke off
  0x25: 'blocked',
  0x26: 'expired',
  0x27: 'unsupported',
  0x30: 'removed', // no response, see below
  0x41: 'unsupported', // mandatory data missing
  0x42: 'cardAnswered', // AAC
  0x43: 'cardAnswered', // ARQC
  0x50: 'unsupported', // 50 to 58: steps of EMV processing that failed
  0x51: 'unsupported',
  0x52: 'unsupported',
  0x53: 'unsupported',
  0x54: 'unsupported',
  0x55: 'unsupported',
  0x56: 'unsupported',
  0x57: 'unsupported',
  0x58: 'unsupported',
  0x73: 'removed', // torn transaction in the log
};

const NO_RESPONSE = 0x30;

/**
 * Reads the value of FFEE1F: error, SW1, SW2, state of the field. "No response" with status words is a card that was
 * pulled while it talked; without any it never talked. That distinction is our reading, the guide makes none.
 */
export function activationError(failure: Uint8Array): ActivationError {
  const [code = 0, statusWord1 = 0, statusWord2 = 0] = failure;
  if (code === NO_RESPONSE && statusWord1 === 0 && statusWord2 === 0) return 'chipMute';
  return ACTIVATION_ERRORS[code] ?? 'device';
}
