import type { Indicators } from '../firmware/hal/index.ts';

/** A terminal without lights and without a beeper. */
export const NO_INDICATORS: Indicators = { beep: () => undefined, light: () => undefined };
