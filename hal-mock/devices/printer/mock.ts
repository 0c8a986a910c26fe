import { layoutSlip, qrModules, type SlipRow, type TextRow } from '../../../drivers/printer-escpos/codec.ts';
import { columnsOf } from '../../../firmware/base/columns.ts';
import {
  HalError,
  sleep,
  type Clock,
  type DrawerResult,
  type PrintEvidence,
  type PrinterStatus,
  type PrintResult,
  type ReceiptPrinter,
  type Slip,
} from '../../../firmware/hal/index.ts';
import { bitmapOfModules, scaled, type Bitmap } from './bitmap.ts';
import { type Cell, leftOf } from './cells.ts';
import type { PrinterCondition, PrinterControls } from './controls.ts';
import { FULL_WIDTH_DOTS, HALF_WIDTH_DOTS } from './glyphs.ts';
import { Mechanism } from './mechanism.ts';
import { LINE_SPACING_DOTS, Paper, type Burn } from './paper.ts';
import { PrintState } from './print-state.ts';

/** Which head is imitated. */
export interface MockPrinterOptions {
  /** 32 by default, 58 mm paper; 48 for 80 mm. */
  readonly columns?: 32 | 48;
  /** Time for each line, 5 ms by default. */
  readonly lineMs?: number;
  /** What the head can prove, `confirmed` by default. */
  readonly evidence?: PrintEvidence;
}

/** Lines between two looks at the cable; a timer for every line would cost more than all the rest of a sale. */
const LINES_AT_ONCE = 8;
const QR_MODULE_DOTS = 6;
const BLANK_LINE: Burn = { kind: 'blank', lines: 1, heightDots: LINE_SPACING_DOTS };

/** A printer at port level: the same paper and the same outcomes as a driver with the emulator, without any bytes. */
export class MockPrinter implements ReceiptPrinter, PrinterControls {
  readonly columns: number;
  readonly paper: Paper;
  drawerPulses = 0;
  readonly #clock: Clock;
  readonly #lineMs: number;
  readonly #evidence: PrintEvidence;
  readonly #mechanism = new Mechanism();
  #hotUntilMs = 0;
  #isUnplugged = false;
  #isBusy = false;

  constructor(clock: Clock, options: MockPrinterOptions = {}) {
    this.#clock = clock;
    this.columns = options.columns ?? 32;
    this.paper = new Paper(this.columns * HALF_WIDTH_DOTS);
    this.#lineMs = options.lineMs ?? 5;
    this.#evidence = options.evidence ?? 'confirmed';
  }

  async status(): Promise<PrinterStatus> {
    await sleep(this.#clock, this.#lineMs);
    this.#failIfUnplugged();
    return this.#statusNow();
  }

  async print(slip: Slip): Promise<PrintResult> {
    return this.#alone(() => this.#print(slip));
  }

  async openDrawer(): Promise<DrawerResult> {
    return this.#alone(async () => {
      const status = await this.status();
      if (status.kind === 'stopped') return { kind: 'stopped', reason: status.reason };
      this.drawerPulses++;
      return { kind: 'pulsed' };
    });
  }

  async #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#isBusy) throw new HalError('busy', 'printer');
    this.#isBusy = true;
    try {
      return await work();
    } finally {
      this.#isBusy = false;
    }
  }

  endPaperAfterLines(lines: number): void {
    this.#mechanism.endPaperAfterLines(lines);
  }

  /** The roll is nearly at its end; goes on printing. */
  lowPaper(): void {
    this.#mechanism.isPaperLow = true;
  }

  get condition(): PrinterCondition {
    const { isPaperOut, isCoverOpen } = this.#mechanism;
    return { isPaperOut, isCoverOpen, isHot: this.#clock.monotonicMs() < this.#hotUntilMs };
  }

  loadPaper(): void {
    this.#mechanism.loadPaper();
  }

  openCover(): void {
    this.#mechanism.isCoverOpen = true;
  }

  closeCover(): void {
    this.#mechanism.isCoverOpen = false;
  }

  overheat(forMs: number): void {
    this.#hotUntilMs = this.#clock.monotonicMs() + forMs;
  }

  unplug(): void {
    this.#isUnplugged = true;
  }

  replug(): void {
    this.#isUnplugged = false;
  }

  async #print(slip: Slip): Promise<PrintResult> {
    const burns = layoutSlip(slip, this.columns).flatMap((row) => this.#burnsOf(row));
    const before = await this.status();
    if (before.kind === 'stopped') return { kind: 'stoppedAt', reason: before.reason, partial: false };
    for (let at = 0; at < burns.length; at += LINES_AT_ONCE) {
      const lines = burns.slice(at, at + LINES_AT_ONCE);
      await sleep(this.#clock, this.#lineMs * lines.length);
      this.#failIfUnplugged();
      for (const burn of lines) {
        const stopped = this.#burn(burn);
        if (stopped !== undefined) return stopped;
      }
    }
    this.paper.cut();
    return { kind: 'printed', evidence: this.#evidence };
  }

  #burn(burn: Burn): PrintResult | undefined {
    let status = this.#statusNow();
    if (status.kind === 'ready' && this.#mechanism.feed(burn.heightDots)) this.paper.burn(burn);
    else status = this.#statusNow();
    return status.kind === 'stopped' ? { kind: 'stoppedAt', reason: status.reason, partial: true } : undefined;
  }

  #failIfUnplugged(): void {
    if (this.#isUnplugged) throw new HalError('disconnected', 'printer');
  }

  #statusNow(): PrinterStatus {
    if (this.#mechanism.isCoverOpen) return { kind: 'stopped', reason: 'coverOpen' };
    if (this.#mechanism.isPaperOut) return { kind: 'stopped', reason: 'paperOut' };
    if (this.#clock.monotonicMs() < this.#hotUntilMs) return { kind: 'stopped', reason: 'overheated' };
    return { kind: 'ready', paper: this.#mechanism.isPaperLow ? 'low' : 'ok' };
  }

  #burnsOf(row: SlipRow): Burn[] {
    if (row.kind === 'text') return [this.#textBurn(row)];
    if (row.kind === 'feed') return Array.from({ length: row.lines }, () => BLANK_LINE);
    if (row.kind === 'qr') {
      return [this.#qrBurn(modulesOf(row.data))];
    }
    if (row.widthDots > this.paper.widthDots)
      throw new HalError('unsupported', 'printer', 'image wider than the paper');
    return [this.#imageBurn(row)];
  }

  #textBurn(row: TextRow): Burn {
    if (row.text === '') return BLANK_LINE;
    const times = row.size === 'large' ? 2 : 1;
    const heightDots = Math.max(LINE_SPACING_DOTS, FULL_WIDTH_DOTS * times);
    const left = leftOf(row.align, columnsOf(row.text) * HALF_WIDTH_DOTS * times, this.paper.widthDots);
    const indent = ' '.repeat(Math.floor(left / HALF_WIDTH_DOTS));
    let cells: readonly Cell[] | undefined;
    // Most slips of a long simulation are never looked at dot by dot.
    return {
      kind: 'text',
      align: row.align,
      heightDots,
      text: (indent + row.text).replaceAll('\uFFE5', '\u00A5').trimEnd(),
      get cells() {
        return (cells ??= cellsOfRow(row, times));
      },
    };
  }

  #qrBurn(modules: readonly (readonly boolean[])[]): Burn {
    const heightDots = modules.length * QR_MODULE_DOTS;
    const leftDots = leftOf('center', heightDots, this.paper.widthDots);
    let image: Bitmap | undefined;
    return {
      kind: 'image',
      leftDots,
      heightDots,
      get image() {
        return (image ??= scaled(bitmapOfModules(modules), QR_MODULE_DOTS, QR_MODULE_DOTS));
      },
    };
  }

  #imageBurn(image: Bitmap): Burn {
    const leftDots = leftOf('center', image.widthDots, this.paper.widthDots);
    return { kind: 'image', image, leftDots, heightDots: image.heightDots };
  }
}

function cellsOfRow(row: TextRow, times: 1 | 2): Cell[] {
  const state = new PrintState();
  state.scale = { wide: times, high: times };
  state.chineseScale = state.scale;
  state.isBold = row.bold;
  return Array.from(row.text, (character) => state.cellsOf(character)).flat();
}

function modulesOf(data: string): boolean[][] {
  const modules = qrModules(data);
  if (modules === undefined) throw new HalError('unsupported', 'printer', 'QR data too long');
  return modules;
}
