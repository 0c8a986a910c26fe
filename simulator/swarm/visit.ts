import type { Key } from '../../firmware/hal/index.ts';
import type { TestCard } from '../../hal-mock/cards/test-cards.ts';
import type { SeededRandom } from '../../hal-mock/random.ts';
import { streamOf } from './dice.ts';
import { SWARM_CARDS } from './hosts.ts';
import { pick, type SwarmParameters } from './parameters.ts';
import type { Station } from './station.ts';

/** What one customer is going to do. */
export interface Visit {
  readonly amountFen: number;
  readonly card: TestCard;
  readonly way: 'chip' | 'tap' | 'swipe' | 'code';
  readonly code: string;
  readonly customerId: string;
  readonly plan: Key;
  readonly wrongPin: boolean;
  readonly walksAway: boolean;
  readonly isCancelled: boolean;
  readonly confirmsPhone: boolean;
  readonly hasScript: boolean;
  /** Nothing stands in its way: where there are no faults either, it ends with an approval. */
  readonly isOrdinary: boolean;
}

/** Endings in fen that no host has an opinion about. */
const QUIET_ENDINGS = [0, 0, 0, 0, 20, 33, 80];
/** The acquirer calls every PIN wrong, as often as it is asked. */
const WRONG_PIN_ENDING = 55;
const ORDINARY_CARDS = ['debit', 'credit', 'credit-signature', 'credit-gold', 'contactless', 'phone', 'magstripe-only'];
const ORDINARY_CUSTOMERS = ['ordinary', 'huabei', 'needsConfirm', 'confirmsSlowly'];
/** Of visits in a shop that sells offline: a chip without a PIN, the only sale that may stand alone; some are too large. */
const SIGNING_SHARE = 0.4;
/** Of visits in other shops, where such a sale must not stand alone. */
const SIGNING_SHARE_ELSEWHERE = 0.15;
const SIGNING_YUAN_MAX = 300;
/** Share of phones that are not confirmed where the cancels of their orders go wrong. */
const CANCELS_MIN = 0.4;

/** The visit of that number, drawn from the seed alone. */
export function visitOf(
  { seed, habits, amountMaxYuan, sellsOffline, faults }: SwarmParameters,
  station: Station,
  number: number,
): Visit {
  const random = streamOf(seed, `visit ${station.number} ${number}`);
  const isOdd = random.chance(habits.oddCard);
  const cards = SWARM_CARDS.filter(({ id }) => isOdd || ORDINARY_CARDS.includes(id));
  const card = pick(random, cards);
  const customers = station.customers.filter(({ id }) => isOdd || ORDINARY_CUSTOMERS.includes(id.split('-')[0] ?? ''));
  const customer = pick(random, customers);
  const ending = isOdd && random.chance(0.2) ? WRONG_PIN_ENDING : pick(random, QUIET_ENDINGS);
  const way = random.chance(habits.codes) ? 'code' : pick(random, card.interfaces);
  const signs = signsIn(sellsOffline, sellsOffline ? random : streamOf(seed, `signing ${station.number} ${number}`));
  const isAboutCancels = faults['F34'] !== undefined || faults['F35'] !== undefined;
  const yuanMax = signs ? SIGNING_YUAN_MAX : amountMaxYuan;
  const visit: Omit<Visit, 'isOrdinary'> = {
    amountFen: (1 + random.below(yuanMax)) * 100 + ending,
    card: signs ? cardOf(isOdd ? 'refuses-after-approval' : 'credit-signature') : card,
    way: signs ? 'chip' : way,
    code: customer.code,
    customerId: customer.id,
    plan: random.chance(habits.instalments) ? pick(random, ['1', '2', '3'] as const) : '0',
    wrongPin: random.chance(habits.wrongPin),
    walksAway: random.chance(habits.walksAway),
    isCancelled: random.chance(habits.cashierCancels),
    confirmsPhone: !random.chance(Math.max(habits.walksAway * 2, isAboutCancels ? CANCELS_MIN : 0)),
    hasScript: random.chance(habits.scripts),
  };
  const isAble = !isOdd && (visit.plan === '0' || way !== 'code' || customer.huabeiLimitFen !== undefined);
  const isWilling = !visit.wrongPin && !visit.walksAway && !visit.isCancelled && visit.confirmsPhone;
  return { ...visit, isOrdinary: isAble && isWilling };
}

function signsIn(sellsOffline: boolean, random: SeededRandom): boolean {
  return random.chance(sellsOffline ? SIGNING_SHARE : SIGNING_SHARE_ELSEWHERE);
}

/** A chip with a PIN, and a slip: every device but the scanner has to work. */
export function lastVisitOf(parameters: SwarmParameters, station: Station, number: number): Visit {
  const calm = { codes: 0, instalments: 0, wrongPin: 0, walksAway: 0, cashierCancels: 0, oddCard: 0, scripts: 0 };
  const habits = { ...parameters.habits, ...calm };
  const visit = visitOf({ ...parameters, habits }, station, -number);
  return { ...visit, way: 'chip', card: cardOf('debit') };
}

function cardOf(id: string): TestCard {
  const card = SWARM_CARDS.find((each) => each.id === id);
  if (card === undefined) throw new RangeError('there is no such card');
  return card;
}
