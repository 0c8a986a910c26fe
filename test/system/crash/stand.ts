import type { JournalDisk } from '../../../drivers/journal/disk.ts';
import { JournalFileStore } from '../../../drivers/journal/file-store.ts';
import { MemoryCardVault } from '../../../drivers/linux/card-vault.ts';
import { RsaWalletKeys } from '../../../drivers/linux/wallet-keys.ts';
import {
  type HostLink,
  type Key,
  NO_SIGNATURE_PAD,
  type Ports,
  type ScreenModel,
} from '../../../firmware/hal/index.ts';
import { openItems, owedCopies } from '../../../firmware/journal/fold.ts';
import { DEFAULT_SETTINGS, type TerminalSettings } from '../../../firmware/settings.ts';
import { dueNotices } from '../../../firmware/settlement/script-notices.ts';
import { createTerminal, type Terminal } from '../../../firmware/system.ts';
import { testCard } from '../../../hal-mock/cards/test-cards.ts';
import { MockCardReader } from '../../../hal-mock/devices/card-reader/mock.ts';
import { MockPinPad } from '../../../hal-mock/devices/pin-pad/mock.ts';
import { MockPrinter } from '../../../hal-mock/devices/printer/mock.ts';
import { MockSupervisors } from '../../../hal-mock/supervisors.ts';
import { SimulatedDisk } from '../../../hal-mock/disk.ts';
import { MockHostLink } from '../../../hal-mock/host-link.ts';
import { MockKeypad } from '../../../hal-mock/keypad.ts';
import { SeededRandom } from '../../../hal-mock/random.ts';
import { NO_INDICATORS } from '../../../hal-mock/indicators.ts';
import { openWhole } from '../../../hal-mock/journal-store.ts';
import { Acquirer } from '../../../simulator/acquirer/acquirer.ts';
import { TEST_TERMINAL } from '../../../simulator/acquirer/terminals.ts';
import { bookId } from '../../../simulator/swarm/books.ts';
import { SwarmClock } from '../../../simulator/swarm/swarm-clock.ts';
import { memoryWalletLink } from '../../../simulator/wallet-link.ts';
import { TEST_WALLET_KEYS } from '../../../simulator/wallet/test-keys.ts';
import { WalletHosts } from '../../../simulator/wallet/wallet-hosts.ts';
import { HandScanner } from '../../firmware/hand-scanner.ts';
import { type Around, type Failure, watchedDisk, watchedPorts } from './calls.ts';
import { codeOn, FIRST_VOUCHER, type Flow, type Hand } from './flows.ts';
import { Evidence } from './evidence.ts';

/** How a life ends: the page cache outlives a kill, and neither cache nor devices a power cut. */
export const DEATHS = ['kill', 'powerCut'] as const;
export type Death = (typeof DEATHS)[number];

const STORAGE_KEY = new Uint8Array(32).fill(0x5a);
/** One way to a host. */
const LATENCY_MS = 40;
const HAND_MS = 50;
const RETURN_AFTER_MS: Readonly<Record<Death, number>> = { kill: 500, powerCut: 3_000 };
const MENDED_AFTER_MS = 10_000;
/** Whoever stands at the idle screen for so long with something undone has given up: longer than any pause between tries. */
const STUCK_AFTER_MS = 200_000;
/** Recovery repeats for as long as hosts are away; once nothing is broken any more, this is plenty. */
const REST_WITHIN_MS = 600_000;
const SEGMENT_BYTES_DEFAULT = 8 * 1024;

/** A customer who never decides is given up sooner than by default: every query more is many runs more. */
const settingsFor = ({ offline = false }: Pick<Flow, 'offline'>): TerminalSettings => ({
  ...DEFAULT_SETTINGS,
  wallet: { ...DEFAULT_SETTINGS.wallet, decideWithinMs: 12_000 },
  offline: { ...DEFAULT_SETTINGS.offline, enabled: offline },
});

const walletKeys = new RsaWalletKeys(TEST_WALLET_KEYS);

/** For whoever died while waiting. */
const never = (): Promise<never> => new Promise(() => undefined);

interface Life {
  readonly terminal: Terminal;
  isOver: boolean;
}

/**
 * A whole terminal with the shipped journal on a simulated disk, mocked devices and simulated hosts, through all its
 * lives. Disk, devices and hosts live on when it dies; nothing that a dead terminal was waiting for ever reaches it.
 */
export class Stand {
  readonly clock = new SwarmClock(1);
  readonly disk: SimulatedDisk;
  readonly acquirer: Acquirer;
  readonly wallets: WalletHosts;
  readonly evidence = new Evidence();
  readonly #random = new SeededRandom(11);
  readonly #vault = new MemoryCardVault(this.#random, STORAGE_KEY);
  readonly #reader: MockCardReader;
  readonly #pinPad: MockPinPad;
  readonly #scanner: HandScanner;
  readonly #printer: MockPrinter;
  readonly #keypad = new MockKeypad();
  readonly #segmentBytes: number;
  readonly #settings: TerminalSettings;
  /** What the host charged for sales that its books tell otherwise, by its own count. */
  readonly #amendedFen = new Map<string, number>();
  #hands: readonly Hand[] = [];
  #life: Life | undefined;
  /** Nobody switches it on again by itself. */
  #isOff = false;
  #isNetworkOut = false;
  #handledAtMs = 0;
  #screen: ScreenModel | undefined;
  /** What stands around every call of the terminal. */
  around: Around = (_, work) => work();

  /** Decides what becomes of unsynced sectors. */
  chance = new SeededRandom(1);

  constructor({ segmentBytes = SEGMENT_BYTES_DEFAULT, ...flow }: Pick<Flow, 'segmentBytes' | 'offline'> = {}) {
    const { clock } = this;
    this.#segmentBytes = segmentBytes;
    this.#settings = settingsFor(flow);
    const random = {
      bytes: (count: number) => this.chance.bytes(count),
      below: (max: number) => this.chance.below(max),
    };
    this.disk = new SimulatedDisk({ random });
    this.acquirer = new Acquirer({ clock, random: new SeededRandom(12) });
    this.wallets = new WalletHosts({ clock });
    this.#reader = new MockCardReader(clock, this.#random, this.#vault);
    this.#pinPad = new MockPinPad(clock, this.#vault);
    this.#scanner = new HandScanner(clock, this.#vault);
    this.#printer = new MockPrinter(clock);
    this.#pinPad.loadMasterKey(TEST_TERMINAL.masterKey);
  }

  powerOn(): void {
    for (const device of [this.#reader, this.#pinPad, this.#printer]) device.replug();
    this.#isOff = false;
    const life: { -readonly [Key in keyof Life]?: Life[Key] } & { isOver: boolean } = { isOver: false };
    const terminal = createTerminal(this.#portsOf(life), this.#settings);
    terminal.onRestartNeeded(() => {
      if (!life.isOver) this.die('kill');
    });
    this.#life = Object.assign(life, { terminal });
    terminal.start();
  }

  /** The process ends at once and begins again after a while; nobody goes on with what was interrupted. */
  die(death: Death): void {
    if (this.#life === undefined) return;
    this.#end(death);
    this.clock.setTimeout(() => this.powerOn(), RETURN_AFTER_MS[death]);
  }

  #end(death: Death): void {
    const life = this.#life;
    if (life === undefined) return;
    this.#life = undefined;
    this.#screen = undefined;
    this.#hands = [];
    life.isOver = true;
    life.terminal.stop();
    this.#vault.wipe();
    this.#reader.pull();
    // What the dead process was waiting for ends, so that the next one finds its devices idle.
    for (const device of [this.#reader, this.#pinPad]) device.unplug();
    if (death === 'powerCut') this.#printer.unplug();
    if (death === 'powerCut') this.disk.powerCut();
    else this.disk.killProcess();
    // Later than the next start, so that one may find the host still away.
    this.clock.setTimeout(() => this.#mendHost(), MENDED_AFTER_MS);
  }

  #mendHost(): void {
    this.#isNetworkOut = false;
    this.acquirer.faults.clear();
  }

  /** The next operation of the disk fails. */
  failDisk(how: Failure): void {
    this.disk.failAfter(0, how === 'ENOSPC' ? 'ENOSPC' : 'EIO');
  }

  get statePath(): string {
    return this.#life?.terminal.statePath() ?? 'off';
  }

  /** Lets cashier and customer do their part; `false` when the terminal did not come to an end of it. */
  async play(hands: readonly Hand[], mayStick = false): Promise<boolean> {
    this.#hands = hands;
    const isOver = (): boolean => !this.#act() && (this.#isAtRest || this.#isOff || (mayStick && this.#isStuck));
    return this.clock.runUntil(isOver, REST_WITHIN_MS);
  }

  /**
   * Until the terminal is idle with nothing open, no copy owed and what the shop wants done, with a cashier who does what
   * the screens ask.
   */
  async rest(wants: Flow['wants']): Promise<boolean> {
    this.#hands = [];
    this.#mendHost();
    return this.clock.runUntil(() => {
      this.#act();
      const key = this.#menuKey(wants);
      if (this.statePath === 'terminal.outOfService' || this.#screen?.id === 'saleTruth') this.#press('confirm');
      if (this.#screen?.id === 'menu') this.#press(key ?? 'cancel');
      if (this.#screen?.id === 'enterVoucher') this.#do({ type: FIRST_VOUCHER, at: 'enterVoucher' });
      if (!this.#isAtRest) return false;
      if (key === undefined) return true;
      this.#press('function');
      return false;
    }, REST_WITHIN_MS);
  }

  /** What is left to be done by the menu. */
  #menuKey(wants: Flow['wants']): Key | undefined {
    const state = this.#life?.terminal.journalState();
    if (state === undefined) return undefined;
    if (owedCopies(state).length > 0) return '3';
    const isSettled = state.settlement.last !== undefined && dueNotices(state, state.settlement).length === 0;
    if (wants === 'settled' && !isSettled) return '1';
    return wants === 'lookedUp' && !this.evidence.screens.has('saleTruth') ? '2' : undefined;
  }

  /** What is wrong once the terminal is at rest, by a journal read by a store that knows nothing of the terminal's. */
  async wrongs(salesMax: number, wants: Flow['wants']): Promise<string[]> {
    const batch = this.#life?.terminal.journalState().batch ?? '';
    this.#life?.terminal.stop();
    const { records } = await openWhole(this.#store(this.disk));
    const { acquirer, wallets } = this;
    const secrets = this.#vault.count() > 0 ? ['secrets are left in the vault'] : [];
    const outcome = { records, acquirer, wallets, salesMax, batch, wants, amendedFen: this.#amendedFen };
    return [...this.evidence.wrongs(outcome), ...secrets];
  }

  #store(disk: JournalDisk): JournalFileStore {
    return new JournalFileStore({ disk, segmentBytes: this.#segmentBytes });
  }

  get #isAtRest(): boolean {
    const life = this.#life;
    if (life === undefined || this.statePath !== 'terminal.idle') return false;
    const state = life.terminal.journalState();
    const isFrozen = state.settlement.progress?.answer !== undefined;
    return openItems(state).length === 0 && state.stored.size === 0 && !isFrozen;
  }

  /** It goes no further while what is broken stays broken. */
  get #isStuck(): boolean {
    if (this.statePath === 'terminal.idle') return this.clock.monotonicMs() - this.#handledAtMs > STUCK_AFTER_MS;
    return ['terminal.recoveryWaiting', 'terminal.outOfService', 'terminal.signedOff'].includes(this.statePath);
  }

  /**
   * Does what the screen asks of everybody, and the next thing that is to be done when the terminal is ready for it;
   * `true` when it was.
   */
  #act(): boolean {
    const id = this.#screen?.id;
    if (id === 'removeCard') this.#reader.pull();
    if (id === 'tearReceipt') this.#press('confirm');
    const [hand, ...later] = this.#hands;
    if (hand === undefined || !this.#isReadyFor(hand)) return false;
    this.#hands = later;
    this.#do(hand);
    this.#takesTime();
    return true;
  }

  #press(key: Key): void {
    this.#keypad.press(key);
    this.#takesTime();
  }

  /** What somebody does has its effects before the next one looks. */
  #takesTime(): void {
    this.#handledAtMs = this.clock.monotonicMs();
    this.clock.setTimeout(() => undefined, HAND_MS);
  }

  #isReadyFor(hand: Hand): boolean {
    if ('enter' in hand) return this.statePath === 'terminal.idle';
    if ('present' in hand) return this.#reader.waitingFor.includes(hand.how);
    if ('pin' in hand) return this.#pinPad.prompting;
    if ('code' in hand) return this.#scanner.looks;
    return this.#screen?.id === hand.at;
  }

  #do(hand: Hand): void {
    if ('enter' in hand) this.#keypad.type(...(String(hand.enter).split('') as Key[]), 'confirm');
    else if ('present' in hand) this.#present(hand);
    else if ('pin' in hand) {
      this.#pinPad.typeDigits(hand.pin);
      this.#pinPad.press('confirm');
    } else if ('code' in hand) this.#scanner.show(codeOn(hand));
    else if ('scans' in hand) this.wallets.phone(hand.of, hand.scans).scan(this.#screen?.code?.text ?? '');
    else if ('sms' in hand) this.#typesSms(hand.sms);
    else if ('press' in hand) this.#keypad.press(hand.press);
    else if ('type' in hand) this.#keypad.type(...(hand.type.split('') as Key[]), 'confirm');
    else if ('powerCut' in hand) {
      this.#end('powerCut');
      this.#isOff = true;
    } else if ('printer' in hand) this.#printer[hand.printer]();
    else if ('network' in hand) this.#isNetworkOut = hand.network === 'out';
    else if ('host' in hand) this.acquirer.faults.inject(hand.host, Number.POSITIVE_INFINITY);
    else if ('script' in hand) this.acquirer.issueScript(hand.script);
    else this.#amend(hand.hostHasFen);
  }

  #typesSms(person: string): void {
    const code = this.wallets.phone('jd', person).smsCode() ?? '';
    this.#keypad.type(...(code.split('') as Key[]), 'confirm');
  }

  #amend(amountFen: number): void {
    const entry = this.acquirer.entries().at(-1);
    if (entry === undefined) throw new RangeError('a sale is amended after it was made');
    this.#amendedFen.set(bookId({ batch: entry.batch, stan: Number(entry.stan) }), entry.amountFen);
    this.acquirer.amend(entry, { amountFen });
  }

  #present({ present, how }: Extract<Hand, { readonly present: string }>): void {
    const card = testCard(present);
    if (how === 'chip') return this.#reader.insert(card);
    this.#reader.pull();
    this.#reader[how](card);
  }

  #portsOf(life: { readonly isOver: boolean }): Ports {
    const { clock } = this;
    const around: Around = async (call, work, fail) => {
      // A process does not end in the middle of a statement.
      await Promise.resolve();
      try {
        return await (life.isOver ? never() : this.around(call, work, fail));
      } finally {
        if (life.isOver) await never();
      }
    };
    const disk = watchedDisk(this.disk, around, (how) => this.failDisk(how));
    const ports: Ports = {
      clock: lifeClock(clock, life),
      random: this.#random,
      vault: this.#vault,
      cardReader: this.#reader,
      pinPad: this.#pinPad,
      keyStore: this.#pinPad,
      scanner: this.#scanner,
      printer: this.#printer,
      signaturePad: NO_SIGNATURE_PAD,
      keypad: this.#keypad,
      indicators: NO_INDICATORS,
      supervisors: new MockSupervisors(),
      display: {
        show: (screen) => {
          if (life.isOver) return;
          this.#screen = screen;
          this.evidence.sees(screen);
        },
      },
      walletKeys,
      acquirer: this.#acquirerLink(),
      wallet: memoryWalletLink(this.wallets, clock, LATENCY_MS),
      journalStore: this.evidence.journal(this.#store(disk), life),
    };
    const watched = watchedPorts(ports, around);
    return { ...watched, printer: this.evidence.printer(watched.printer, this.#printer.paper) };
  }

  #acquirerLink(): HostLink {
    const { clock } = this;
    const link = new MockHostLink(clock, ({ message, reply, disconnect }) => {
      clock.setTimeout(() => {
        for (const answer of this.acquirer.receive(message)) {
          const afterMs = answer.afterMs + LATENCY_MS;
          if (answer.kind === 'close') clock.setTimeout(disconnect, afterMs);
          else reply(answer.kind === 'frame' ? answer.frame : answer.bytes, afterMs);
        }
      }, LATENCY_MS);
    });
    return {
      exchange: async (message, deadlineMs) =>
        this.#isNetworkOut ? { kind: 'notSent', reason: 'unreachable' } : link.exchange(message, deadlineMs),
      onLateReply: (listener) => link.onLateReply(listener),
    };
  }
}

/** The timers of a process die with it. */
function lifeClock(clock: SwarmClock, life: { readonly isOver: boolean }): Ports['clock'] {
  return {
    wallMs: () => clock.wallMs(),
    monotonicMs: () => clock.monotonicMs(),
    setTimeout: (callback, delayMs) => clock.setTimeout(() => life.isOver || callback(), delayMs),
    clearTimeout: (id) => clock.clearTimeout(id),
  };
}
