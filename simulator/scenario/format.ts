import * as v from 'valibot';
import type { Key } from '../../firmware/hal/index.ts';
import { fenOfYuan } from '../../firmware/base/fen.ts';
import { TEST_CARDS } from '../../hal-mock/cards/test-cards.ts';
import { WALLET_CUSTOMERS } from '../wallet/customers.ts';
import { checkedYaml, type Explain, explained, pathOf } from './checked-yaml.ts';

/** A scenario file that cannot be played: one line a problem, each with the line of the file and what would be right. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|m)$/;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** `500ms`, `15s`, `2m` as milliseconds. */
const durationMs = v.pipe(
  v.string(),
  v.regex(DURATION, 'a duration is written like 500ms, 15s or 2m'),
  v.transform((text) => {
    const [, count, unit] = DURATION.exec(text) ?? [];
    return Number(count) * (UNIT_MS[unit ?? ''] ?? 1);
  }),
);

const KEYS = [
  '0',
  '1',
  '2',
  '3',
  '4',
  '5',
  '6',
  '7',
  '8',
  '9',
  '00',
  'confirm',
  'cancel',
  'clear',
  'function',
] as const satisfies readonly Key[];
const key = v.picklist(KEYS, `a key is one of ${KEYS.join(', ')}`);

const amount = v.pipe(
  v.string('an amount is written in quotes, as "88.00"'),
  v.check((text) => fenOfYuan(text) !== undefined, 'an amount is written in yuan, as "88.00"'),
);

const cardIds = TEST_CARDS.map(({ id }) => id);
const card = v.picklist(cardIds, `a card is one of ${cardIds.join(', ')}`);

const customerIds = WALLET_CUSTOMERS.map(({ id }) => id);
/** A customer of the simulated wallet, or any text that a code could hold. */
const code = v.pipe(v.string('a code is written in quotes'), v.nonEmpty('a code has characters'));

const yes = v.literal(true, 'write true, or leave the line out');

const cashier = v.strictObject({
  enter: v.optional(amount),
  choose: v.optional(v.union([v.string(), v.number()])),
  press: v.optional(v.union([key, v.array(key)])),
  tear: v.optional(yes),
});

const customer = v.strictObject({
  insert: v.optional(card),
  tap: v.optional(card),
  swipe: v.optional(card),
  pull: v.optional(yes),
  scan: v.optional(code),
  /** Digits typed on the PIN pad, without confirm. */
  type: v.optional(v.pipe(v.string(), v.regex(/^\d{0,12}$/, 'a PIN is up to 12 digits in quotes'))),
  /** Digits and confirm. */
  pin: v.optional(v.pipe(v.string(), v.regex(/^\d{0,12}$/, 'a PIN is up to 12 digits in quotes'))),
  press: v.optional(v.picklist(['confirm', 'cancel', 'clear'], 'a key of the PIN pad is confirm, cancel or clear')),
  /** On the signature panel. */
  sign: v.optional(yes),
  refuseToSign: v.optional(yes),
});

const phone = v.strictObject({
  customer: v.picklist(customerIds, `a customer is one of ${customerIds.join(', ')}`),
  does: v.picklist(['confirm', 'refuse']),
});

const HOST_FAULTS = [
  'dropRequest',
  'closeAfterRequest',
  'dropReply',
  'garbageFrame',
  'truncatedFrame',
  'duplicate',
  'wrongMac',
  'noMac',
  'wrongStan',
  'wrongAmount',
  'wrongTerminal',
  'delayReply',
] as const;

const host = v.strictObject({
  fault: v.optional(v.picklist(HOST_FAULTS, `a fault of the host is one of ${HOST_FAULTS.join(', ')}`)),
  mti: v.optional(v.pipe(v.string(), v.regex(/^\d{4}$/, 'an MTI is four digits in quotes'))),
  by: v.optional(durationMs),
  times: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  down: v.optional(v.boolean()),
  clear: v.optional(yes),
  expireKeys: v.optional(yes),
  nextBatch: v.optional(yes),
});

const WALLET_FAULTS = [
  'dropRequest',
  'dropReply',
  'badGateway',
  'garbage',
  'wrongSignature',
  'delayReply',
  'systemError',
  'cancelRetry',
] as const;

const wallet = v.strictObject({
  fault: v.optional(v.picklist(WALLET_FAULTS, `a fault of the wallet is one of ${WALLET_FAULTS.join(', ')}`)),
  method: v.optional(v.picklist(['pay', 'query', 'cancel'])),
  by: v.optional(durationMs),
  times: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  down: v.optional(v.boolean()),
  clear: v.optional(yes),
});

const printer = v.strictObject({
  endPaperAfterLines: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  loadPaper: v.optional(yes),
  openCover: v.optional(yes),
  closeCover: v.optional(yes),
  overheatFor: v.optional(durationMs),
});

const DEVICES = ['cardReader', 'pinPad', 'scanner', 'printer'] as const;
const device = v.picklist(DEVICES, `a device is one of ${DEVICES.join(', ')}`);
const PLUGGABLES = [...DEVICES, 'signaturePad'] as const;
const pluggable = v.picklist(PLUGGABLES, `a device is one of ${PLUGGABLES.join(', ')}`);
const devices = v.strictObject({
  unplug: v.optional(pluggable),
  replug: v.optional(pluggable),
  /** Bytes that belong to no frame, on the line from the device to the terminal. */
  noise: v.optional(device),
  loseKeys: v.optional(yes),
  loadMasterKey: v.optional(yes),
});

const texts = v.union([v.string(), v.array(v.string())]);
const paramValue = v.union([v.string(), v.number(), v.boolean(), v.array(v.union([v.string(), v.number()]))]);

const expectation = v.objectWithRest(
  {
    screen: v.optional(v.string()),
    within: v.optional(durationMs),
    shows: v.optional(texts),
    receipt: v.optional(texts),
    receiptLacks: v.optional(texts),
    /** Slips cut since the paper was last torn off. */
    slips: v.optional(v.number()),
    journal: v.optional(
      v.strictObject({
        state: v.optional(v.string()),
        amountFen: v.optional(v.number()),
        openItems: v.optional(v.number()),
        owedCopies: v.optional(v.number()),
        sales: v.optional(v.number()),
        batch: v.optional(v.pipe(v.string(), v.regex(/^\d{6}$/, 'a batch is six digits in quotes'))),
      }),
    ),
    /** What the acquirer has charged, all cards or one, less what was reversed. */
    host: v.optional(
      v.strictObject({
        card: v.optional(card),
        netFen: v.optional(v.number()),
        state: v.optional(v.picklist(['approved', 'declined', 'reversed', 'barred'])),
      }),
    ),
    wallet: v.optional(v.strictObject({ netFen: v.optional(v.number()), state: v.optional(v.string()) })),
    terminal: v.optional(v.string()),
  },
  paramValue,
);

const STEP_SCHEMAS = {
  cashier,
  customer,
  phone,
  host,
  wallet,
  printer,
  device: devices,
  wait: durationMs,
  power: v.picklist(['cut'], 'power is: cut'),
  network: v.picklist(['out', 'in'], 'network is: out or in'),
  expect: expectation,
} as const;

const step = v.union([
  v.strictObject({ cashier }),
  v.strictObject({ customer }),
  v.strictObject({ phone }),
  v.strictObject({ host }),
  v.strictObject({ wallet }),
  v.strictObject({ printer }),
  v.strictObject({ device: devices }),
  v.strictObject({ wait: STEP_SCHEMAS.wait }),
  v.strictObject({ power: STEP_SCHEMAS.power }),
  v.strictObject({ network: STEP_SCHEMAS.network }),
  v.strictObject({ expect: expectation }),
]);

const scenario = v.strictObject({
  name: v.pipe(v.string(), v.nonEmpty()),
  given: v.optional(
    v.strictObject({
      language: v.optional(v.picklist(['zh', 'en'])),
      noPinLimitFen: v.optional(v.number()),
      signOnScheme: v.optional(v.picklist(['001', '003', '004'])),
      /** Waits of the terminal, shorter than in life where a scenario runs in real time. */
      replyDeadline: v.optional(durationMs),
      decideWithin: v.optional(durationMs),
      recoveryRetry: v.optional(durationMs),
      encryptTracks: v.optional(v.boolean()),
      signOnRetry: v.optional(durationMs),
      /** The shop lets chips approve without the host. */
      offline: v.optional(yes),
      operatorAway: v.optional(durationMs),
      /** The terminal starts before its host is there. */
      hostDown: v.optional(yes),
      /** The PIN pad comes without a master key. */
      notActivated: v.optional(yes),
      /** Customers sign on a panel. */
      signaturePad: v.optional(yes),
      seed: v.optional(v.number()),
    }),
  ),
  steps: v.pipe(v.array(step), v.minLength(1, 'a scenario has steps')),
});

export type Scenario = v.InferOutput<typeof scenario>;
export type ScenarioStep = v.InferOutput<typeof step>;
export type Expectation = v.InferOutput<typeof expectation>;

/** A union says no more than "no step fits"; the step's own schema says what is wrong with it. */
const explain: Explain = (issue) => {
  const path = pathOf(issue);
  const value: unknown = issue.input;
  const isStep = path.length === 2 && path[0] === 'steps' && typeof value === 'object' && value !== null;
  if (!isStep) return [{ path, message: explained(issue) }];
  const names = Object.keys(value);
  const [name] = names;
  if (names.length !== 1 || name === undefined || !Object.hasOwn(STEP_SCHEMAS, name)) {
    return [{ path, message: `a step has one of ${Object.keys(STEP_SCHEMAS).join(', ')}` }];
  }
  const schema: v.GenericSchema = STEP_SCHEMAS[name as keyof typeof STEP_SCHEMAS];
  const result = v.safeParse(schema, (value as Record<string, unknown>)[name]);
  return (result.issues ?? []).map((inner) => ({
    path: [...path, name, ...pathOf(inner)],
    message: explained(inner),
  }));
};

/** Reads a scenario. Throws {@link ScenarioError} with every problem and its line. */
export function parseScenario(text: string): Scenario {
  const checked = checkedYaml(text, scenario, explain);
  if (checked.kind === 'invalid') throw new ScenarioError(checked.problems);
  return checked.value;
}
