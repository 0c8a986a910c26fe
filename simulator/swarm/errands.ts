import type { Key, ScreenModel } from '../../firmware/hal/index.ts';
import type { SeededRandom } from '../../hal-mock/random.ts';
import { TEST_SUPERVISOR } from '../../hal-mock/supervisors.ts';
import type { SwarmRun } from './run.ts';

/** What a cashier opens the menu for. */
type Errand = 'settle' | 'lookUp' | 'printOwed' | 'handOver' | 'void' | 'refund';

const MENU_KEYS: Readonly<Record<Errand, Key>> = {
  settle: '1',
  lookUp: '2',
  printOwed: '3',
  handOver: '5',
  void: '6',
  refund: '7',
};
const WRONG_PASSCODE: readonly Key[] = ['1', '9'];
const DAY_MS = 86_400_000;
/** Only then do host and journal disagree on the totals, and sales are uploaded that no chip has certified. */
const SETTLES_AFTER_HAND_OVER = 0.7;
/** A customer asks what became of a sale in doubt. */
const LOOKS_UP_OPEN = 0.1;
/** Of those who bring something back: the sale is undone as a whole. A void by card must not be repeated, a refund must. */
const VOIDS = 0.5;

const keysOf = (digits: string): Key[] => digits.split('') as Key[];

/** The cashier's business besides selling. Somebody may have leant on the keys: without an errand a screen is left again. */
export class Errands {
  readonly #run: SwarmRun;
  readonly #random: SeededRandom;
  readonly #press: (...keys: readonly Key[]) => void;
  #errand: Errand | undefined;
  #settledOnDay = 0;
  #hasHandedOver = false;

  constructor(run: SwarmRun, random: SeededRandom, press: (...keys: readonly Key[]) => void) {
    this.#run = run;
    this.#random = random;
    this.#press = press;
  }

  begin(errand: Errand): void {
    this.#errand = errand;
    this.#press('function');
  }

  /** Once a day, or as the habits of this shop have it; `undefined` for none. */
  next({ params }: ScreenModel): Errand | undefined {
    const { habits, days } = this.#run.parameters;
    const day = Math.floor(this.#run.clock.monotonicMs() / DAY_MS);
    if (days > 0 && day > this.#settledOnDay) {
      this.#settledOnDay = day;
      return 'settle';
    }
    if (this.#hasHandedOver) {
      this.#hasHandedOver = false;
      return this.#random.chance(SETTLES_AFTER_HAND_OVER) ? 'settle' : 'lookUp';
    }
    const isOpen = Number(params?.['openItems'] ?? 0) > 0;
    if (isOpen && this.#random.chance(habits.handsOver)) return 'handOver';
    if (isOpen && this.#random.chance(LOOKS_UP_OPEN)) return 'lookUp';
    if (this.#random.chance(habits.settles)) return 'settle';
    if (this.#random.chance(habits.refunds)) return this.#random.chance(VOIDS) ? 'void' : 'refund';
    return this.#random.chance(habits.looksUp) ? 'lookUp' : undefined;
  }

  atMenu(): void {
    const errand = this.#errand;
    if (errand === 'settle' || errand === 'printOwed') this.#errand = undefined;
    this.#press(errand === undefined ? 'cancel' : MENU_KEYS[errand]);
  }

  atVoucher({ params }: ScreenModel, voucher: number): void {
    if (params?.['digits'] !== '' || (this.#errand !== 'lookUp' && !this.isReturning)) return this.#press('cancel');
    if (this.#errand === 'lookUp') this.#errand = undefined;
    this.#press(...keysOf(String(voucher)), 'confirm');
  }

  /** Whether somebody brings something back. */
  get isReturning(): boolean {
    return this.#errand === 'void' || this.#errand === 'refund';
  }

  /** All that is left, or a part; sometimes more than there is. */
  atRefundAmount({ params }: ScreenModel): void {
    if (!this.isReturning || params['amountFen'] !== 0) return this.#press('cancel');
    const leftFen = Number(params['saleFen']) - Number(params['refundedFen']);
    if (this.#random.chance(0.4)) return this.#press('function', 'confirm');
    const fen = 1 + this.#random.below(this.#random.chance(0.1) ? 2 * leftFen : leftFen);
    this.#press(...keysOf(String(fen)), 'confirm');
  }

  atConfirmRefund(): void {
    this.#press(this.isReturning && this.#random.chance(0.95) ? 'confirm' : 'cancel');
  }

  atOpenItem(): void {
    if (this.#errand !== 'handOver') return this.#press('cancel');
    this.#press(this.#random.chance(0.2) ? 'function' : 'confirm');
  }

  atSupervisor({ params }: ScreenModel): void {
    if (this.#errand !== 'handOver' || params?.['digits'] !== '') return this.#press('cancel');
    this.#press(...keysOf(TEST_SUPERVISOR.number), 'confirm');
  }

  atPasscode({ params }: ScreenModel): void {
    if (this.#errand !== 'handOver' || params?.['digits'] !== 0) return this.#press('cancel');
    const isWrong = this.#random.chance(0.3);
    const digits = isWrong ? WRONG_PASSCODE : keysOf(TEST_SUPERVISOR.passcode);
    this.#hasHandedOver = !isWrong;
    this.#press(...digits, 'confirm');
  }

  /** Back at the till, or nobody is about who would go on. */
  forget(): void {
    this.#errand = undefined;
  }
}
