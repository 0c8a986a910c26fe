import type { BeepPattern, Ports } from '../firmware/hal/index.ts';
import { MockCardVault } from './card-vault.ts';
import { MockCardReader } from './devices/card-reader/mock.ts';
import { MockPinPad } from './devices/pin-pad/mock.ts';
import { MockPrinter } from './devices/printer/mock.ts';
import { MockScanner } from './devices/scanner/mock.ts';
import { MockSignaturePad } from './devices/signature-pad/mock.ts';
import { MockDisplay } from './display.ts';
import { type HostScript, MockHostLink } from './host-link.ts';
import { MemoryJournalStore } from './journal-store.ts';
import { NO_INDICATORS } from './indicators.ts';
import { MockKeypad } from './keypad.ts';
import { SeededRandom } from './random.ts';
import { MOCK_MASTER_KEY, ScriptedAcquirer } from './scripted-acquirer.ts';
import { MockSupervisors } from './supervisors.ts';
import { VirtualClock } from './time.ts';
import { MockWalletKeys } from './wallet-keys.ts';

/** What a test may want otherwise than usual. */
export interface MockPortsOptions {
  /** Time that goes on from another set of ports, as after a restart. */
  readonly clock?: VirtualClock;
  readonly seed?: number;
  /** Records that the journal holds already: `journal.records()` of the terminal before. */
  readonly records?: readonly string[];
  /** What the acquirer does with each request; a {@link ScriptedAcquirer} unless told. */
  readonly acquirerScript?: HostScript;
  /** What the wallet does with each request; silence unless told. */
  readonly walletScript?: HostScript;
  /** `false` leaves the PIN pad without a master key, as it comes out of its box. */
  readonly isActivated?: boolean;
  /** `true` puts a panel on the counter on which customers sign. */
  readonly hasSignaturePad?: boolean;
}

/** Everything a terminal needs, and the hands, hosts and time on the other side of it. */
export interface MockPorts {
  /** For `createTerminal`. Replace one to test your own: `{ ...mocks.ports, printer: myPrinter }`. */
  readonly ports: Ports;
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly vault: MockCardVault;
  readonly display: MockDisplay;
  readonly keypad: MockKeypad;
  readonly reader: MockCardReader;
  readonly pinPad: MockPinPad;
  readonly scanner: MockScanner;
  readonly printer: MockPrinter;
  readonly signaturePad: MockSignaturePad;
  readonly journal: MemoryJournalStore;
  /** What the acquirer link does unless another script was given. */
  readonly acquirer: ScriptedAcquirer;
  readonly acquirerLink: MockHostLink;
  readonly walletLink: MockHostLink;
  readonly walletKeys: MockWalletKeys;
  /** Every beep, in order. */
  readonly beeps: readonly BeepPattern[];
}

/**
 * A set of port-level mocks on virtual time: nothing happens until `clock` is moved, and the same test runs the same way
 * every time.
 */
export function mockPorts(options: MockPortsOptions = {}): MockPorts {
  const clock = options.clock ?? new VirtualClock();
  const random = new SeededRandom(options.seed ?? 1);
  const vault = new MockCardVault(random);
  const acquirer = new ScriptedAcquirer(clock);
  const pinPad = new MockPinPad(clock, vault);
  if (options.isActivated !== false) pinPad.loadMasterKey(MOCK_MASTER_KEY);
  const beeps: BeepPattern[] = [];
  const mocks = {
    clock,
    random,
    vault,
    acquirer,
    pinPad,
    beeps,
    display: new MockDisplay(),
    keypad: new MockKeypad(),
    reader: new MockCardReader(clock, random, vault),
    scanner: new MockScanner(clock, vault),
    printer: new MockPrinter(clock),
    signaturePad: new MockSignaturePad(clock, options.hasSignaturePad === true),
    journal: new MemoryJournalStore(options.records === undefined ? {} : { records: options.records }),
    acquirerLink: new MockHostLink(clock, options.acquirerScript ?? acquirer.serve),
    walletLink: new MockHostLink(clock, options.walletScript ?? (() => undefined)),
    walletKeys: new MockWalletKeys(),
  };
  return { ...mocks, ports: portsOf(mocks) };
}

function portsOf(mocks: Omit<MockPorts, 'ports'> & { readonly beeps: BeepPattern[] }): Ports {
  return {
    clock: mocks.clock,
    random: mocks.random,
    vault: mocks.vault,
    cardReader: mocks.reader,
    pinPad: mocks.pinPad,
    keyStore: mocks.pinPad,
    scanner: mocks.scanner,
    printer: mocks.printer,
    signaturePad: mocks.signaturePad,
    display: mocks.display,
    keypad: mocks.keypad,
    indicators: { ...NO_INDICATORS, beep: (pattern) => void mocks.beeps.push(pattern) },
    acquirer: mocks.acquirerLink,
    wallet: mocks.walletLink,
    walletKeys: mocks.walletKeys,
    journalStore: mocks.journal,
    supervisors: new MockSupervisors(),
  };
}
