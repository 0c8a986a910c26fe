import * as v from 'valibot';

const DURATION = /^(-?\d+(?:\.\d+)?)\s*(ms|s|m|h)$/;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function millisecondsOf(text: string): number {
  const [, count, unit] = DURATION.exec(text) ?? [];
  return Number(count) * (UNIT_MS[unit ?? ''] ?? 1);
}

/** `500ms`, `15s`, `2m`, `1h` as milliseconds. */
export const durationMs = v.pipe(
  v.string('a duration is written like 500ms, 15s or 2m'),
  v.check((text) => DURATION.test(text) && !text.startsWith('-'), 'a duration is written like 500ms, 15s or 2m'),
  v.transform(millisecondsOf),
);

/** The same, before or after. */
const differenceMs = v.pipe(
  v.string('a difference of clocks is written like 1h or -10m'),
  v.regex(DURATION, 'a difference of clocks is written like 1h or -10m'),
  v.transform(millisecondsOf),
);

const fen = v.pipe(v.number('whole fen'), v.integer('whole fen'), v.minValue(0, 'whole fen'));
const METHODS = ['huabei', 'baitiao', 'cardInstallment', 'alipayCode', 'wechatCode', 'jdCode', 'unionpayCode'] as const;

/** What one issuer offers to its own cards. */
const cardPlans = v.strictObject({
  bin: v.pipe(v.string(), v.regex(/^\d{6,8}$/, 'a BIN is 6 to 8 digits in quotes')),
  issuer: v.pipe(v.string(), v.nonEmpty()),
  plans: v.pipe(
    v.array(v.strictObject({ periods: fen, feeRatePpm: fen, product: v.pipe(v.string(), v.nonEmpty()) })),
    v.minLength(1, 'an issuer has plans'),
  ),
});

/** How the terminal, the shop and the hosts are before the first step. */
export const given = v.strictObject({
  language: v.optional(v.picklist(['zh', 'en'])),
  noPinLimitFen: v.optional(v.number()),
  signOnScheme: v.optional(v.picklist(['001', '003', '004'])),
  /** Waits of the terminal, shorter than in life where a scenario runs in real time. */
  replyDeadline: v.optional(durationMs),
  decideWithin: v.optional(durationMs),
  pollEvery: v.optional(durationMs),
  recoveryRetry: v.optional(durationMs),
  encryptTracks: v.optional(v.boolean()),
  signOnRetry: v.optional(durationMs),
  /** The shop lets chips approve without the host. */
  offline: v.optional(v.literal(true)),
  operatorAway: v.optional(durationMs),
  /** The terminal starts before its host is there. */
  hostDown: v.optional(v.literal(true)),
  /** The PIN pad comes without a master key. */
  notActivated: v.optional(v.literal(true)),
  /** Customers sign on a panel. */
  signaturePad: v.optional(v.literal(true)),
  /** The terminal's wall clock runs before the hosts' by so much. */
  clockSkew: v.optional(differenceMs),
  /** The shop's only contract is with the aggregator: it charges all codes and makes all codes that are shown. */
  aggregator: v.optional(v.boolean()),
  /** Ways to pay that the cashier can choose, in the order of the screen. */
  methods: v.optional(v.array(v.picklist(METHODS, `a method is one of ${METHODS.join(', ')}`))),
  /** Of all instalments. */
  feePayer: v.optional(v.picklist(['customer', 'merchant'])),
  /** Numbers of periods whose fee the shop pays, of whatever method. */
  merchantPays: v.optional(v.array(fen)),
  offerInstallmentsFromFen: v.optional(fen),
  cardPlans: v.optional(cardPlans),
  seed: v.optional(v.number()),
});

export type Given = v.InferOutput<typeof given>;
