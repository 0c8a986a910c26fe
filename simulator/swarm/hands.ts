import type { Key, ScreenModel, TimerId } from '../../firmware/hal/index.ts';
import { type TestCard, typedPin } from '../../hal-mock/cards/test-cards.ts';
import type { SeededRandom } from '../../hal-mock/random.ts';
import { TEST_SUPERVISOR } from '../../hal-mock/supervisors.ts';
import { streamOf } from './dice.ts';
import { profileOf, SWARM_CARDS } from './hosts.ts';
import { pick, type SwarmParameters } from './parameters.ts';
import type { SwarmRun } from './run.ts';
import type { Station } from './station.ts';

/** What one customer is going to do. */
interface Visit {
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
}

/** What a cashier opens the menu for. */
type Errand = 'settle' | 'lookUp' | 'printOwed' | 'handOver';

const ERRAND_KEYS: Readonly<Record<Errand, Key>> = { settle: '1', lookUp: '2', printOwed: '3', handOver: '5' };
const TOO_FEW = ['1', '9'] as const;

const RETRY_MS = 300;
const RETRIES_MAX = 20;
const TRIES_TO_PAY_MAX = 3;
const OWED_TRIES_MAX = 6;
/** Endings in fen that no host has an opinion about. */
const QUIET_ENDINGS = [0, 0, 0, 0, 20, 33, 80];
const ORDINARY_CARDS = ['debit', 'credit', 'credit-signature', 'credit-gold', 'contactless', 'phone', 'magstripe-only'];
const ORDINARY_CUSTOMERS = ['ordinary', 'huabei', 'needsConfirm', 'confirmsSlowly'];
const DAY_MS = 86_400_000;

function visitOf({ seed, habits, amountMaxYuan }: SwarmParameters, station: Station, number: number): Visit {
  const random = streamOf(seed, `visit ${station.number} ${number}`);
  const isOdd = random.chance(habits.oddCard);
  const cards = SWARM_CARDS.filter(({ id }) => isOdd || ORDINARY_CARDS.includes(id));
  const card = pick(random, cards);
  const customers = station.customers.filter(({ id }) => isOdd || ORDINARY_CUSTOMERS.includes(id.split('-')[0] ?? ''));
  const customer = pick(random, customers);
  const way = random.chance(habits.codes) ? 'code' : pick(random, card.interfaces);
  return {
    amountFen: (1 + random.below(amountMaxYuan)) * 100 + pick(random, QUIET_ENDINGS),
    card,
    way,
    code: customer.code,
    customerId: customer.id,
    plan: random.chance(habits.instalments) ? pick(random, ['1', '2', '3'] as const) : '0',
    wrongPin: random.chance(habits.wrongPin),
    walksAway: random.chance(habits.walksAway),
    isCancelled: random.chance(habits.cashierCancels),
    confirmsPhone: !random.chance(habits.walksAway * 2),
    hasScript: random.chance(habits.scripts),
  };
}

/** A reaction; `false` asks to be tried again in a moment, while the same screen stands. */
type Reaction = (hands: Hands, screen: ScreenModel) => boolean | void;

/** Cashier and customer of one terminal: they look at the screen and do what it says, most of the time. */
export class Hands {
  readonly #run: SwarmRun;
  readonly #station: Station;
  readonly #random: SeededRandom;
  #timer: TimerId | undefined;
  #visit: Visit;
  #visits = 0;
  #triesToPay = 0;
  #pinTries = 0;
  #owedTries = 0;
  #errand: Errand | undefined;
  #settledOnDay = 0;
  /** Faults are over and so is the shopping: whoever is left does everything right. */
  isHelpful = false;

  constructor(run: SwarmRun, station: Station) {
    this.#run = run;
    this.#station = station;
    this.#random = streamOf(run.parameters.seed, `hands ${station.number}`);
    this.#visit = visitOf(run.parameters, station, 0);
    station.onScreen = ({ screen }) => this.#look(screen);
  }

  get isDone(): boolean {
    return this.#visits >= this.#run.parameters.sales;
  }

  /** Stops the shopping and repairs whatever stands about. */
  help(): void {
    this.isHelpful = true;
    this.repair();
    const { counter } = this.#station;
    counter.reader.pull();
    const { customerId } = this.#visit;
    this.#run.wallet.phone(customerId).confirm();
    this.#look({ id: this.#station.screenId } as ScreenModel);
  }

  repair(): void {
    const { printer, reader, scanner, pinPad } = this.#station.counter;
    if (this.#station.life === undefined) return;
    for (const device of [printer, reader, scanner, pinPad]) device.replug();
    printer.loadPaper();
    printer.closeCover();
  }

  #look(screen: ScreenModel): void {
    if (this.#timer !== undefined) this.#run.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    const reaction = REACTIONS[screen.id];
    if (reaction === undefined || this.#run.isOver) return;
    const { paceMs } = this.#run.parameters;
    this.#later(reaction, screen, screen.id === 'idle' ? this.#gapMs() : paceMs + this.#random.below(paceMs), 0);
  }

  #later(reaction: Reaction, screen: ScreenModel, delayMs: number, tries: number): void {
    this.#timer = this.#run.clock.setTimeout(() => {
      if (this.#station.life === undefined || this.#station.pausedUntilMs > this.#run.clock.monotonicMs()) {
        this.#later(reaction, screen, RETRY_MS, tries);
      } else if (reaction(this, screen) === false && tries < RETRIES_MAX) {
        this.#later(reaction, screen, RETRY_MS, tries + 1);
      }
    }, delayMs);
  }

  /** Until the next customer comes. */
  #gapMs(): number {
    const { days, sales, paceMs } = this.#run.parameters;
    if (this.isHelpful) return paceMs;
    return days === 0 ? 500 + this.#random.below(10_000) : this.#random.below((2 * days * DAY_MS) / sales);
  }

  #press(...keys: readonly Key[]): void {
    this.#station.keypad.type(...keys);
  }

  atIdle(screen: ScreenModel): void {
    this.#station.counter.printer.paper.tear();
    this.#station.counter.reader.pull();
    this.#station.counter.scanner.hide();
    const copiesOwed = Number(screen.params?.['copiesOwed'] ?? 0);
    if (copiesOwed > 0 && this.#owedTries < OWED_TRIES_MAX && (this.isHelpful || this.#random.chance(0.5))) {
      this.#owedTries++;
      this.repair();
      return this.#goOn('printOwed');
    }
    if (this.isHelpful || this.isDone) return;
    const errand = this.#errandOf(screen);
    if (errand !== undefined) return this.#goOn(errand);
    this.#visit = visitOf(this.#run.parameters, this.#station, this.#visits++);
    this.#owedTries = 0;
    this.#triesToPay = 0;
    this.#pinTries = 0;
    this.#press(...(String(this.#visit.amountFen).split('') as Key[]), 'confirm');
  }

  /** Once a day, or as the habits of this shop have it. */
  #errandOf({ params }: ScreenModel): Errand | undefined {
    const { habits, days } = this.#run.parameters;
    const day = Math.floor(this.#run.clock.monotonicMs() / DAY_MS);
    if (days > 0 && day > this.#settledOnDay) {
      this.#settledOnDay = day;
      return 'settle';
    }
    if (Number(params?.['openItems'] ?? 0) > 0 && this.#random.chance(habits.handsOver)) return 'handOver';
    if (this.#random.chance(habits.settles)) return 'settle';
    return this.#random.chance(habits.looksUp) ? 'lookUp' : undefined;
  }

  #goOn(errand: Errand): void {
    this.#errand = errand;
    this.#press('function');
  }

  /** Somebody may have leant on the keys: without an errand the menu is left again. */
  atMenu(): void {
    const errand = this.#errand;
    this.#errand = undefined;
    this.#press(errand === undefined ? 'cancel' : ERRAND_KEYS[errand]);
    if (errand !== 'settle' && errand !== 'printOwed') this.#errand = errand;
  }

  atVoucher({ params }: ScreenModel): void {
    if (this.#errand !== 'lookUp' || params?.['digits'] !== '') return this.#press('cancel');
    this.#errand = undefined;
    const stan = 1 + this.#random.below(Math.max(1, this.#visits * 2));
    this.#press(...(String(stan).split('') as Key[]), 'confirm');
  }

  atOpenItem(): void {
    if (this.#errand !== 'handOver' || this.isHelpful) return this.#press('cancel');
    this.#press(this.#random.chance(0.2) ? 'function' : 'confirm');
  }

  atSupervisor({ params }: ScreenModel): void {
    if (this.#errand !== 'handOver' || params?.['digits'] !== '') return this.#press('cancel');
    this.#press(...(TEST_SUPERVISOR.number.split('') as Key[]), 'confirm');
  }

  atPasscode({ params }: ScreenModel): void {
    if (this.#errand !== 'handOver' || params?.['digits'] !== 0) return this.#press('cancel');
    const digits = this.#random.chance(0.3) ? TOO_FEW : (TEST_SUPERVISOR.passcode.split('') as Key[]);
    this.#press(...digits, 'confirm');
  }

  /** A flood of keys may have typed something; only the right amount is confirmed. */
  atAmount({ params }: ScreenModel): void {
    this.#press(params?.['amountFen'] === this.#visit.amountFen && !this.isHelpful ? 'confirm' : 'cancel');
  }

  presents(): boolean | void {
    const { way, card, walksAway, isCancelled } = this.#visit;
    if (this.isHelpful || isCancelled || this.#triesToPay >= TRIES_TO_PAY_MAX) return this.#press('cancel');
    if (walksAway) return undefined;
    if (way === 'code') return this.#showsCode();
    const { reader } = this.#station.counter;
    if (!reader.waitingFor.includes(way)) return false;
    this.#triesToPay++;
    if (way === 'chip') this.insertsCard();
    else if (way === 'tap' && this.#run.dice.strikes('F19')) reader.tapTwo(card, card);
    else reader[way](card);
    return undefined;
  }

  #showsCode(): void {
    const { scanner } = this.#station.counter;
    this.#triesToPay++;
    scanner.show(this.#visit.code);
    this.#run.clock.setTimeout(() => scanner.hide(), 1_000);
  }

  insertsCard(): void {
    const { reader } = this.#station.counter;
    const { dice, clock } = this.#run;
    if (this.isHelpful) return this.#press('cancel');
    if (this.#visit.hasScript) this.#run.acquirer.issueScript(this.#visit.card.id);
    if (dice.strikes('F18')) reader.failNextChip();
    if (dice.strikes('F17')) clock.setTimeout(() => reader.pull(), dice.random('F17').below(6_000));
    reader.insert(this.#visit.card);
  }

  swipesCard(): boolean | void {
    const { reader } = this.#station.counter;
    if (this.isHelpful || this.#triesToPay++ >= TRIES_TO_PAY_MAX) return this.#press('cancel');
    reader.pull();
    return reader.swipe(this.#visit.card);
  }

  choosesPlan(): void {
    this.#press(this.isHelpful ? 'cancel' : this.#visit.plan);
  }

  agrees(): void {
    this.#press(this.isHelpful ? 'cancel' : 'confirm');
  }

  typesPin(): boolean | void {
    const { pinPad } = this.#station.counter;
    if (!pinPad.prompting) return false;
    if (this.#run.dice.strikes('F21')) return this.#spoilsPin();
    this.#pinTries++;
    const { card, wrongPin } = this.#visit;
    pinPad.typeDigits(wrongPin && this.#pinTries === 1 && !this.isHelpful ? '000000' : typedPin(card, this.#pinTries));
    pinPad.press('confirm');
  }

  #spoilsPin(): void {
    const { pinPad } = this.#station.counter;
    const { dice, clock } = this.#run;
    switch (dice.random('F21').below(8)) {
      case 0:
      case 1:
      case 2:
        return pinPad.press('cancel');
      case 3:
      case 4:
        return undefined;
      case 5:
        return pinPad.loseKeys();
      default:
        pinPad.unplug();
        clock.setTimeout(() => pinPad.replug(), 3_000);
    }
  }

  usesPhone(): void {
    if (this.#visit.confirmsPhone || this.isHelpful) this.#run.wallet.phone(this.#visit.customerId).confirm();
    else if (this.#visit.isCancelled) this.#press('cancel');
  }

  tears(): void {
    this.#station.counter.printer.paper.tear();
    this.#press('confirm');
  }

  takesCard(): void {
    this.#station.counter.reader.pull();
  }

  mendsPrinter(): void {
    if (!this.isHelpful && this.#random.chance(0.2)) return this.#press('cancel');
    this.repair();
    return this.#press('confirm');
  }

  activates(): void {
    this.#station.counter.pinPad.loadMasterKey(profileOf(this.#station.number).masterKey);
    this.#press('confirm');
  }

  restarts(screen: ScreenModel): boolean | void {
    const { isTamperedWith, life } = this.#station;
    if (screen.id === 'journalDamaged' && isTamperedWith && life !== undefined) {
      this.#station.die('kill');
      return this.#station.mend();
    }
    this.repair();
    this.#press('confirm');
    return false;
  }

  /** Some shops do not wait: a supervisor is at hand. */
  awaitsRecovery(): void {
    const { handsOver } = this.#run.parameters.habits;
    if (!this.isHelpful && this.#random.chance(handsOver)) this.#press('cancel');
    else this.acknowledges();
  }

  /** Confirms, or waits for the screen to go by itself. */
  acknowledges(): void {
    if (this.isHelpful || this.#random.chance(0.5)) this.#press('confirm');
  }
}

const acknowledge: Reaction = (hands) => hands.acknowledges();

const REACTIONS: Readonly<Record<string, Reaction>> = {
  idle: (hands, screen) => hands.atIdle(screen),
  enterAmount: (hands, screen) => hands.atAmount(screen),
  presentCard: (hands) => hands.presents(),
  insertCard: (hands) => hands.insertsCard(),
  swipeCard: (hands) => hands.swipesCard(),
  choosePlan: (hands) => hands.choosesPlan(),
  confirmPlan: (hands) => hands.agrees(),
  enterPin: (hands) => hands.typesPin(),
  waitingForCustomer: (hands) => hands.usesPhone(),
  tearReceipt: (hands) => hands.tears(),
  printerProblem: (hands) => hands.mendsPrinter(),
  removeCard: (hands) => hands.takesCard(),
  activation: (hands) => hands.activates(),
  outOfService: (hands, screen) => hands.restarts(screen),
  journalDamaged: (hands, screen) => hands.restarts(screen),
  selfTestFailed: (hands, screen) => hands.restarts(screen),
  cardProblem: acknowledge,
  scanProblem: acknowledge,
  deviceProblem: acknowledge,
  pinProblem: acknowledge,
  declined: acknowledge,
  notSent: acknowledge,
  cancelled: acknowledge,
  timedOut: acknowledge,
  outcomeUnknown: acknowledge,
  signOnFailed: acknowledge,
  recoveryWaiting: (hands) => hands.awaitsRecovery(),
  settled: acknowledge,
  settlementFailed: acknowledge,
  supervisorRefused: acknowledge,
  handedOver: acknowledge,
  saleTruth: acknowledge,
  menu: (hands) => hands.atMenu(),
  enterVoucher: (hands, screen) => hands.atVoucher(screen),
  openItem: (hands) => hands.atOpenItem(),
  enterSupervisor: (hands, screen) => hands.atSupervisor(screen),
  enterPasscode: (hands, screen) => hands.atPasscode(screen),
};
