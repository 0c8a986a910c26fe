import type { SeededRandom } from '../../hal-mock/random.ts';
import { streamOf } from './dice.ts';
import { FAULTS } from './faults.ts';

export type SwarmLevel = 'ports' | 'bytes';
/** `mixed` plays one seed in twenty at byte level. */
export type LevelChoice = SwarmLevel | 'mixed';

/** What one seed plays. Plain JSON: a failing run is handed on as this and nothing else. */
export interface SwarmParameters {
  readonly seed: number;
  readonly level: SwarmLevel;
  readonly terminals: number;
  /** Sales of each terminal. */
  readonly sales: number;
  /** Days over which the sales are spread, with a reboot each day; 0 is one after the other. */
  readonly days: number;
  /** Probability of each fault that is on, by id. */
  readonly faults: Readonly<Record<string, number>>;
  /** Only these hits (`F24#17`) take place; all when absent. */
  readonly hits?: readonly string[];
  /** What a person needs between seeing and doing. */
  readonly paceMs: number;
  /** How probable each habit of customers and cashiers is. */
  readonly habits: {
    readonly codes: number;
    readonly instalments: number;
    readonly wrongPin: number;
    readonly walksAway: number;
    readonly cashierCancels: number;
    readonly oddCard: number;
    /** Before a customer: settle, look a sale up, hand an open sale over. */
    readonly settles: number;
    readonly looksUp: number;
    readonly handsOver: number;
    /** The issuer has a command for the customer's chip. */
    readonly scripts: number;
    /** Of those who show a code, how many show none of Alipay. */
    readonly otherWallets: number;
    /** The cashier chooses a method on the menu first. */
    readonly methods: number;
    /** After a refusal people try another plan or another way. */
    readonly goesOn: number;
    /** Before a customer: a void or a refund of an earlier sale. */
    readonly refunds: number;
  };
  /** One host takes the codes of every wallet. */
  readonly aggregator: boolean;
  /** Hosts refuse requests whose time is wrong, as real ones do; two runs can be compared only where they do not. */
  readonly hostsMindClock: boolean;
  readonly amountMaxYuan: number;
  /** Chips may approve without the host. */
  readonly sellsOffline: boolean;
  readonly replyDeadlineMs: number;
  readonly walletReplyDeadlineMs: number;
  readonly decideWithinMs: number;
  readonly segmentBytes: number;
  readonly syncMs: number;
}

/** What the caller of the simulator chooses; everything else is drawn. */
export interface SwarmChoice {
  readonly level: LevelChoice;
  readonly terminals: number;
  readonly days: number;
}

/** Small, so that every limit of offline sales is met. Amounts in fen. */
export const OFFLINE_LIMITS = { saleMaxFen: 25_000, totalMaxFen: 40_000, countMax: 3 } as const;

/** How often the host of a shop that sells offline is out of reach; most of the time, and several sales wait together. */
const OFFLINE_UNREACHABLE = [0.2, 0.7];
/** In a mixed series; such a seed has half the sales, because each of them takes three times as long. */
const BYTES_EVERY = 20;
const SALES_MIN = 15;
const SALES_SPREAD = 21;
/** Sales of one terminal on one day of a long run. */
const SALES_A_DAY = 6;
/** Share of shops that have one host for all wallets. */
const AGGREGATORS = 0.25;
/** About this many faults are on in one seed: enough to meet each other, few enough that sales go through. */
const FAULTS_ON = 7;
/** Of as many; lines are heard of in few seeds only, so that there they misbehave. */
const SERIAL_FAULTS_ON = 20;

/** Draws the swarm of one seed. Every seventh seed has no faults at all: what it does then must simply work. */
export function drawParameters(seed: number, choice: SwarmChoice): SwarmParameters {
  const { terminals, days } = choice;
  const level = levelOf(seed, choice.level);
  const isShort = choice.level === 'mixed' && level === 'bytes';
  const random = streamOf(seed, 'swarm');
  const faults = seed % 7 === 0 ? {} : drawFaults(random, level);
  const sellsOffline = random.chance(0.4);
  const unreachable = pick(random, OFFLINE_UNREACHABLE);
  return {
    seed,
    level,
    terminals,
    days,
    sales: days > 0 ? days * SALES_A_DAY : Math.ceil((SALES_MIN + random.below(SALES_SPREAD)) / (isShort ? 2 : 1)),
    faults: sellsOffline && seed % 7 !== 0 ? { ...faults, F23: unreachable } : faults,
    paceMs: pick(random, [200, 500, 1_500]),
    habits: {
      codes: pick(random, [0, 0.3, 0.6]),
      instalments: pick(random, [0, 0.5, 1]),
      wrongPin: pick(random, [0, 0.1, 0.3]),
      walksAway: pick(random, [0, 0.05, 0.2]),
      cashierCancels: pick(random, [0, 0.05, 0.2]),
      oddCard: pick(random, [0, 0.1, 0.3]),
      settles: pick(random, [0, 0.05, 0.2]),
      looksUp: pick(random, [0, 0.05]),
      handsOver: pick(random, [0, 0, 0.5]),
      scripts: pick(random, [0, 0, 0.3]),
      ...drawWallets(streamOf(seed, 'wallets')),
    },
    aggregator: streamOf(seed, 'aggregator').chance(AGGREGATORS),
    hostsMindClock: true,
    amountMaxYuan: pick(random, [50, 900, 3_000]),
    sellsOffline,
    replyDeadlineMs: pick(random, [10_000, 30_000, 60_000]),
    walletReplyDeadlineMs: pick(random, [5_000, 10_000]),
    decideWithinMs: pick(random, [15_000, 30_000, 60_000]),
    segmentBytes: pick(random, [4_096, 16_384, 65_536]),
    syncMs: faults['F42'] === undefined ? 0 : pick(random, [5, 50, 500]),
  };
}

function drawWallets(
  random: SeededRandom,
): Pick<SwarmParameters['habits'], 'otherWallets' | 'methods' | 'goesOn' | 'refunds'> {
  return {
    otherWallets: pick(random, [0, 0.5, 0.8]),
    methods: pick(random, [0, 0.3, 0.7]),
    goesOn: pick(random, [0, 0.5, 1]),
    refunds: pick(random, [0, 0.1, 0.3]),
  };
}

function levelOf(seed: number, level: LevelChoice): SwarmLevel {
  if (level !== 'mixed') return level;
  return seed % BYTES_EVERY === 0 ? 'bytes' : 'ports';
}

function drawFaults(random: SeededRandom, level: SwarmLevel): Record<string, number> {
  const possible = FAULTS.filter(({ group }) => level === 'bytes' || group !== 'serial');
  const faults: Record<string, number> = {};
  for (const { id, rateMax, group } of possible) {
    const isOn = random.below(possible.length) < (group === 'serial' ? SERIAL_FAULTS_ON : FAULTS_ON);
    const rate = rateMax * pick(random, [0.1, 0.3, 1]);
    if (isOn) faults[id] = rate;
  }
  return faults;
}

/** One of the values. */
export function pick<T>(random: SeededRandom, values: readonly T[]): T {
  return values[random.below(values.length)] as T;
}
