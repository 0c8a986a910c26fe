/** Steps as a file writes them, without what must not be written down: acts of a trace, and of scenarios made from one. */
import type { ScenarioStep } from './format.ts';
import type { Given } from './given.ts';

/** One step as its file writes it: `{ customer: { insert: 'unionpay-debit' } }`. */
export type Act = Readonly<Record<string, unknown>>;

export type ActLane = 'cashier' | 'customer' | 'devices' | 'host' | 'wallet';

/** Whose hand moves. */
export function laneOf(step: ScenarioStep): ActLane {
  if ('cashier' in step) return 'cashier';
  if ('customer' in step || 'phone' in step) return 'customer';
  if ('wallet' in step) return 'wallet';
  return 'host' in step || 'network' in step ? 'host' : 'devices';
}

/** Members that a file writes as durations; the format has made milliseconds of them. */
const DURATIONS: ReadonlySet<string> = new Set([
  'by',
  'overheatFor',
  'replyDeadline',
  'decideWithin',
  'pollEvery',
  'recoveryRetry',
  'signOnRetry',
  'operatorAway',
  'clockSkew',
]);

/** `given` of a scenario as its file writes it. */
export function writtenGiven(given: Given): Readonly<Record<string, unknown>> {
  return written(given);
}

/** A step that holds no secret as its file writes it. */
export function writtenStep(step: ScenarioStep): Act {
  return Object.fromEntries(
    Object.entries(step).map(([who, what]: [string, unknown]) => [
      who,
      typeof what === 'object' && what !== null ? written(what) : what,
    ]),
  );
}

function written(members: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(members)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]: [string, unknown]) => [
        name,
        typeof value === 'number' && DURATIONS.has(name) ? `${value}ms` : value,
      ]),
  );
}

/** Digits of a text that are many enough to be a number of somebody. */
const LONG_NUMBER = /\d{5,}/g;

/**
 * A text that a scanner read, when no name stands for it: another one that the terminal takes for the same kind of code.
 * Of digits the first two stay, which say whose code it is; all others become 0.
 */
export function harmlessText(text: string): string {
  if (/^\d{3,}$/.test(text)) return text.slice(0, 2) + '0'.repeat(text.length - 2);
  return text.replaceAll(LONG_NUMBER, (digits) => '0'.repeat(digits.length));
}

/** As many digits, all of them 0. */
export function zeros(digits: string): string {
  return '0'.repeat(digits.length);
}
