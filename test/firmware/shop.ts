import { latin1Of } from '../../firmware/base/bytes.ts';
import { NEVER_CANCELLED } from '../../firmware/base/cancel.ts';
import type { CardData, CardInterface, JournalDamage, JournalStore, Ports } from '../../firmware/hal/index.ts';
import type { StampedRecord } from '../../firmware/journal/records.ts';
import { createCodec, CUP_STANDARD, type IsoMessage, unpackFrame } from '../../firmware/protocol/iso8583/index.ts';
import { decodeWebRequest, encodeWebReply } from '../../firmware/protocol/wallet/web-message.ts';
import { createServices, type Services } from '../../firmware/services.ts';
import { DEFAULT_SETTINGS, type TerminalSettings } from '../../firmware/settings.ts';
import { signOn } from '../../firmware/effects/sign-on.ts';
import { MemoryCardVault } from '../../drivers/linux/card-vault.ts';
import { RsaWalletKeys } from '../../drivers/linux/wallet-keys.ts';
import { testCard } from '../../hal-mock/cards/test-cards.ts';
import { MockCardReader } from '../../hal-mock/devices/card-reader/mock.ts';
import { MockPinPad } from '../../hal-mock/devices/pin-pad/mock.ts';
import { MockPrinter } from '../../hal-mock/devices/printer/mock.ts';
import { MockSignaturePad } from '../../hal-mock/devices/signature-pad/mock.ts';
import { MockDisplay } from '../../hal-mock/display.ts';
import { type HostRequest, MockHostLink } from '../../hal-mock/host-link.ts';
import { MemoryJournalStore } from '../../hal-mock/journal-store.ts';
import { MockKeypad } from '../../hal-mock/keypad.ts';
import { MockSupervisors } from '../../hal-mock/supervisors.ts';
import { SeededRandom } from '../../hal-mock/random.ts';
import { VirtualClock } from '../../hal-mock/time.ts';
import { NO_INDICATORS } from '../../hal-mock/indicators.ts';
import { Acquirer } from '../../simulator/acquirer/acquirer.ts';
import { TEST_TERMINAL } from '../../simulator/acquirer/terminals.ts';
import { TEST_WALLET_KEYS } from '../../simulator/wallet/test-keys.ts';
import { WalletHosts } from '../../simulator/wallet/wallet-hosts.ts';
import { HandScanner } from './hand-scanner.ts';

const codec = createCodec(CUP_STANDARD);
const STORAGE_KEY = new Uint8Array(32).fill(0x77);
const walletKeys = new RsaWalletKeys(TEST_WALLET_KEYS);

/** Default settings with the acquirer's part changed. */
export function settingsWith(acquirer: Partial<TerminalSettings['acquirer']>): TerminalSettings {
  return { ...DEFAULT_SETTINGS, acquirer: { ...DEFAULT_SETTINGS.acquirer, ...acquirer } };
}

/** The message inside a frame. */
export function messageOf(frame: Uint8Array): IsoMessage {
  return codec.decode(unpackFrame(frame).iso);
}

/** A record in a few words: its type, and what it says about the money. */
function brief(text: string): string {
  const record = JSON.parse(text) as StampedRecord;
  const said = 'result' in record ? record.result : 'outcome' in record ? record.outcome : undefined;
  const detail = said ?? ('reason' in record ? record.reason : 'copy' in record ? record.copy : undefined);
  return detail === undefined ? record.type : `${record.type} ${detail}`;
}

/** A journal that tells the tape what became durable, and that dies with its life. */
class TapedStore implements JournalStore {
  readonly memory: MemoryJournalStore;
  readonly #life: Life;
  readonly #shop: Shop;

  constructor(shop: Shop, life: Life, records: readonly string[]) {
    this.memory = new MemoryJournalStore({ records });
    this.#shop = shop;
    this.#life = life;
  }

  open(take: (record: string) => void): Promise<JournalDamage | undefined> {
    return this.memory.open(take);
  }

  async append(record: string): Promise<void> {
    if (this.#life.isOver) return new Promise(() => undefined);
    if (this.#shop.appends++ === this.#shop.failingAppend) this.memory.failNextAppend();
    await this.memory.append(record);
    this.#shop.tape.push(brief(record));
    if (this.#shop.passes(`${brief(record)} is durable`)) return undefined;
    this.#life.isOver = true;
    return new Promise(() => undefined);
  }
}

/** What ends with the power: links, reader, printer, the open journal. */
export class Life {
  isOver = false;
  readonly store: TapedStore;
  readonly reader: MockCardReader;
  readonly printer: MockPrinter;
  readonly acquirerLink: MockHostLink;
  readonly walletLink: MockHostLink;
  readonly ports: Ports;

  constructor(shop: Shop, records: readonly string[]) {
    const { clock, random, vault, pinPad, scanner, display, keypad } = shop;
    this.store = new TapedStore(shop, this, records);
    this.reader = new MockCardReader(clock, random, vault);
    this.printer = new MockPrinter(clock, { columns: 32 });
    this.printer.paper.onCut((lines) => {
      shop.slips.push(lines.join('\n'));
      this.isOver ||= !shop.passes('a slip is cut');
    });
    this.acquirerLink = new MockHostLink(clock, (request) => shop.serveAcquirer(this, request));
    this.walletLink = new MockHostLink(clock, (request) => shop.serveWallet(this, request));
    this.ports = {
      clock,
      random,
      vault,
      pinPad,
      keyStore: pinPad,
      scanner,
      display,
      keypad,
      walletKeys,
      cardReader: this.reader,
      printer: this.printer,
      signaturePad: shop.signaturePad,
      indicators: NO_INDICATORS,
      acquirer: this.acquirerLink,
      wallet: this.walletLink,
      journalStore: this.store,
      supervisors: new MockSupervisors(),
    };
  }
}

/** Takes a request in its own way; `pass` lets the real host serve it. */
export type Interception = (request: HostRequest, pass: () => void) => void;

/**
 * One terminal's world at port level: devices without bytes, hosts in memory, virtual time. Whatever becomes durable or
 * leaves for a host is noted on one tape, so that a test can assert the order; the power can fail at each of those moments.
 */
export class Shop {
  readonly clock = new VirtualClock();
  readonly random = new SeededRandom(11);
  readonly vault = new MemoryCardVault(this.random, STORAGE_KEY);
  readonly pinPad = new MockPinPad(this.clock, this.vault);
  readonly scanner = new HandScanner(this.clock, this.vault);
  /** There is none unless a test says so before the terminal starts. */
  readonly signaturePad = new MockSignaturePad(this.clock, false);
  readonly display = new MockDisplay();
  readonly keypad = new MockKeypad();
  readonly acquirer = new Acquirer({ clock: this.clock, random: this.random, processingMs: 0 });
  readonly wallets = new WalletHosts({ clock: this.clock, processingMs: 0 });
  /** The host that most tests are about. */
  readonly wallet = this.wallets.alipay;
  readonly settings: TerminalSettings;
  readonly tape: string[] = [];
  /** Text of every slip that was cut, in all lives. */
  readonly slips: string[] = [];
  /** Slips that a power cut ended. */
  readonly tornSlips: string[] = [];
  /** Moments so far at which the power could have failed. */
  readonly moments: string[] = [];
  appends = 0;
  failingAppend: number | undefined;
  /** Index into {@link moments} at which the power fails. */
  cutAt: number | undefined;
  onAcquirer: Interception = (_, pass) => pass();
  onWallet: Interception = (_, pass) => pass();
  life: Life;
  services: Services;

  /** @param records what the journal holds already */
  constructor(settings: TerminalSettings = DEFAULT_SETTINGS, records: readonly string[] = []) {
    this.settings = settings;
    this.pinPad.loadMasterKey(TEST_TERMINAL.masterKey);
    this.life = new Life(this, records);
    this.services = createServices(this.life.ports, settings);
  }

  /** Notes a moment; `false` when the power fails at it. */
  passes(moment: string): boolean {
    return this.moments.push(moment) - 1 !== this.cutAt;
  }

  /** The terminal's memory is gone; what was durable is not. */
  powerCut(): void {
    this.life.isOver = true;
    const onPaper = this.life.printer.paper.slips().at(-1)?.join('\n');
    if (onPaper !== undefined && !this.slips.includes(onPaper)) this.tornSlips.push(onPaper);
    this.vault.wipe();
    this.life = new Life(this, this.life.store.memory.records());
    this.services = createServices(this.life.ports, this.settings);
  }

  /** Opens the journal and signs on, as every terminal has before a sale; the tape is then empty. */
  async signedOn(): Promise<this> {
    await this.services.journal.open();
    const outcome = await this.clock.resolve(signOn(this.services, undefined, NEVER_CANCELLED));
    if (outcome.kind !== 'signedOn') throw new Error(`sign-on failed: ${JSON.stringify(outcome)}`);
    this.tape.length = 0;
    return this;
  }

  /** A card as the reader gives it. */
  async read(cardId: string, how: CardInterface, amountFen: number): Promise<CardData> {
    const request = { accept: [how], amountFen, wallMs: this.clock.wallMs(), timeoutMs: 60_000 };
    const reading = this.life.reader.readCard(request, NEVER_CANCELLED);
    await this.clock.settle();
    this.present(cardId, how);
    const read = await this.clock.resolve(reading);
    if (read.kind !== 'read') throw new Error(`the card was not read: ${read.kind}`);
    return read.card;
  }

  present(cardId: string, how: CardInterface): void {
    const card = testCard(cardId);
    if (how === 'chip') this.life.reader.insert(card);
    else if (how === 'tap') this.life.reader.tap(card);
    else this.life.reader.swipe(card);
  }

  /** Requests to the acquirer of this life, decoded. */
  acquirerRequests(): IsoMessage[] {
    return this.life.acquirerLink.requests.map(messageOf);
  }

  journaled(): StampedRecord[] {
    return this.life.store.memory.records().map((text) => JSON.parse(text) as StampedRecord);
  }

  serveAcquirer(life: Life, request: HostRequest): void {
    this.#serve(life, request, `acquirer ${messageOf(request.message).mti}`, this.onAcquirer, () => {
      const answers = this.acquirer.receive(request.message);
      return () => {
        for (const answer of answers) {
          if (answer.kind === 'close') this.clock.setTimeout(request.disconnect, answer.afterMs);
          else request.reply(answer.kind === 'frame' ? answer.frame : answer.bytes, answer.afterMs);
        }
      };
    });
  }

  serveWallet(life: Life, request: HostRequest): void {
    const method = /method=alipay\.trade\.(\w+)/.exec(latin1Of(request.message))?.[1] ?? '';
    this.#serve(life, request, `wallet ${method}`, this.onWallet, () => {
      const answer = this.wallets.handle(decodeWebRequest(request.message));
      return () => {
        if (answer.kind === 'reply') request.reply(encodeWebReply(answer.reply), answer.afterMs);
      };
    });
  }

  /** The way to a host: leaves, is executed, is answered; the power can fail between any two of these. */
  #serve(life: Life, request: HostRequest, what: string, intercept: Interception, execute: () => () => void): void {
    if (life.isOver) return;
    this.tape.push(what);
    life.isOver = !this.passes(`${what} is lost`);
    if (life.isOver) return;
    intercept(request, () => {
      const answer = execute();
      life.isOver = !this.passes(`${what} is executed`);
      if (!life.isOver) answer();
    });
  }
}
