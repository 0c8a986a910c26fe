import { textBurn, type Burn } from './paper.ts';
import type { Bitmap } from './bitmap.ts';
import { leftOf } from './cells.ts';
import { PrintState } from './print-state.ts';

/** What the execution of a byte stream waits for: the next byte, or the mechanism. */
export type Step =
  { readonly kind: 'byte' } | { readonly kind: 'burn'; readonly burn: Burn } | { readonly kind: 'cut' };

/** A piece of execution that stops wherever a head would wait. */
export type Routine<Result = void> = Generator<Step, Result, number>;

/** The hardware around the stream. */
export interface Head {
  readonly widthDots: number;
  readonly hasCutter: boolean;
  /** GS ( H is known. */
  readonly hasProcessId: boolean;
  /** GS ( k is known. */
  readonly hasNativeQr: boolean;
  readonly isPaperLow: boolean;
  readonly isPaperOut: boolean;
  reply(bytes: Uint8Array): void;
  sendProcessId(id: Uint8Array): void;
  setAutomaticStatus(mask: number): void;
  pulseDrawer(): void;
  /** A host that sends this would print garbage, or nothing, on some head. */
  misuse(what: string): void;
}

/** Settings of QR codes; ESC @ leaves the stored data alone. */
export interface QrSettings {
  moduleDots: number;
  correction: 'low' | 'medium' | 'quartile' | 'high';
  data: Uint8Array;
}

/** One byte stream in execution. */
export class Execution {
  readonly head: Head;
  state = new PrintState();
  qr: QrSettings = { moduleDots: 3, correction: 'low', data: new Uint8Array() };
  /** Picture stored by GS ( L. */
  graphics: Bitmap | undefined;
  /** Height and module of power-on (Epson's GS h and GS w). */
  barcode = { heightDots: 162, moduleDots: 3 };
  /** ESC = can deselect the head, which then waits to be selected again. */
  isSelected = true;
  isBetweenCommands = true;

  constructor(head: Head) {
    this.head = head;
  }

  /** ESC @. */
  initialise(): void {
    this.state = new PrintState();
  }
}

/** Commands by the byte after their prefix. */
export type CommandTable = Readonly<Record<number, (run: Execution) => Routine>>;

/** Waits for the next byte of the stream. */
export function* byte(): Routine<number> {
  return yield { kind: 'byte' };
}

/** Waits for so many bytes. */
export function* bytes(count: number): Routine<Uint8Array> {
  const all = new Uint8Array(count);
  for (let i = 0; i < count; i++) all[i] = yield* byte();
  return all;
}

/** Low byte first. */
export function* uint16(): Routine<number> {
  const low = yield* byte();
  return low | ((yield* byte()) << 8);
}

/** A command with one argument that only changes a mode. */
export function mode(set: (run: Execution, argument: number) => void): (run: Execution) => Routine {
  return function* (run) {
    set(run, yield* byte());
  };
}

/** A command without argument that only changes a mode. */
export function plain(set: (run: Execution) => void): (run: Execution) => Routine {
  return function* (run) {
    set(run);
    yield* NOTHING;
  };
}

const NOTHING: readonly Step[] = [];

/** LF: prints the line and goes to the next. */
export function* feedLine(run: Execution): Routine {
  const { lineSpacingDots, align } = run.state;
  const cells = run.state.takeCells();
  const blank: Burn = { kind: 'blank', lines: 1, heightDots: lineSpacingDots };
  yield { kind: 'burn', burn: cells.length === 0 ? blank : textBurn(cells, align, lineSpacingDots) };
}

/** ESC J: prints the line and goes on by so many dots. */
export function* feedDots(run: Execution, dots: number): Routine {
  const cells = run.state.takeCells();
  const blank: Burn = { kind: 'blank', lines: 0, heightDots: dots };
  yield { kind: 'burn', burn: cells.length === 0 ? blank : textBurn(cells, run.state.align, dots) };
}

/** Burns a picture at the alignment of now; a line begun before it is printed first. */
export function* burnImage(run: Execution, image: Bitmap): Routine {
  if (run.state.cells.length > 0) {
    run.head.misuse('picture in a line begun');
    yield* feedLine(run);
  }
  const leftDots = leftOf(run.state.align, image.widthDots, run.head.widthDots);
  yield { kind: 'burn', burn: { kind: 'image', image, leftDots, heightDots: image.heightDots } };
}
