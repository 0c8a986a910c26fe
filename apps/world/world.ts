import { latin1Of } from '../../firmware/base/bytes.ts';
import type { Clock, Indicators, JournalStore, Random, ScreenModel } from '../../firmware/hal/index.ts';
import type { TerminalSettings } from '../../firmware/settings.ts';
import { createTerminal, type Terminal } from '../../firmware/system.ts';
import { JournalFileStore } from '../../drivers/journal/file-store.ts';
import { MemoryCardVault } from '../../drivers/linux/card-vault.ts';
import { RsaWalletKeys } from '../../drivers/linux/wallet-keys.ts';
import { SimulatedDisk } from '../../hal-mock/disk.ts';
import { MockDisplay } from '../../hal-mock/display.ts';
import { NO_INDICATORS } from '../../hal-mock/indicators.ts';
import { MockKeypad } from '../../hal-mock/keypad.ts';
import { MockSupervisors } from '../../hal-mock/supervisors.ts';
import { TEST_TERMINAL } from '../../simulator/acquirer/terminals.ts';
import type { World } from '../../simulator/scenario/world.ts';
import { TEST_WALLET_KEYS } from '../../simulator/wallet/test-keys.ts';
import { type Counter, openCounter, openDrivers } from './devices.ts';
import { type Hosts, openHosts, type RemoteHosts } from './hosts.ts';
import type { TraceRecorder } from '../trace/recorder.ts';
import { NO_TAPS, recordingTaps, type WorldTaps } from '../trace/world-taps.ts';
import { worldTime } from './time.ts';
import type { Transport } from './wires.ts';

export interface WorldOptions {
  readonly settings: TerminalSettings;
  readonly clock: Clock;
  /** The terminal's own clock where it differs from that of the hosts. */
  readonly terminalClock?: Clock;
  readonly random: Random;
  readonly transport: Transport;
  readonly network: 'memory' | 'loopback';
  readonly remoteHosts?: RemoteHosts;
  /** `false` leaves the PIN pad without a master key, as it comes out of its box. */
  readonly isActivated?: boolean;
  /** The PIN pad answers at once, where a real one takes its 15 to 40 ms for each of the twenty commands of a sign-on. */
  readonly hasQuickPinPad?: boolean;
  /** A panel stands on the counter on which customers sign. */
  readonly hasSignaturePad?: boolean;
  /** The hosts are unreachable from the start. */
  readonly hostIsDown?: boolean;
  readonly onScreen?: (screen: ScreenModel) => void;
  /** Lights and beeper; none unless told. */
  readonly indicators?: Indicators;
  /** Called with the text of each slip when it is cut off. */
  readonly onSlip?: (lines: readonly string[]) => void;
  /** Called for each life of the terminal before it starts. */
  readonly onLife?: (terminal: Terminal) => void;
  /** Records everything that happens, over all lives of the terminal. */
  readonly record?: TraceRecorder;
  /** Seals what the journal may hold of a card; a test key unless told. */
  readonly storageKey?: Uint8Array;
  /** Where the journal lives; a simulated disk unless told. Called for each life of the terminal. */
  readonly openJournal?: () => JournalStore;
}

/** A storage key for simulated terminals; a device keeps a random one, see `loadOrCreateStorageKey`. */
const TEST_STORAGE_KEY = new Uint8Array(32).fill(0x5a);
const SEGMENT_BYTES = 64 * 1024;
/** Line noise with everything a parser could mistake for a frame: start and end marks of all four protocols. */
const NOISE = Uint8Array.of(0x02, 0x56, 0x69, 0x56, 0xff, 0x03, 0x00, 0x12, 0x37, 0x02, 0x7e, 0x0d);

interface Life {
  readonly terminal: Terminal;
  end(): Promise<void>;
}

/** Makes a shop: real drivers over emulated devices, real messages to simulated hosts, one terminal in the middle. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const { clock, random, transport, network, remoteHosts } = options;
  const counter = await openCounter(transport, clock, random, {
    hasQuickPinPad: options.hasQuickPinPad === true,
    hasSignaturePad: options.hasSignaturePad === true,
  });
  const hosts = await openHosts({
    clock,
    random,
    network,
    ...(remoteHosts === undefined ? {} : { remote: remoteHosts }),
  });
  if (options.hostIsDown === true) {
    hosts.acquirer.faults.down = true;
    hosts.wallets.setDown(true);
  }
  if (options.isActivated !== false) counter.pinPad.loadMasterKey(TEST_TERMINAL.masterKey);
  const disk = new SimulatedDisk({ random });
  const place = openPlace(options, counter, hosts);
  const { display, keypad, taps } = place;
  const openJournal = options.openJournal ?? (() => new JournalFileStore({ disk, segmentBytes: SEGMENT_BYTES }));
  const begin = (): Life => beginLife(options, place, taps.journal(openJournal()), restart);
  let life = begin();
  async function restart(): Promise<void> {
    await life.end();
    disk.powerCut();
    life = begin();
    taps.life('restarts');
    life.terminal.start();
  }
  taps.life('starts');
  life.terminal.start();
  return {
    time: worldTime(clock),
    terminal: () => life.terminal,
    screens: () => display.history,
    press: (key) => keypad.press(key),
    reader: counter.reader,
    pinPad: counter.pinPad,
    scanner: counter.scanner,
    printer: counter.printer,
    signaturePad: counter.signaturePad,
    acquirer: hosts.acquirer,
    wallet: hosts.wallets.alipay,
    wallets: hosts.wallets,
    cable: hosts.cable,
    noise: (device) => counter.wires[device].end.write(NOISE),
    loadMasterKey: () => counter.pinPad.loadMasterKey(TEST_TERMINAL.masterKey),
    powerCut() {
      taps.life('powerCut');
      return restart();
    },
    journalTexts: async () => (await disk.list()).map((name) => latin1Of(disk.contentOf(name))),
    async close() {
      await life.end();
      await hosts.close();
      await counter.close();
    },
  };
}

/** What outlives a life of the terminal. */
interface Place {
  readonly counter: Counter;
  readonly hosts: Hosts;
  readonly display: MockDisplay;
  readonly keypad: MockKeypad;
  readonly indicators: Indicators;
  readonly taps: WorldTaps;
}

function openPlace(options: WorldOptions, counter: Counter, hosts: Hosts): Place {
  const display = new MockDisplay();
  const taps = options.record === undefined ? NO_TAPS : recordingTaps(options.record);
  if (options.onScreen !== undefined) display.onShow(options.onScreen);
  display.onShow((screen) => taps.screen(screen));
  if (options.onSlip !== undefined) counter.printer.paper.onCut(options.onSlip);
  taps.paper(counter.printer.paper);
  const indicators = taps.indicators(options.indicators ?? NO_INDICATORS);
  return { counter, hosts, display, keypad: new MockKeypad(), taps, indicators };
}

function beginLife(
  { settings, clock, terminalClock = clock, random, storageKey = TEST_STORAGE_KEY, onLife }: WorldOptions,
  { counter, hosts, display, keypad, indicators, taps }: Place,
  journalStore: JournalStore,
  restart: () => Promise<void>,
): Life {
  const vault = new MemoryCardVault(random, storageKey);
  const drivers = openDrivers(counter, clock, random, vault, taps.line);
  const links = hosts.openLinks();
  const walletKeys = new RsaWalletKeys(TEST_WALLET_KEYS);
  const terminal = createTerminal(
    {
      clock: terminalClock,
      random,
      vault,
      display,
      keypad,
      indicators,
      walletKeys,
      journalStore,
      supervisors: new MockSupervisors(),
      acquirer: taps.acquirer(links.acquirer),
      wallet: taps.wallet(links.wallet),
      cardReader: drivers.cardReader,
      pinPad: drivers.pinPad,
      keyStore: drivers.keyStore,
      scanner: drivers.scanner,
      printer: drivers.printer,
      signaturePad: drivers.signaturePad,
    },
    settings,
  );
  terminal.onRestartNeeded(() => void restart());
  taps.terminal(terminal);
  onLife?.(terminal);
  return {
    terminal,
    async end() {
      terminal.stop();
      links.close();
      await drivers.close();
      vault.wipe();
    },
  };
}
