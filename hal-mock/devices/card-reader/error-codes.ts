import type { UnreadableReason } from '../../../firmware/hal/index.ts';

/**
 * What the reader puts into FFEE1F (error, SW1, SW2, state of the field) for a card that gave nothing: the error codes
 * of the vendor's guide, with status words that cards answer in such a case.
 */
export const READER_FAILURES: Readonly<Record<Exclude<UnreadableReason, 'badSwipe'>, readonly number[]>> = {
  useChip: [0x02, 0x00, 0x00, 0x00],
  collision: [0x21, 0x00, 0x00, 0x00],
  overLimit: [0x22, 0x90, 0x00, 0x00],
  blocked: [0x25, 0x62, 0x83, 0x00],
  expired: [0x26, 0x90, 0x00, 0x00],
  unsupported: [0x27, 0x6a, 0x82, 0x00],
  chipMute: [0x30, 0x00, 0x00, 0x00],
  removed: [0x30, 0x90, 0x00, 0x00],
};

/** The error code for a card that declined offline (AAC); its tags follow. */
export const OFFLINE_DECLINE: readonly number[] = [0x42, 0x90, 0x00, 0x00];
