import * as v from 'valibot';
import { KEYS } from '../../firmware/hal/index.ts';
import type { WalletCall } from '../../firmware/protocol/wallet/wallet-api.ts';
import { WALLET_HOSTS } from '../../firmware/protocol/wallet/web-message.ts';
import { fenOfYuan } from '../../firmware/base/fen.ts';
import { TEST_CARDS } from '../../hal-mock/cards/test-cards.ts';
import { type Explain, explained, pathOf, yamlDocument } from '../../yaml/checked-yaml.ts';
import { expanded } from './examples.ts';
import { durationMs, given } from './given.ts';
import { scannable, withAccount, withPhone } from './people.ts';

/** A scenario file that cannot be played: one line a problem, each with the line of the file and what would be right. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

const key = v.picklist(KEYS, `a key is one of ${KEYS.join(', ')}`);

const amount = v.pipe(
  v.string('an amount is written in quotes, as "88.00"'),
  v.check((text) => fenOfYuan(text) !== undefined, 'an amount is written in yuan, as "88.00"'),
);

const cardIds = TEST_CARDS.map(({ id }) => id);
const card = v.picklist(cardIds, `a card is one of ${cardIds.join(', ')}`);

const yes = v.literal(true, 'write true, or leave the line out');

const cashier = v.strictObject({
  enter: v.optional(amount),
  choose: v.optional(v.union([v.string(), v.number()])),
  press: v.optional(v.union([key, v.array(key)])),
  /** The phone number of somebody with an account, and confirm. */
  account: v.optional(withAccount),
  tear: v.optional(yes),
});

const WRONG_CODE =
  'an SMS code is that of somebody as jd/baitiao, { of: jd/baitiao, wrong: true }, or digits alone in quotes';

/** The newest code of somebody, another one than that, or digits; an SMS code with letters is none. */
const smsCode = v.union(
  [withAccount, v.pipe(v.string(), v.regex(/^\d{1,6}$/, WRONG_CODE)), v.strictObject({ of: withAccount, wrong: yes })],
  WRONG_CODE,
);

const PIN = 'a PIN is right, wrong, or up to 12 digits in quotes';
const TYPED = 'what is typed is { digits: 2 }, { digits: 2, wrong: true }, or up to 12 digits in quotes';
const digitsOfPin = (message: string) => v.pipe(v.string(), v.regex(/^\d{0,12}$/, message));
const digitCount = v.pipe(v.number(TYPED), v.integer(TYPED), v.minValue(1, TYPED), v.maxValue(12, TYPED));

const customer = v.strictObject({
  insert: v.optional(card),
  tap: v.optional(card),
  swipe: v.optional(card),
  pull: v.optional(yes),
  scan: v.optional(scannable),
  /** Points the phone of somebody at the code on the screen. */
  scanShown: v.optional(withPhone),
  /** Tells the cashier the code that came by SMS, who types it and confirms. */
  smsCode: v.optional(smsCode),
  /** Digits typed on the PIN pad, without confirm: these, or the next ones of the PIN of the card, or others than those. */
  type: v.optional(
    v.union([digitsOfPin(TYPED), v.strictObject({ digits: digitCount, wrong: v.optional(yes) })], TYPED),
  ),
  /** Digits and confirm: these, the PIN of the card that was presented last, or another one. */
  pin: v.optional(v.union([v.picklist(['right', 'wrong']), digitsOfPin(PIN)], PIN)),
  press: v.optional(v.picklist(['confirm', 'cancel', 'clear'], 'a key of the PIN pad is confirm, cancel or clear')),
  /** On the signature panel. */
  sign: v.optional(yes),
  refuseToSign: v.optional(yes),
});

const PHONE_ACTS = ['confirm', 'refuse', 'passFace', 'refuseFace'] as const;

const phone = v.strictObject({
  customer: withPhone,
  does: v.picklist(PHONE_ACTS, `a phone does one of ${PHONE_ACTS.join(', ')}`),
});

export const HOST_FAULTS = [
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
  'wrongTerms',
  'wrongFee',
  'noTerms',
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

export const WALLET_FAULTS = [
  'dropRequest',
  'dropReply',
  'badGateway',
  'garbage',
  'wrongSignature',
  'delayReply',
  'systemError',
  'cancelRetry',
  'again',
  'wrongNumbers',
  'otherPayer',
  'wrongPlan',
  'wrongOrder',
  'clockSkew',
  'pendingForEver',
  'paidBeforeCancel',
  'emptyPlans',
  'inconsistentPlans',
] as const;

/** Calls of all hosts in words of none. */
export const WALLET_CALLS = [
  'pay',
  'present',
  'charge',
  'query',
  'cancel',
  'refund',
  'plans',
  'sendCode',
  'startFace',
  'faceState',
  'bills',
] as const satisfies readonly WalletCall['kind'][];
const walletCall = v.picklist(WALLET_CALLS, `a call is one of ${WALLET_CALLS.join(', ')}`);

const wallet = v.strictObject({
  /** Alipay's unless told. */
  host: v.optional(v.picklist(WALLET_HOSTS, `a wallet's host is one of ${WALLET_HOSTS.join(', ')}`)),
  fault: v.optional(v.picklist(WALLET_FAULTS, `a fault of the wallet is one of ${WALLET_FAULTS.join(', ')}`)),
  call: v.optional(walletCall),
  /** The same as `call`, of the time when Alipay was the only one. */
  method: v.optional(v.picklist(['pay', 'query', 'cancel'])),
  /** Whether a system error comes after the call was carried out. */
  executed: v.optional(v.boolean()),
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
export const PLUGGABLES = [...DEVICES, 'signaturePad'] as const;
const pluggable = v.picklist(PLUGGABLES, `a device is one of ${PLUGGABLES.join(', ')}`);
const devices = v.strictObject({
  unplug: v.optional(pluggable),
  replug: v.optional(pluggable),
  /** Bytes that belong to no frame, on the line from the device to the terminal. */
  noise: v.optional(device),
  loseKeys: v.optional(yes),
  loadMasterKey: v.optional(yes),
});

/** A number is meant as it is written. */
const text = v.union([v.string(), v.pipe(v.number(), v.transform(String))]);
const texts = v.union([text, v.array(text)]);
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
        refundedFen: v.optional(v.number()),
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
        state: v.optional(v.picklist(['approved', 'declined', 'reversed', 'barred', 'voided'])),
      }),
    ),
    /** What all wallets hold for the shop, and the newest order as its host has it. */
    wallet: v.optional(
      v.strictObject({
        netFen: v.optional(v.number()),
        state: v.optional(v.picklist(['waiting', 'paid', 'closed', 'refunded'])),
        host: v.optional(v.picklist(WALLET_HOSTS, `a wallet's host is one of ${WALLET_HOSTS.join(', ')}`)),
        periods: v.optional(v.number()),
        feeFen: v.optional(v.number()),
        refundedFen: v.optional(v.number()),
      }),
    ),
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

const TRANSPORTS = ['memory'] as const;

const scenario = v.strictObject({
  name: v.pipe(v.string(), v.nonEmpty()),
  given: v.optional(given),
  /** Where it is played; everywhere unless told. */
  transports: v.optional(v.picklist(TRANSPORTS, `transports is ${TRANSPORTS[0]}, or nothing for all`)),
  /** It may end in the middle of something: of a moment that was taken from a trace. */
  endsAnywhere: v.optional(yes),
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

/**
 * Reads a file: one scenario, or one for each row of its examples. Throws {@link ScenarioError} with every problem and
 * its line.
 */
export function parseScenarios(text: string): readonly Scenario[] {
  const document = yamlDocument(text);
  if (document.kind === 'invalid') throw new ScenarioError(document.problems);
  const rows = expanded(document.value);
  const problems = rows.kind === 'invalid' ? rows.problems.map((problem) => document.lined(problem)) : [];
  const scenarios: Scenario[] = [];
  for (const row of rows.kind === 'valid' ? rows.rows : []) {
    const result = v.safeParse(scenario, row.value);
    if (result.success) scenarios.push(result.output);
    else {
      const said = result.issues.flatMap((issue) => explain(issue));
      problems.push(...said.map(({ path, message }) => document.lined({ path: row.sourceOf(path), message })));
    }
  }
  if (problems.length > 0) throw new ScenarioError([...new Set(problems)]);
  return scenarios;
}

/** Reads one step that came from outside, as from a page. Throws {@link ScenarioError}. */
export function parseStep(value: unknown): ScenarioStep {
  const result = v.safeParse(v.object({ steps: v.tuple([step]) }), { steps: [value] });
  if (result.success) return result.output.steps[0];
  throw new ScenarioError([...new Set(result.issues.flatMap((issue) => explain(issue)).map(({ message }) => message))]);
}

/** Reads a file that holds one scenario. Throws {@link ScenarioError}. */
export function parseScenario(text: string): Scenario {
  const [first, second] = parseScenarios(text);
  if (first === undefined || second !== undefined)
    throw new ScenarioError(['line 1: examples: one scenario is wanted']);
  return first;
}
