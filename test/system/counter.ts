import type { CardInterface, Key, ScreenModel } from '../../firmware/hal/index.ts';
import { type JournaledSale, openSales, owedCopies } from '../../firmware/journal/fold.ts';
import type { TerminalSettings } from '../../firmware/settings.ts';
import { createTerminal, type Terminal } from '../../firmware/system.ts';
import { walletCustomer } from '../../simulator/wallet/customers.ts';
import { DEFAULT_SETTINGS } from '../../firmware/settings.ts';
import { Shop } from '../firmware/shop.ts';

/** The power failed while somebody waited for the terminal. */
export class PowerFailed extends Error {
  override readonly name = 'PowerFailed';
}

/** The terminal went out of service while somebody waited for it. */
export class OutOfService extends Error {
  override readonly name = 'OutOfService';
}

const REPRINT_MARK = '重打印';
const COPY_NAMES = ['商户存根', '持卡人存根'];

/** A whole terminal on the counter of a {@link Shop}, and the hands around it. */
export class Counter {
  readonly shop: Shop;
  terminal: Terminal;
  /** Where the machines were, every place once. */
  readonly paths = new Set<string>();

  constructor(settings: TerminalSettings = DEFAULT_SETTINGS) {
    this.shop = new Shop(settings);
    this.terminal = this.#begin();
  }

  #begin(): Terminal {
    const terminal = createTerminal(this.shop.life.ports, this.shop.settings);
    terminal.onStateChange((path) => this.paths.add(path));
    terminal.onRestartNeeded(() => {
      this.shop.life.isOver = true;
    });
    return terminal;
  }

  /** Power off and on: the terminal begins again with what its journal holds. */
  reboot(): void {
    this.terminal.stop();
    this.shop.powerCut();
    this.terminal = this.#begin();
    this.terminal.start();
  }

  get screen(): ScreenModel | undefined {
    return this.shop.display.current;
  }

  /** Ids of all screens so far. */
  screens(): string[] {
    return this.shop.display.history.map(({ id }) => id);
  }

  /** Moves time until the condition holds; throws {@link PowerFailed} or {@link OutOfService} when that comes first. */
  async until(condition: () => boolean, what: string, withinMs = 120_000): Promise<void> {
    const { clock } = this.shop;
    const isOut = (): boolean => this.terminal.statePath() === 'terminal.outOfService';
    await clock.runUntil(() => this.shop.life.isOver || condition() || isOut(), withinMs, what);
    if (this.shop.life.isOver) throw new PowerFailed();
    if (!condition() && isOut()) throw new OutOfService();
  }

  untilScreen(id: string): Promise<void> {
    return this.until(() => this.screen?.id === id, `screen ${id}`);
  }

  untilState(path: string, withinMs = 120_000): Promise<void> {
    return this.until(() => this.terminal.statePath().endsWith(path), path, withinMs);
  }

  press(...keys: readonly Key[]): void {
    this.shop.keypad.type(...keys);
  }

  async enter(amountFen: number): Promise<void> {
    await this.untilState('terminal.idle');
    this.press(...(String(amountFen).split('') as Key[]), 'confirm');
  }

  async present(cardId: string, how: CardInterface): Promise<void> {
    await this.until(() => this.shop.life.reader.waitingFor.includes(how), `the reader waits for ${how}`);
    this.shop.present(cardId, how);
  }

  async typePin(pin = '123456'): Promise<void> {
    await this.until(() => this.shop.pinPad.prompting, 'the PIN pad asks');
    this.shop.pinPad.typeDigits(pin);
    this.shop.pinPad.press('confirm');
  }

  async showCode(customer: string): Promise<void> {
    await this.until(() => this.shop.scanner.looks, 'the scanner looks');
    this.shop.scanner.show(walletCustomer(customer).code);
  }

  /** Until the sale is over and nothing is left in the terminal's hands; takes a forgotten card out. */
  async atRest(withinMs = 120_000): Promise<void> {
    const isAtRest = (): boolean => {
      if (this.screen?.id === 'removeCard') this.shop.life.reader.pull();
      return this.terminal.statePath() === 'terminal.idle' && openSales(this.terminal.journalState()).length === 0;
    };
    await this.until(isAtRest, 'the terminal is idle and has nothing open', withinMs);
  }

  /** Prints what is still owed, as a cashier does after a power cut. */
  async printOwed(): Promise<void> {
    if (owedCopies(this.terminal.journalState()).length === 0) return;
    this.press('function', '3');
    await this.until(() => owedCopies(this.terminal.journalState()).length === 0, 'all copies are printed');
    await this.atRest();
  }

  /** Sales that stand, as the journal has them. */
  #standing(): readonly JournaledSale[] {
    return [...this.terminal.journalState().sales.values()].filter(({ status }) => status === 'approved');
  }

  /** What the hosts have and what the journal says they should have, in fen: cards, then wallet. */
  books(): { readonly hosts: readonly number[]; readonly journal: readonly number[] } {
    const sumOf = (type: JournaledSale['intent']['type']): number =>
      this.#standing().reduce((sum, { intent }) => sum + (intent.type === type ? intent.amountFen : 0), 0);
    const { acquirer, wallets } = this.shop;
    return { hosts: [acquirer.netFen(), wallets.netFen()], journal: [sumOf('cardIntent'), sumOf('walletIntent')] };
  }

  /** What is wrong with the money after one sale: nothing, whatever happened. */
  wrongs(): string[] {
    const { slips, tornSlips } = this.shop;
    const standing = this.#standing();
    const { hosts, journal } = this.books();
    const hostFen = hosts.reduce((sum, fen) => sum + fen, 0);
    const shown = new Set(this.screens());
    const said = ['declined', 'notSent', 'cancelled'].filter((id) => shown.has(id));
    const wrongs: [boolean, string][] = [
      [openSales(this.terminal.journalState()).length > 0, 'something is still open'],
      [hosts.join() !== journal.join(), `the hosts have ${hosts.join()} fen, the journal ${journal.join()}`],
      [standing.length > 1, 'the customer was charged twice'],
      [shown.has('approved') && standing.length === 0, 'approved was on the screen, and the sale does not stand'],
      [said.length > 0 && hostFen > 0, `${said.join()} was on the screen, and the customer was charged`],
      [
        slips.length + tornSlips.length > 0 && standing.length === 0,
        'a slip was printed for a sale that does not stand',
      ],
      [this.shop.vault.count() > 0, 'secrets are left in the vault'],
      ...COPY_NAMES.flatMap((copy) => this.#wrongsOfCopy(copy, standing.length)),
    ];
    return wrongs.filter(([isWrong]) => isWrong).map(([, what]) => what);
  }

  #wrongsOfCopy(copy: string, standing: number): [boolean, string][] {
    const printed = this.shop.slips.filter((slip) => slip.includes(copy));
    const unmarked = printed.filter((slip) => !slip.includes(REPRINT_MARK));
    return [
      [printed.length < standing, `there is no ${copy}`],
      [unmarked.length > 1, `two slips pass for the first ${copy}`],
    ];
  }
}
