import type { SlipImage } from '../../../firmware/hal/index.ts';

/** The customer's hands at a signature panel. */
export interface SignaturePadControls {
  /** Whether it asks for a signature now. */
  readonly capturing: boolean;
  /** Writes and confirms; what is written is the test signature unless told. `false` when nobody asks. */
  sign(image?: SlipImage): boolean;
  /** Presses the panel's cancel. `false` when nobody asks. */
  refuse(): boolean;
  unplug(): void;
  replug(): void;
}
