/**
 * A terminal that sells without end, as a process of its own to be killed: journal, storage key, vault, wallet keys and
 * links are the shipped ones, on a real file system and real sockets; the devices are mocks that live and die with it.
 *
 * Every acknowledged record goes to standard output as a line. `rest` as the last argument settles and prints what is
 * open and owed, sells nothing, and ends.
 */
import { writeSync } from 'node:fs';
import process from 'node:process';
import { claimDataDirectory } from '../../../apps/data-directory.ts';
import { HttpsWalletLink } from '../../../drivers/host-link/https-link.ts';
import { LengthFramedLink } from '../../../drivers/host-link/length-framed-link.ts';
import { JournalFileStore } from '../../../drivers/journal/file-store.ts';
import { MemoryCardVault } from '../../../drivers/linux/card-vault.ts';
import { SystemClock } from '../../../drivers/linux/clock.ts';
import { LinuxJournalDisk } from '../../../drivers/linux/journal-disk.ts';
import { SystemRandom } from '../../../drivers/linux/random.ts';
import { loadOrCreateStorageKey } from '../../../drivers/linux/storage-key.ts';
import { tcpDial, urlDial } from '../../../drivers/linux/tcp-dial.ts';
import { RsaWalletKeys } from '../../../drivers/linux/wallet-keys.ts';
import { type JournalStore, type Key, NO_SIGNATURE_PAD, type ScreenModel } from '../../../firmware/hal/index.ts';
import { openSales } from '../../../firmware/journal/fold.ts';
import { DEFAULT_SETTINGS } from '../../../firmware/settings.ts';
import { createTerminal } from '../../../firmware/system.ts';
import { testCard } from '../../../hal-mock/cards/test-cards.ts';
import { MockCardReader } from '../../../hal-mock/devices/card-reader/mock.ts';
import { MockPinPad } from '../../../hal-mock/devices/pin-pad/mock.ts';
import { MockPrinter } from '../../../hal-mock/devices/printer/mock.ts';
import { MockScanner } from '../../../hal-mock/devices/scanner/mock.ts';
import { MockSupervisors } from '../../../hal-mock/supervisors.ts';
import { MockKeypad } from '../../../hal-mock/keypad.ts';
import { SeededRandom } from '../../../hal-mock/random.ts';
import { NO_INDICATORS } from '../../../hal-mock/indicators.ts';
import { TEST_TERMINAL } from '../../../simulator/acquirer/terminals.ts';
import { walletCustomer } from '../../../simulator/wallet/customers.ts';
import { TEST_WALLET_KEYS } from '../../../simulator/wallet/test-keys.ts';
import { fastClock } from './fast-clock.ts';

const [dataDirectory = '', acquirerPort = '', walletUrl = '', seed = '', mode] = process.argv.slice(2);
const CONNECT_TIMEOUT_MS = 5_000;
/** Small, so that a run goes through many. */
const SEGMENT_BYTES = 32 * 1024;
/** How people and things pay, in turn by chance: a card's id and interface, or a wallet customer. */
const WAYS = [
  ['contactless', 'tap'],
  ['debit', 'chip'],
  ['magstripe-only', 'swipe'],
  ['refuses-after-approval', 'chip'],
  ['ordinary', 'code'],
  ['confirmsSlowly', 'code'],
] as const;
/** Fen beyond whole yuan: no opinion, or declined for want of money. */
const ENDINGS = [0, 0, 0, 51];

/** A device that is asked for is ready within half a second of the fast clock. */
const TRIES_MAX = 50;
/** Screens on which there is nothing to do but to go on. */
const ACKNOWLEDGED: ReadonlySet<string> = new Set([
  'tearReceipt',
  'declined',
  'notSent',
  'cancelled',
  'timedOut',
  'outcomeUnknown',
  'lateApproval',
  'signOnFailed',
  'recoveryWaiting',
]);

const chance = new SeededRandom(Number(seed));
const random = new SystemRandom();
const clock = fastClock();
const keypad = new MockKeypad();
const pick = <T>(list: readonly T[]): T => list[chance.below(list.length)] as T;

function say(line: string): void {
  writeSync(1, `${line}\n`);
}

/** The shipped journal; what it acknowledges is said before anybody acts on it. */
function toldJournal(): JournalStore {
  const store = new JournalFileStore({
    disk: new LinuxJournalDisk(`${dataDirectory}/journal`),
    segmentBytes: SEGMENT_BYTES,
  });
  return {
    open: (take) => store.open(take),
    append: async (record) => {
      await store.append(record);
      say(record);
    },
  };
}

await claimDataDirectory(dataDirectory);
const vault = new MemoryCardVault(random, await loadOrCreateStorageKey(`${dataDirectory}/storage.key`, random));
const reader = new MockCardReader(clock, chance, vault);
const pinPad = new MockPinPad(clock, vault);
const scanner = new MockScanner(clock, vault);
const printer = new MockPrinter(clock);
pinPad.loadMasterKey(TEST_TERMINAL.masterKey);
let way: (typeof WAYS)[number] = WAYS[0];
let tries = 0;

const timing = { clock: new SystemClock(), connectTimeoutMs: CONNECT_TIMEOUT_MS };
const acquirerDial = tcpDial({ host: '127.0.0.1', port: Number(acquirerPort) });
const terminal = createTerminal(
  {
    clock,
    random,
    vault,
    keypad,
    pinPad,
    keyStore: pinPad,
    scanner,
    printer,
    signaturePad: NO_SIGNATURE_PAD,
    cardReader: reader,
    indicators: NO_INDICATORS,
    supervisors: new MockSupervisors(),
    display: { show: (screen) => void clock.setTimeout(() => react(screen), 0) },
    walletKeys: new RsaWalletKeys(TEST_WALLET_KEYS),
    acquirer: new LengthFramedLink({ dial: acquirerDial, keepOpen: true, ...timing }),
    wallet: new HttpsWalletLink({
      hosts: { alipay: { url: walletUrl, dial: urlDial(walletUrl, { ca: [] }) } },
      ...timing,
    }),
    journalStore: toldJournal(),
  },
  DEFAULT_SETTINGS,
);

function atIdle({ params }: ScreenModel): void {
  printer.paper.tear();
  scanner.hide();
  if (Number(params?.['copiesOwed'] ?? 0) > 0) return keypad.type('function', '3');
  if (mode === 'rest') {
    if (openSales(terminal.journalState()).length === 0) process.exit(0);
    return;
  }
  way = pick(WAYS);
  keypad.type(...(String((1 + chance.below(400)) * 100 + pick(ENDINGS)).split('') as Key[]), 'confirm');
}

function present(): void {
  const [id, how] = way;
  if (how === 'code') scanner.show(walletCustomer(id).code);
  else if (how === 'chip') reader.insert(testCard(id));
  else reader[how](testCard(id));
}

function typePin(): void {
  pinPad.typeDigits('123456');
  pinPad.press('confirm');
}

/** What a screen asks for is done at once; a device that is not ready yet is tried again while the screen stands. */
function react(screen: ScreenModel): void {
  const isReady = screen.id === 'presentCard' ? reader.waitingFor.length > 0 : pinPad.prompting;
  if ((screen.id === 'presentCard' || screen.id === 'enterPin') && !isReady && tries++ < TRIES_MAX) {
    clock.setTimeout(() => react(screen), 10);
    return;
  }
  tries = 0;
  if (screen.id === 'idle') atIdle(screen);
  else if (screen.id === 'presentCard') present();
  else if (screen.id === 'enterPin') typePin();
  else if (screen.id === 'removeCard') reader.pull();
  else if (screen.id === 'outOfService' || screen.id === 'journalDamaged') process.exit(1);
  else if (ACKNOWLEDGED.has(screen.id)) keypad.press('confirm');
}
terminal.start();
