import { concatBytes, equalBytes } from '../../../firmware/base/bytes.ts';
import type { Clock, TimerId } from '../../../firmware/hal/index.ts';
import type { WireEnd } from '../../wire/wire-end.ts';
import type { PrinterCondition, PrinterControls } from './controls.ts';
import { Execution, type Head, type Routine, type Step } from './execution.ts';
import { interpret } from './interpreter.ts';
import { Mechanism } from './mechanism.ts';
import { Paper, type Burn } from './paper.ts';
import { RealTimeScanner, type RealTimeCommand } from './real-time.ts';
import { BUSY_BELOW_FREE_BYTES, READY_FROM_FREE_BYTES, ReceiveBuffer } from './receive-buffer.ts';

/** Which head is emulated. */
export interface PrinterEmulatorOptions {
  /** 576 by default, 80 mm paper; 384 for 58 mm. */
  readonly widthDots?: number;
  /**
   * `full` answers everything; `cloneN1N4` knows DLE EOT 1 and 4 alone, neither process ids nor native QR codes nor
   * the clearing by DLE DC4; `mute` is the same with its transmit line not wired.
   */
  readonly flavour?: 'full' | 'cloneN1N4' | 'mute';
  readonly hasCutter?: boolean;
  /** 100 by default. */
  readonly speedMmPerSecond?: number;
  /** Sends XOFF when the buffer is nearly full or the head is offline. */
  readonly flowControl?: 'none' | 'xonxoff';
}

const XON = 0x11;
const XOFF = 0x13;
const DOTS_PER_MM = 8;
const CUT_MS = 300;
const CLEARED = new Uint8Array([0x37, 0x25, 0x00]);
const CLONE_PAGES: readonly number[] = [1, 4];

/**
 * A receipt printer down to the byte: receive buffer, print buffer, mechanism and paper. Everything but real-time
 * commands is executed in order and takes the time of the mechanism; offline it goes on receiving and stops executing.
 *
 * Where documents are silent: DLE ENQ 2 clears the buffers in any state, and a real-time command that arrives while
 * nothing else waits is not kept in the buffer.
 */
export class PrinterEmulator implements PrinterControls {
  readonly paper: Paper;
  /** What a host should not have sent, in order. */
  readonly misuse: string[] = [];
  drawerPulses = 0;
  /** Process ids are swallowed, as when their reply is lost on the wire. */
  losesIds = false;
  readonly #wire: WireEnd;
  readonly #clock: Clock;
  readonly #flavour: 'full' | 'cloneN1N4' | 'mute';
  readonly #speedMmPerSecond: number;
  readonly #hasFlowControl: boolean;
  readonly #mechanism = new Mechanism();
  readonly #buffer = new ReceiveBuffer();
  readonly #head: Head;
  #scanner = new RealTimeScanner();
  #execution: Execution;
  #routine: Routine;
  #step: Step;
  #moving: TimerId | undefined;
  #heatTimer: TimerId | undefined;
  #automaticMask = 0;
  #automaticSent = new Uint8Array();
  #isHeldOff = false;

  constructor(wire: WireEnd, clock: Clock, options: PrinterEmulatorOptions = {}) {
    this.#wire = wire;
    this.#clock = clock;
    this.#flavour = options.flavour ?? 'full';
    this.#speedMmPerSecond = options.speedMmPerSecond ?? 100;
    this.#hasFlowControl = options.flowControl === 'xonxoff';
    this.paper = new Paper(options.widthDots ?? 576);
    this.#head = this.#makeHead(options.hasCutter ?? true);
    this.#execution = new Execution(this.#head);
    this.#routine = interpret(this.#execution);
    this.#step = this.#firstStep();
    wire.onData((bytes) => this.#receive(bytes));
  }

  get condition(): PrinterCondition {
    return this.#mechanism;
  }

  /** Bytes lost because the host sent more than the buffer holds. */
  get droppedBytes(): number {
    return this.#buffer.droppedBytes;
  }

  endPaperAfterLines(lines: number): void {
    this.#change(() => this.#mechanism.endPaperAfterLines(lines));
  }

  /** The roll is nearly at its end; goes on printing. */
  lowPaper(): void {
    this.#change(() => {
      this.#mechanism.isPaperLow = true;
    });
  }

  loadPaper(): void {
    this.#change(() => this.#mechanism.loadPaper());
  }

  openCover(): void {
    this.#change(() => {
      this.#mechanism.isCoverOpen = true;
    });
  }

  closeCover(): void {
    this.#change(() => {
      this.#mechanism.isCoverOpen = false;
    });
  }

  overheat(forMs: number): void {
    this.#clearHeatTimer();
    this.#heatTimer = this.#clock.setTimeout(() => {
      this.#change(() => {
        this.#mechanism.isHot = false;
      });
    }, forMs);
    this.#change(() => {
      this.#mechanism.isHot = true;
    });
  }

  /** The next cut fails, and the head stays in error until the knife is freed and the host asks it to try again. */
  jamCutter(): void {
    this.#mechanism.isKnifeStuck = true;
  }

  freeCutter(): void {
    this.#mechanism.isKnifeStuck = false;
  }

  unplug(): void {
    this.#wire.unplug();
  }

  replug(): void {
    this.#wire.replug();
  }

  /** Off and on: buffers, modes, automatic status and errors are gone; the line stays open. */
  powerCycle(): void {
    this.#clearBuffers();
    this.#clearHeatTimer();
    this.#automaticMask = 0;
    this.#execution = new Execution(this.#head);
    this.#restart();
    this.#change(() => {
      this.#mechanism.isHot = false;
      this.#mechanism.recover();
    });
  }

  /** Sends bytes that nobody asked for. */
  say(bytes: Uint8Array): void {
    if (this.#flavour !== 'mute') this.#wire.write(bytes);
  }

  #clearHeatTimer(): void {
    if (this.#heatTimer !== undefined) this.#clock.clearTimeout(this.#heatTimer);
  }

  #makeHead(hasCutter: boolean): Head {
    const mechanism = this.#mechanism;
    return {
      widthDots: this.paper.widthDots,
      hasCutter,
      hasProcessId: this.#flavour === 'full',
      hasNativeQr: this.#flavour === 'full',
      get isPaperLow() {
        return mechanism.isPaperLow;
      },
      get isPaperOut() {
        return mechanism.isPaperOut;
      },
      reply: (bytes) => this.say(bytes),
      sendProcessId: (id) => {
        if (!this.losesIds) this.say(concatBytes(new Uint8Array([0x37, 0x22]), id, new Uint8Array([0])));
      },
      setAutomaticStatus: (mask) => this.#setAutomaticStatus(mask),
      pulseDrawer: () => {
        this.drawerPulses++;
      },
      misuse: (what) => this.misuse.push(what),
    };
  }

  #receive(bytes: Uint8Array): void {
    for (const byte of bytes) {
      this.#buffer.put(byte);
      const command = this.#scanner.push(byte);
      if (command !== undefined) this.#obey(command);
      this.#execute();
    }
    this.#controlFlow();
  }

  #obey(command: RealTimeCommand): void {
    const isAlone = this.#execution.isBetweenCommands && this.#buffer.length === 3 && this.#moving === undefined;
    if (isAlone) this.#buffer.clear();
    switch (command.kind) {
      case 'status':
        return this.#answerStatus(command.page);
      case 'clear':
        return this.#acknowledgeClear();
      case 'pulseDrawer':
        this.drawerPulses++;
        return;
      case 'recover':
        if (command.clears) this.#clearBuffers();
        return this.#change(() => this.#mechanism.recover());
    }
  }

  #answerStatus(page: number): void {
    if (this.#flavour !== 'full' && !CLONE_PAGES.includes(page)) return;
    this.say(new Uint8Array([this.#mechanism.realTimeStatus(page)]));
  }

  #acknowledgeClear(): void {
    if (this.#flavour !== 'full') return this.#head.misuse('DLE DC4 8 is not known to this head');
    this.#clearBuffers();
    this.say(CLEARED);
  }

  /** The receive buffer, the line begun and the movement under way; process ids in there are lost without reply. */
  #clearBuffers(): void {
    this.#buffer.clear();
    this.#execution.state.takeCells();
    if (this.#moving !== undefined) this.#clock.clearTimeout(this.#moving);
    this.#moving = undefined;
    this.#restart();
  }

  #restart(): void {
    this.#scanner = new RealTimeScanner();
    this.#routine = interpret(this.#execution);
    this.#step = this.#firstStep();
  }

  #firstStep(): Step {
    return this.#advance(0);
  }

  #advance(byte: number): Step {
    const next = this.#routine.next(byte);
    return next.done === true ? { kind: 'byte' } : next.value;
  }

  /** Goes on until a byte is missing or the mechanism has to move first. */
  #execute(): void {
    while (this.#moving === undefined && this.#mechanism.isOnline) {
      if (this.#step.kind !== 'byte') return this.#move(this.#step);
      const byte = this.#buffer.take();
      if (byte === undefined) return;
      this.#step = this.#advance(byte);
    }
  }

  #move(step: Exclude<Step, { kind: 'byte' }>): void {
    const durationMs =
      step.kind === 'cut' ? CUT_MS : (step.burn.heightDots * 1_000) / DOTS_PER_MM / this.#speedMmPerSecond;
    this.#moving = this.#clock.setTimeout(() => {
      this.#moving = undefined;
      // A head that was stopped on the way repeats the line once it can.
      if (!this.#mechanism.isOnline) return;
      const isDone = step.kind === 'cut' ? this.#cut() : this.#burn(step.burn);
      if (isDone) this.#step = this.#advance(0);
      this.#changed();
    }, durationMs);
  }

  #burn(burn: Burn): boolean {
    const isDone = this.#mechanism.feed(burn.heightDots);
    if (isDone) this.paper.burn(burn);
    return isDone;
  }

  #cut(): boolean {
    const isDone = this.#mechanism.cut();
    if (isDone) this.paper.cut();
    return isDone;
  }

  #change(act: () => void): void {
    act();
    this.#changed();
  }

  /** Tells the host what it wants to be told, and goes on if it can. */
  #changed(): void {
    this.#pushAutomaticStatus();
    this.#execute();
    this.#controlFlow();
  }

  #setAutomaticStatus(mask: number): void {
    this.#automaticMask = mask;
    this.#automaticSent = new Uint8Array();
    this.#pushAutomaticStatus();
  }

  #pushAutomaticStatus(): void {
    const status = this.#mechanism.automaticStatus();
    if (this.#automaticMask === 0 || equalBytes(status, this.#automaticSent)) return;
    this.#automaticSent = Uint8Array.from(status);
    this.say(status);
  }

  #controlFlow(): void {
    if (!this.#hasFlowControl) return;
    const { freeBytes } = this.#buffer;
    const isOffline = !this.#mechanism.isOnline;
    const isReady = !isOffline && freeBytes >= READY_FROM_FREE_BYTES;
    if (!this.#isHeldOff && (isOffline || freeBytes <= BUSY_BELOW_FREE_BYTES)) this.#holdOff(true);
    else if (this.#isHeldOff && isReady) this.#holdOff(false);
  }

  #holdOff(isHeldOff: boolean): void {
    this.#isHeldOff = isHeldOff;
    this.say(new Uint8Array([isHeldOff ? XOFF : XON]));
  }
}
