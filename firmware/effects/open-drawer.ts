import { type DrawerResult, HalError, type HalErrorKind, type PrinterStop } from '../hal/index.ts';
import type { Effect } from './effect.ts';

export type OpenDrawerOutcome =
  | Extract<DrawerResult, { readonly kind: 'pulsed' }>
  | { readonly kind: 'stopped'; readonly reason: PrinterStop | HalErrorKind };

/** Opens the cash drawer. */
export const openDrawer: Effect<OpenDrawerOutcome, undefined> = async ({ ports }) => {
  try {
    return await ports.printer.openDrawer();
  } catch (error) {
    if (error instanceof HalError) return { kind: 'stopped', reason: error.kind };
    throw error;
  }
};
