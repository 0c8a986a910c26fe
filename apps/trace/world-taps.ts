import type { HostLink, Indicators, JournalStore, ScreenModel } from '../../firmware/hal/index.ts';
import type { Terminal } from '../../firmware/system.ts';
import type { SerialLine } from '../../drivers/serial/serial-line.ts';
import type { TraceEvent } from '../../visualizer/model/trace.ts';
import { CardReaderFrames } from './card-reader-frames.ts';
import { tapAcquirer, tapWallet } from './host-taps.ts';
import { tapJournal } from './journal-tap.ts';
import { type FrameReader, frameTeller, tapLine, type TellFrame } from './line-tap.ts';
import { PinPadFrames } from './pin-pad-frames.ts';
import { PrinterFrames } from './printer-frames.ts';
import type { TraceRecorder } from './recorder.ts';
import { ScannerFrames } from './scanner-frames.ts';
import { TerminalTap } from './terminal-tap.ts';

type LifeEvent = Extract<TraceEvent, { kind: 'life' }>['what'];

/** What has a serial line. */
export type TappedDevice = 'cardReader' | 'pinPad' | 'scanner' | 'printer';

/** Paper that tells of each slip when it is cut; that of an emulator. */
export interface TappedPaper {
  onCut(listener: (lines: readonly string[], png: () => Uint8Array) => void): void;
}

/** Where a terminal may be listened in, emulated or on a device, each place a way through. */
export interface WorldTaps {
  line(this: void, device: TappedDevice, line: SerialLine): SerialLine;
  acquirer(link: HostLink): HostLink;
  wallet(link: HostLink): HostLink;
  journal(store: JournalStore): JournalStore;
  indicators(indicators: Indicators): Indicators;
  /** Before it starts. */
  terminal(terminal: Terminal): void;
  screen(screen: ScreenModel): void;
  paper(paper: TappedPaper): void;
  life(what: LifeEvent): void;
}

export const NO_TAPS: WorldTaps = {
  line: (_, line) => line,
  acquirer: (link) => link,
  wallet: (link) => link,
  journal: (store) => store,
  indicators: (indicators) => indicators,
  terminal: () => undefined,
  screen: () => undefined,
  paper: () => undefined,
  life: () => undefined,
};

/** All taps of a world into one recorder. */
export function recordingTaps(recorder: TraceRecorder): WorldTaps {
  const tap = new TerminalTap(recorder);
  const readers: Readonly<Record<TappedDevice, (tell: TellFrame) => FrameReader>> = {
    cardReader: (tell) => new CardReaderFrames(tell),
    pinPad: (tell) => new PinPadFrames(tell),
    scanner: (tell) => new ScannerFrames(tell),
    printer: (tell) => new PrinterFrames(tell, () => recorder.add({ kind: 'drawer', lane: 'devices' })),
  };
  return {
    line: (device, line) => tapLine(line, readers[device](frameTeller(recorder, device))),
    acquirer: (link) => tapAcquirer(link, recorder),
    wallet: (link) => tapWallet(link, recorder),
    journal: (store) => tapJournal(store, recorder),
    indicators: (indicators) => tap.indicators(indicators),
    terminal: (terminal) => tap.watch(terminal),
    screen: (screen) => tap.screen(screen),
    paper: (paper) =>
      paper.onCut((lines, png) =>
        recorder.add({ kind: 'slip', lane: 'devices', lines, png: Buffer.from(png()).toString('base64') }),
      ),
    life: (what) => recorder.add({ kind: 'life', lane: 'terminal', what }),
  };
}
