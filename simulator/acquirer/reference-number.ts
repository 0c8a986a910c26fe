import { chinaTime } from '../china-time.ts';
import type { HostState } from './host-state.ts';

/** Field 37: last digit of the year, day of the year, hour and a number; unique for ten years. */
export function referenceNumber({ clock, ledger }: HostState): string {
  const { year, dayOfYear, hour } = chinaTime(clock.wallMs());
  return year.slice(-1) + dayOfYear + hour + ledger.nextNumber().toString().padStart(6, '0');
}
