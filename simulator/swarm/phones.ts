import type { Key, ScreenModel } from '../../firmware/hal/index.ts';
import type { WalletPhone } from '../wallet/wallet-hosts.ts';
import type { SwarmCustomer } from './customers.ts';
import type { SwarmRun } from './run.ts';
import type { Station } from './station.ts';
import type { Visit } from './visit.ts';

/** A customer who waits for the last moment scans when so little is left. */
const LAST_SECONDS = 6;
/** Before the cashier would be given up, again and again until the code has expired. */
const DAWDLES_MS = 20_000;

const keysOf = (digits: string): Key[] => digits.split('') as Key[];

/** Customers with a phone in the hand: named accounts, codes of an SMS, faces, codes to scan. */
export class Phones {
  readonly #run: SwarmRun;
  readonly #station: Station;
  readonly #press: (...keys: readonly Key[]) => void;
  #smsTries = 0;
  #isLate = false;
  #hasPrinted = false;

  constructor(run: SwarmRun, station: Station, press: (...keys: readonly Key[]) => void) {
    this.#run = run;
    this.#station = station;
    this.#press = press;
  }

  /** Somebody else is being served. */
  begin(): void {
    this.#smsTries = 0;
    this.#isLate = false;
    this.#hasPrinted = false;
  }

  confirm({ host, id }: SwarmCustomer): void {
    this.#run.wallets.phone(host, id).confirm();
  }

  act(screen: ScreenModel, visit: Visit): boolean | void {
    switch (screen.id) {
      case 'enterAccount':
        return this.#isNamed(screen, visit);
      case 'chooseProof':
        return this.#press(visit.proof === 'sms' ? '1' : '2');
      case 'enterSmsCode':
        return this.#typesCode(screen, visit);
      case 'faceCheck':
        return this.#showsFace(visit);
      default:
        return this.#scans(screen, visit);
    }
  }

  /** A flood of keys may have typed something. */
  #isNamed({ params }: ScreenModel, { way, code, customer }: Visit): void {
    if (params['digits'] !== 0 || params['problem'] === true) return this.#press('cancel');
    if (way === 'account' && customer.phone !== undefined) return this.#press(...keysOf(customer.phone), 'confirm');
    const { scanner } = this.#station.counter;
    scanner.show(code);
    this.#run.clock.setTimeout(() => scanner.hide(), 1_000);
  }

  #typesCode({ params }: ScreenModel, { sms, customer: { host, id } }: Visit): void {
    const typed = Number(params['digits']);
    if (typed > 0) return this.#press(...Array<Key>(typed).fill('clear'));
    const phone = this.#run.wallets.phone(host, id);
    const code = phone.smsCode();
    if (code === undefined) return this.#press('cancel');
    if (sms === 'slow' && !this.#isLate) return this.#dawdles(code, phone);
    this.#smsTries++;
    const isWrong = sms === 'alwaysWrong' || (sms === 'wrongOnce' && this.#smsTries === 1);
    if (!isWrong) this.#station.see({ kind: 'smsCodeTyped', code });
    const other = ((Number(code) + 1) % 1_000_000).toString().padStart(6, '0');
    this.#press(...keysOf(isWrong ? other : code), 'confirm');
  }

  /** Until the code has expired and another one has come, which is then typed. */
  #dawdles(code: string, phone: WalletPhone): void {
    this.#run.clock.setTimeout(() => {
      const isThere = this.#station.screenId === 'enterSmsCode';
      this.#isLate ||= !isThere || phone.smsCode() !== code;
      if (isThere) this.#press('clear');
    }, DAWDLES_MS);
    this.#station.see({ kind: 'smsCodeTyped', code });
  }

  #showsFace({ customer: { host, id }, confirmsPhone }: Visit): void {
    const phone = this.#run.wallets.phone(host, id);
    if (confirmsPhone) phone.passFace();
    else phone.refuseFace();
  }

  #scans({ params, code }: ScreenModel, { scans, printsCode, customer: { host, id } }: Visit): boolean | void {
    if (printsCode && !this.#hasPrinted) {
      this.#hasPrinted = true;
      return this.#press('function');
    }
    const { last } = this.#station.witness.books;
    const isLater = scans === 'late' && Number(params['secondsLeft']) > LAST_SECONDS;
    if (scans === 'never' || isLater || last?.intent.type !== 'walletIntent') return undefined;
    this.#run.wallets.phone(host, id).scan(code?.text ?? '');
    return undefined;
  }
}
