/**
 * A world for scenarios whose terminal is the program of a device, in a process of its own: what it shows and where it stands
 * comes from its trace, its books from the files of its journal.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CHAIN_START, type ChainPosition, HEADER_BYTES, readSlot } from '../../drivers/journal/record.ts';
import type { Key, ScreenModel } from '../../firmware/hal/index.ts';
import { applyRecord, emptyJournal, type JournalState } from '../../firmware/journal/fold.ts';
import type { StampedRecord } from '../../firmware/journal/records.ts';
import type { Terminal } from '../../firmware/system.ts';
import { MockSignaturePad } from '../../hal-mock/devices/signature-pad/mock.ts';
import { realTime } from '../../apps/world/time.ts';
import { TEST_TERMINAL } from '../../simulator/acquirer/terminals.ts';
import { NetworkCable } from '../../simulator/network-cable.ts';
import type { World, WorldTime } from '../../simulator/scenario/world.ts';
import { BEFORE_ALL, momentAfter } from '../../visualizer/model/replay.ts';
import type { TraceEvent } from '../../visualizer/model/trace.ts';
import type { Device } from './program.ts';
import type { Stand } from './stand.ts';

const STROKES: Readonly<Partial<Record<Key, string>>> = {
  confirm: '\r',
  cancel: '\u001B',
  clear: '\u007F',
  function: 'f',
};

const KEY_WITHIN_MS = 5_000;
/** Keys that change no screen are not waited for longer. */
const SCREEN_WITHIN_MS = 200;

/** A trace as it is written: the program has its end of a pipe with a name, which no page cache holds. */
export class TracePipe {
  readonly path: string;
  readonly screens: ScreenModel[] = [];
  readonly #reader: ChildProcess;
  /** Keys that have reached the terminal. */
  keys = 0;
  #moment = BEFORE_ALL;

  constructor(folder: string) {
    this.path = join(folder, 'trace');
    if (spawnSync('mkfifo', [this.path]).status !== 0) throw new Error('mkfifo failed');
    const reader = spawn('cat', [this.path], { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: reader.stdout }).on('line', (line) => this.#take(JSON.parse(line) as TraceEvent));
    this.#reader = reader;
  }

  /** As the terminal itself says it, as far as the outermost machine goes. */
  statePath(): string {
    const root = this.#moment.running.find(({ parent }) => parent === undefined);
    return root === undefined ? '' : `terminal.${root.state}`;
  }

  close(): void {
    this.#reader.kill();
  }

  #take(event: TraceEvent): void {
    // The first line is the header.
    if (!('kind' in event)) return;
    this.#moment = momentAfter(this.#moment, event);
    if (event.kind === 'key') this.keys += 1;
    if (event.kind === 'screen') this.screens.push(event.screen as ScreenModel);
  }
}

/** The books in the files of a journal that somebody else writes: a record that stands there whole counts. */
class WrittenJournal {
  readonly #folder: string;
  readonly #state = emptyJournal();
  #segment = 0;
  #at = HEADER_BYTES;
  #chain: ChainPosition = CHAIN_START;

  constructor(folder: string) {
    this.#folder = folder;
  }

  texts(): string[] {
    return this.#names().map((name) => readFileSync(join(this.#folder, name), 'latin1'));
  }

  state(): JournalState {
    const decoder = new TextDecoder();
    for (let name = this.#names()[this.#segment]; name !== undefined; name = this.#names()[this.#segment]) {
      const bytes = new Uint8Array(readFileSync(join(this.#folder, name)));
      let slot = readSlot(bytes, this.#at, this.#chain);
      for (; slot.kind === 'record'; slot = readSlot(bytes, this.#at, this.#chain)) {
        applyRecord(this.#state, JSON.parse(decoder.decode(slot.payload)) as StampedRecord);
        this.#at = slot.end;
        this.#chain = slot.after;
      }
      if (slot.kind !== 'seal') break;
      this.#segment += 1;
      this.#at = HEADER_BYTES;
    }
    return this.#state;
  }

  #names(): string[] {
    return readdirSync(this.#folder).toSorted();
  }
}

/** What was pressed last, and how many screens had been shown by then. */
interface Pressed {
  keys: number;
  screens: number;
}

/** Keys take their way to another process: a hand moves on when the screen has answered. */
function patient(time: WorldTime, trace: TracePipe, pressed: Pressed): WorldTime {
  return {
    ...time,
    async advance(ms) {
      if (pressed.keys > trace.keys) {
        await time.until(() => trace.keys >= pressed.keys, KEY_WITHIN_MS);
        await time.until(() => trace.screens.length > pressed.screens, SCREEN_WITHIN_MS);
      }
      await time.advance(ms);
    },
  };
}

/** Everything that {@link Hands} of a scenario take hold of; power cuts and the terminal's network cable are not there. */
export function deviceWorld(stand: Stand, device: Device, trace: TracePipe): World {
  const journal = new WrittenJournal(join(stand.data, 'journal'));
  const pressed: Pressed = { keys: 0, screens: 0 };
  const terminal = { statePath: () => trace.statePath(), journalState: () => journal.state() };
  return {
    time: patient(realTime(stand.clock), trace, pressed),
    terminal: () => terminal as unknown as Terminal,
    screens: () => trace.screens,
    press(key) {
      pressed.keys += 1;
      pressed.screens = trace.screens.length;
      device.type(STROKES[key] ?? key);
    },
    reader: stand.reader,
    pinPad: stand.pinPad,
    scanner: stand.scanner,
    printer: stand.printer,
    signaturePad: new MockSignaturePad(stand.clock, false),
    acquirer: stand.acquirer,
    wallet: stand.wallets.alipay,
    wallets: stand.wallets,
    cable: new NetworkCable(),
    noise: () => undefined,
    loadMasterKey: () => stand.pinPad.loadMasterKey(TEST_TERMINAL.masterKey),
    powerCut: () => Promise.reject(new Error('a device on a bench has no switch')),
    journalTexts: () => Promise.resolve(journal.texts()),
    close: () => Promise.resolve(),
  };
}
