import type { Key, ScreenModel, TimerId } from '../../firmware/hal/index.ts';
import { typedPin } from '../../hal-mock/cards/test-cards.ts';
import type { SeededRandom } from '../../hal-mock/random.ts';
import type { BookedSale } from './books.ts';
import { streamOf } from './dice.ts';
import { Errands } from './errands.ts';
import { profileOf } from './hosts.ts';
import { Phones } from './phones.ts';
import { type Reaction, REACTIONS } from './reactions.ts';
import { cardToReturn, saleToReturn } from './returns.ts';
import type { SwarmRun } from './run.ts';
import type { Station } from './station.ts';
import { pick } from './parameters.ts';
import { lastVisitOf, type Visit, visitOf, withCard } from './visit.ts';

const RETRY_MS = 300;
const RETRIES_MAX = 20;
const TRIES_TO_PAY_MAX = 3;
const WAYS_TRIED_MAX = 2;
const OWED_TRIES_MAX = 6;
const LAST_TRIES_MAX = 4;
const DAY_MS = 86_400_000;

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
  #isVisitChecked = true;
  #lastApproved: BookedSale | undefined;
  /** Closed before a settlement that was begun since the last idle screen. */
  #batchesBefore: number | undefined;
  #planWanted: number | undefined;
  #lastTries = 0;
  #lastBefore = '';
  #nextVisitMs = 0;
  readonly errands: Errands;
  readonly phones: Phones;
  #hasChosen = false;
  #waysTried = 0;
  #returned: BookedSale['intent'] | undefined;
  /** Faults are over and so is the shopping: whoever is left does everything right. */
  isHelpful = false;

  constructor(run: SwarmRun, station: Station) {
    this.#run = run;
    this.#station = station;
    this.#random = streamOf(run.parameters.seed, `hands ${station.number}`);
    this.errands = new Errands(run, this.#random, (...keys) => this.#press(...keys));
    this.phones = new Phones(run, station, (...keys) => this.#press(...keys));
    this.#visit = visitOf(run.parameters, station, 0);
    station.onScreen = ({ screen }) => this.#look(screen);
  }

  get isDone(): boolean {
    return this.#visits >= this.#run.parameters.sales;
  }

  /** Stops the shopping and repairs whatever stands about. */
  help(): void {
    this.isHelpful = true;
    this.errands.forget();
    this.repair();
    const { counter } = this.#station;
    counter.reader.pull();
    this.phones.confirm(this.#visit.customer);
    this.#lookAgain();
  }

  /** Whether the terminal can still sell, once faults are over and nothing is open: the very last sale. */
  beginLastSale(): void {
    this.isHelpful = false;
    this.#lastTries = LAST_TRIES_MAX;
    this.#lastBefore = this.#station.witness.books.last?.id ?? '';
    this.#lookAgain();
  }

  get hasSoldAgain(): boolean {
    const { last } = this.#station.witness.books;
    return last?.status === 'approved' && last.id !== this.#lastBefore;
  }

  /** Old keys or an old batch cost a sale and are renewed then. */
  #sellAgain(): void {
    if (this.hasSoldAgain) return;
    const { parameters, clock } = this.#run;
    // All shops share their cards, and three customers may have forgotten the PIN of this one.
    this.#run.acquirer.resetPinTries('debit');
    if (--this.#lastTries > 0) return this.#serve(lastVisitOf(parameters, this.#station, this.#lastTries));
    const { terminalId } = this.#station;
    const detail = `nothing is sold any more at ${clock.monotonicMs()} ms`;
    this.#run.violated({ invariant: 'I21', terminalId, detail });
  }

  repair(): void {
    const { printer, reader, scanner, pinPad } = this.#station.counter;
    if (this.#station.life === undefined) return;
    for (const device of [printer, reader, scanner, pinPad]) device.replug();
    printer.loadPaper();
    printer.closeCover();
  }

  /** At whatever stands there; what it says beside its name is not known any more. */
  #lookAgain(): void {
    this.#look({ id: this.#station.screenId, params: {}, options: [] as const } as unknown as ScreenModel);
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
    const { days, paceMs } = this.#run.parameters;
    if (this.isHelpful || this.#lastTries > 0) return paceMs;
    if (days === 0) return 500 + this.#random.below(10_000);
    // Whatever happens meanwhile, the next customer comes when they come.
    return Math.max(paceMs, this.#nextVisitMs - this.#run.clock.monotonicMs());
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
      return this.errands.begin('printOwed');
    }
    if (!this.#isVisitChecked) this.#checkVisit();
    this.#checkSettlement();
    if (this.#lastTries > 0) return this.#sellAgain();
    if (this.isHelpful || this.isDone) return;
    const errand = this.errands.next(screen);
    if (errand === 'settle') this.#batchesBefore = this.#batchesClosed();
    if (errand !== undefined) return this.errands.begin(errand);
    this.#serve(visitOf(this.#run.parameters, this.#station, this.#visits++));
  }

  #serve(visit: Visit): void {
    this.#visit = visit;
    this.#isVisitChecked = false;
    const { days, sales } = this.#run.parameters;
    const gapMs = days === 0 ? 0 : this.#random.below((2 * days * DAY_MS) / sales);
    this.#nextVisitMs = this.#run.clock.monotonicMs() + gapMs;
    this.#owedTries = 0;
    this.#triesToPay = 0;
    this.#pinTries = 0;
    this.#hasChosen = false;
    this.#waysTried = 0;
    this.phones.begin();
    this.#press(...(String(this.#visit.amountFen).split('') as Key[]), 'confirm');
  }

  /** Without faults an ordinary sale goes through; a terminal that sells nothing would break no other invariant. */
  #checkVisit(): void {
    this.#isVisitChecked = true;
    const { parameters } = this.#run;
    const { witness, terminalId } = this.#station;
    const { isOrdinary, amountFen } = this.#visit;
    if (!isOrdinary || parameters.days > 0 || Object.keys(parameters.faults).length > 0) return;
    const { last, sales } = witness.books;
    if (last?.status === 'approved' && last.intent.amountFen === amountFen && last !== this.#lastApproved) {
      this.#lastApproved = last;
      return;
    }
    const detail = `an ordinary sale of ${amountFen} fen, after ${sales.size} others, did not go through`;
    this.#run.violated({ invariant: 'I21', terminalId, detail });
  }

  #batchesClosed(): number {
    return this.#station.witness.books.settlements.closedBatches.size;
  }

  /** Without faults a settlement closes its batch. */
  #checkSettlement(): void {
    const before = this.#batchesBefore;
    this.#batchesBefore = undefined;
    const { parameters } = this.#run;
    if (before === undefined || parameters.days > 0 || Object.keys(parameters.faults).length > 0) return;
    if (this.#batchesClosed() > before) return;
    const { terminalId } = this.#station;
    this.#run.violated({ invariant: 'I21', terminalId, detail: 'a settlement without faults closed no batch' });
  }

  looksUp(screen: ScreenModel): void {
    if (this.errands.isReturning) return this.#bringsBack(screen);
    const { sales } = this.#station.witness.books;
    const inDoubt = [...sales.values()].filter(({ status }) => status === 'open' || status === 'handedOver');
    const isAsked = inDoubt.length > 0 && this.#random.chance(0.5);
    // Of other numbers some are those of a sale.
    const other = 1 + this.#random.below(Math.max(1, this.#visits * 2));
    this.errands.atVoucher(screen, isAsked ? pick(this.#random, inDoubt).intent.stan : other);
  }

  #bringsBack(screen: ScreenModel): void {
    this.#pinTries = 0;
    this.#returned = saleToReturn(this.#station, this.#random);
    this.errands.atVoucher(screen, this.#returned?.stan ?? 1);
  }

  presentsAgain(): boolean | void {
    const { reader } = this.#station.counter;
    const again = this.isHelpful ? undefined : cardToReturn(this.#returned, this.#random);
    if (again === undefined) return this.#press('cancel');
    const { card, way } = again;
    if (!reader.waitingFor.includes(way)) return false;
    this.#visit = { ...this.#visit, card, wrongPin: false };
    if (way === 'chip') reader.insert(card);
    else reader[way](card);
    return undefined;
  }

  /** A flood of keys may have typed something; only the right amount is confirmed. */
  atAmount({ params }: ScreenModel): void {
    this.#press(params?.['amountFen'] === this.#visit.amountFen && !this.isHelpful ? 'confirm' : 'cancel');
  }

  presents({ options }: ScreenModel): boolean | void {
    const { way, card, walksAway, isCancelled, method } = this.#visit;
    if (this.isHelpful || isCancelled || this.#triesToPay >= TRIES_TO_PAY_MAX) return this.#press('cancel');
    if (walksAway) return undefined;
    const chosen = options.find(({ id }) => id === method);
    if (chosen !== undefined && !this.#hasChosen) {
      this.#hasChosen = true;
      return this.#press(chosen.key);
    }
    if (way === 'code' || way === 'scan' || way === 'account') return this.#showsCode();
    const { reader } = this.#station.counter;
    if (!reader.waitingFor.includes(way)) return false;
    this.#triesToPay++;
    if (way === 'chip') this.insertsCard();
    else if (way === 'tap' && this.#run.dice.strikes('F19')) reader.tapTwo(card, card);
    else reader[way](card);
    return undefined;
  }

  /** Another plan, another way, the same again, or nothing. */
  refused({ options }: ScreenModel): void {
    if (options.length === 0) return this.acknowledges();
    if (this.isHelpful || !this.#visit.goesOn || this.#waysTried++ >= WAYS_TRIED_MAX) return this.#press('confirm');
    const option = pick(this.#random, options);
    if (option.id === 'otherMethod') {
      this.#visit = withCard(this.#visit);
      this.#pinTries = 0;
    }
    this.#press(option.key);
  }

  /** Where the customer is named, proves something or scans. */
  usesApp(screen: ScreenModel): boolean | void {
    if (this.isHelpful || this.#visit.isCancelled) return this.#press('cancel');
    return this.phones.act(screen, this.#visit);
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

  choosesPlan({ options }: ScreenModel): void {
    const option = options.find(({ key }) => key === this.#visit.plan) ?? options.at(-1);
    this.#planWanted = Number(option?.id);
    this.#press(this.isHelpful ? 'cancel' : (option?.key ?? 'cancel'));
  }

  /** Another plan than the one that was chosen is taken by nobody. */
  agrees({ params }: ScreenModel): void {
    if (this.isHelpful) return this.#press('cancel');
    if (params?.['periods'] === this.#planWanted) this.#press('confirm');
    else this.#press('cancel', 'cancel');
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
    if (this.#visit.confirmsPhone || this.isHelpful) this.phones.confirm(this.#visit.customer);
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

  /** Tries again, waits, or goes back to the till with the item still open. */
  settlesLater(): void {
    const { handsOver } = this.#run.parameters.habits;
    if (!this.isHelpful && this.#random.chance(Math.max(0.3, handsOver))) this.#press('cancel');
    else this.acknowledges();
  }

  leaves(): void {
    this.#press('cancel');
  }

  /** Confirms, or waits for the screen to go by itself. */
  acknowledges(): void {
    if (this.isHelpful || this.#random.chance(0.5)) this.#press('confirm');
  }
}
