import type { Key } from '../../firmware/hal/index.ts';
import type { Wallet } from '../../firmware/protocol/wallet/wallet-api.ts';
import type { TestCard } from '../../hal-mock/cards/test-cards.ts';
import type { SeededRandom } from '../../hal-mock/random.ts';
import type { SwarmCustomer } from './customers.ts';
import { streamOf } from './dice.ts';
import { SWARM_CARDS, SWARM_CODE_CUSTOMERS } from './hosts.ts';
import { pick, type SwarmParameters } from './parameters.ts';
import type { Station } from './station.ts';

/** Ways to pay of the menu, by their names there. */
type MethodId = 'huabei' | 'baitiao' | 'cardInstallment' | 'alipayCode' | 'wechatCode' | 'unionpayCode';

/** What one customer is going to do. */
export interface Visit {
  readonly amountFen: number;
  readonly card: TestCard;
  /** `scan`: the terminal shows a code; `account`: the customer is named. */
  readonly way: 'chip' | 'tap' | 'swipe' | 'code' | 'scan' | 'account';
  /** What the cashier chooses on the menu first. */
  readonly method: MethodId | undefined;
  readonly customer: SwarmCustomer;
  /** On the customer's phone. */
  readonly code: string;
  readonly plan: Key;
  readonly wrongPin: boolean;
  readonly walksAway: boolean;
  readonly isCancelled: boolean;
  readonly confirmsPhone: boolean;
  readonly hasScript: boolean;
  readonly proof: 'sms' | 'face';
  /** How the code of an SMS is typed; who is slow types it when nobody takes it any more. */
  readonly sms: 'right' | 'wrongOnce' | 'alwaysWrong' | 'slow';
  /** When a shown code is scanned. */
  readonly scans: 'soon' | 'late' | 'never';
  readonly printsCode: boolean;
  /** Tries another plan or another way after a refusal. */
  readonly goesOn: boolean;
  /** Nothing stands in its way: where there are no faults either, it ends with an approval. */
  readonly isOrdinary: boolean;
}

/** Endings in fen that no host has an opinion about. */
const QUIET_ENDINGS = [0, 0, 0, 0, 20, 33, 80];
/** The acquirer calls every PIN wrong, as often as it is asked. */
const WRONG_PIN_ENDING = 55;
const ORDINARY_CARDS = ['debit', 'credit', 'credit-signature', 'credit-gold', 'contactless', 'phone', 'magstripe-only'];
const ORDINARY_CUSTOMERS = 'ordinary huabei credit needsConfirm confirmsSlowly baitiao noBaitiao asksPhone'.split(' ');
/** Some more often than others. */
const METHODS: readonly MethodId[] = [
  'huabei',
  'baitiao',
  'baitiao',
  'cardInstallment',
  'cardInstallment',
  'alipayCode',
  'wechatCode',
  'unionpayCode',
];
/** By whom a customer pays who chose a method, or who shows a code. */
const WALLET_OF: Readonly<Record<Exclude<MethodId, 'cardInstallment'>, Wallet>> = {
  huabei: 'alipay',
  baitiao: 'jd',
  alipayCode: 'alipay',
  wechatCode: 'wechat',
  unionpayCode: 'unionpay',
};
const OTHER_WALLETS: readonly Wallet[] = ['wechat', 'jd', 'unionpay'];
/** Of visits in a shop that sells offline: a chip without a PIN, the only sale that may stand alone; some are too large. */
const SIGNING_SHARE = 0.4;
/** Of visits in other shops, where such a sale must not stand alone. */
const SIGNING_SHARE_ELSEWHERE = 0.15;
const SIGNING_YUAN_MAX = 300;
/** Issuers take nothing below it by instalments: 500 yuan, as the simulated one has it. */
const INSTALMENTS_FROM_YUAN = 500;
/** Where answers name other instalments, so many choose a method and a plan, of things that are worth it. */
const PLANS_MIN = { methods: 0.5, instalments: 0.8, amountMaxYuan: 900 } as const;
/** Share of phones that are not confirmed where the cancels of their orders go wrong. */
const CANCELS_MIN = 0.4;

/** The visit of that number, drawn from the seed alone. */
export function visitOf(drawn: SwarmParameters, station: Station, number: number): Visit {
  const parameters = aboutPlans(drawn);
  const { seed, habits, amountMaxYuan, sellsOffline, faults } = parameters;
  const random = streamOf(seed, `visit ${station.number} ${number}`);
  const isOdd = random.chance(habits.oddCard);
  const card = pick(
    random,
    SWARM_CARDS.filter(({ id }) => isOdd || ORDINARY_CARDS.includes(id)),
  );
  const ending = isOdd && random.chance(0.2) ? WRONG_PIN_ENDING : pick(random, QUIET_ENDINGS);
  const way = random.chance(habits.codes) ? 'code' : pick(random, card.interfaces);
  const signs = signsIn(sellsOffline, sellsOffline ? random : streamOf(seed, `signing ${station.number} ${number}`));
  const isAboutCancels = faults['F34'] !== undefined || faults['F35'] !== undefined;
  const yuanMax = signs ? SIGNING_YUAN_MAX : amountMaxYuan;
  const phone = phoneOf(parameters, station, { way, isOdd }, streamOf(seed, `phone ${station.number} ${number}`));
  // A debit card has no instalments, and who meant to show a code has any card.
  const isFit = isOdd || (card.account !== 'debit' && card.interfaces.some((each) => each === phone.way));
  const creditCard = isFit ? card : cardOf('credit-gold');
  const visit: Omit<Visit, 'isOrdinary'> = {
    amountFen: amountYuan(1 + random.below(yuanMax), yuanMax, phone.method) * 100 + ending,
    ...phone,
    card: signs ? signingCard(isOdd) : phone.method === 'cardInstallment' ? creditCard : card,
    way: signs ? 'chip' : phone.way,
    method: signs ? undefined : phone.method,
    plan: random.chance(habits.instalments) ? pick(random, ['1', '2', '3'] as const) : '0',
    wrongPin: random.chance(habits.wrongPin),
    walksAway: random.chance(habits.walksAway),
    isCancelled: random.chance(habits.cashierCancels),
    confirmsPhone: !random.chance(Math.max(habits.walksAway * 2, isAboutCancels ? CANCELS_MIN : 0)),
    hasScript: random.chance(habits.scripts),
  };
  return { ...visit, isOrdinary: !isOdd && isAble(visit) && isWilling(visit) };
}

/** Who asks for instalments of a card buys something that is worth them, where the shop has such things. */
function amountYuan(yuan: number, yuanMax: number, method: Visit['method']): number {
  const isTooSmall = method === 'cardInstallment' && yuan < INSTALMENTS_FROM_YUAN && yuanMax > INSTALMENTS_FROM_YUAN;
  return isTooSmall ? yuan + INSTALMENTS_FROM_YUAN : yuan;
}

/** Few sales have a plan: a fault that only they can have would hardly find one. */
function aboutPlans(parameters: SwarmParameters): SwarmParameters {
  const { faults, habits, amountMaxYuan } = parameters;
  if (faults['F53'] === undefined) return parameters;
  return {
    ...parameters,
    amountMaxYuan: Math.max(amountMaxYuan, PLANS_MIN.amountMaxYuan),
    habits: {
      ...habits,
      methods: Math.max(habits.methods, PLANS_MIN.methods),
      instalments: Math.max(habits.instalments, PLANS_MIN.instalments),
    },
  };
}

type PhonePart = 'way' | 'method' | 'customer' | 'code' | 'proof' | 'sms' | 'scans' | 'printsCode' | 'goesOn';

/** What of a visit has to do with wallets and with the menu. */
function phoneOf(
  { habits, aggregator }: SwarmParameters,
  { customers }: Station,
  { way, isOdd }: Pick<Visit, 'way'> & { readonly isOdd: boolean },
  random: SeededRandom,
): Pick<Visit, PhonePart> {
  const method = random.chance(habits.methods) ? pick(random, METHODS) : undefined;
  const other = random.chance(habits.otherWallets) ? pick(random, OTHER_WALLETS) : 'alipay';
  const wallet = method === undefined || method === 'cardInstallment' ? other : WALLET_OF[method];
  const host = aggregator || wallet === 'unionpay' ? 'lakala' : wallet;
  // Who asks for credit has it, unless they are odd.
  const onCredit = method === 'baitiao' || method === 'huabei';
  const isUsual = (each: SwarmCustomer): boolean =>
    ORDINARY_CUSTOMERS.includes(each.kind) && (each.hasCredit || !onCredit);
  const customer = pick(
    random,
    customers.filter((each) => each.host === host && (isOdd || isUsual(each))),
  );
  return {
    method,
    customer,
    way: wayOf(method, way, random),
    code: wallet === 'unionpay' && !aggregator ? unionpayCode(random, isOdd) : (customer.codes[wallet] ?? ''),
    proof: pick(random, ['sms', 'face']),
    sms: random.chance(habits.wrongPin) ? pick(random, ['wrongOnce', 'alwaysWrong', 'slow']) : 'right',
    scans: random.chance(habits.walksAway * 2) ? 'never' : pick(random, ['soon', 'soon', 'late']),
    printsCode: random.chance(0.2),
    goesOn: random.chance(habits.goesOn),
  };
}

/** The acquirer charges it, and no host of ours knows its customer. */
function unionpayCode(random: SeededRandom, isOdd: boolean): string {
  const customers = SWARM_CODE_CUSTOMERS.filter(({ id }) => isOdd || id === 'code');
  return pick(random, customers).code;
}

function wayOf(method: MethodId | undefined, way: Visit['way'], random: SeededRandom): Visit['way'] {
  if (method === undefined) return way;
  if (method === 'cardInstallment') return way === 'code' ? 'chip' : way;
  if (method === 'huabei') return 'code';
  if (method === 'baitiao') return random.chance(0.7) ? 'account' : 'code';
  return 'scan';
}

function isAble({ way, method, plan, customer, code }: Omit<Visit, 'isOrdinary'>): boolean {
  if (way === 'account') return customer.host === 'jd' && customer.hasCredit;
  if (method === 'baitiao') return customer.host === 'jd' && (customer.hasCredit || plan === '0');
  if (way === 'code' && code.startsWith('62')) return true;
  if (way === 'code') return customer.hasCredit || plan === '0' || customer.host === 'wechat';
  return true;
}

function isWilling(visit: Omit<Visit, 'isOrdinary'>): boolean {
  const { wrongPin, walksAway, isCancelled, confirmsPhone, sms, scans } = visit;
  return !wrongPin && !walksAway && !isCancelled && confirmsPhone && sms === 'right' && scans !== 'never';
}

function signingCard(isOdd: boolean): TestCard {
  return cardOf(isOdd ? 'refuses-after-approval' : 'credit-signature');
}

function signsIn(sellsOffline: boolean, random: SeededRandom): boolean {
  return random.chance(sellsOffline ? SIGNING_SHARE : SIGNING_SHARE_ELSEWHERE);
}

/** A chip with a PIN, and a slip: every device but the scanner has to work. */
export function lastVisitOf(parameters: SwarmParameters, station: Station, number: number): Visit {
  const people = { wrongPin: 0, walksAway: 0, cashierCancels: 0, oddCard: 0, scripts: 0, goesOn: 0, refunds: 0 };
  const calm = { ...people, codes: 0, instalments: 0, methods: 0, otherWallets: 0 };
  const habits = { ...parameters.habits, ...calm };
  const visit = visitOf({ ...parameters, habits, faults: {} }, station, -number);
  return { ...visit, way: 'chip', card: cardOf('debit') };
}

/** The same customer after a refusal, with a card this time. */
export function withCard(visit: Visit): Visit {
  return { ...visit, method: undefined, way: 'chip', card: cardOf('credit-gold') };
}

function cardOf(id: string): TestCard {
  const card = SWARM_CARDS.find((each) => each.id === id);
  if (card === undefined) throw new RangeError('there is no such card');
  return card;
}
