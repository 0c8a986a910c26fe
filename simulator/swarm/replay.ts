import { FAULTS } from './faults.ts';
import type { SwarmParameters } from './parameters.ts';
import * as v from 'valibot';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
/** Disk segments and people have sizes that make sense; a file that was edited by hand may have others. */
const SEGMENT_BYTES_MIN = 1_024;

const PARAMETERS = v.strictObject({
  seed: count,
  level: v.picklist(['ports', 'bytes']),
  terminals: positive,
  sales: count,
  days: count,
  faults: v.record(v.picklist(FAULTS.map(({ id }) => id)), probability),
  hits: v.exactOptional(v.array(v.pipe(v.string(), v.regex(/^F\d+#\d+$/)))),
  paceMs: positive,
  habits: v.strictObject({
    codes: probability,
    instalments: probability,
    wrongPin: probability,
    walksAway: probability,
    cashierCancels: probability,
    oddCard: probability,
    settles: probability,
    looksUp: probability,
    handsOver: probability,
    scripts: probability,
    otherWallets: probability,
    methods: probability,
    goesOn: probability,
    refunds: probability,
  }),
  amountMaxYuan: positive,
  aggregator: v.boolean(),
  hostsMindClock: v.boolean(),
  sellsOffline: v.boolean(),
  replyDeadlineMs: positive,
  walletReplyDeadlineMs: positive,
  decideWithinMs: positive,
  segmentBytes: v.pipe(positive, v.minValue(SEGMENT_BYTES_MIN)),
  syncMs: count,
});

/** What is wrong with a replay file, one line each. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('; '));
    this.problems = problems;
  }
}

/** Parameters as JSON, as a failing run prints them. Throws `ReplayError`. */
export function parseReplay(text: string): SwarmParameters {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ReplayError(['this is no JSON']);
  }
  const parsed = v.safeParse(PARAMETERS, value);
  if (parsed.success) return parsed.output;
  throw new ReplayError(parsed.issues.map((issue) => `${v.getDotPath(issue) ?? 'file'}: ${issue.message}`));
}
