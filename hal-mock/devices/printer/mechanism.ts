import { LINE_SPACING_DOTS } from './paper.ts';

/** What the sensors of a head see, and whether it can move. */
export class Mechanism {
  isCoverOpen = false;
  isHot = false;
  isPaperLow = false;
  /** The knife is stuck now. */
  isKnifeStuck = false;
  /** The knife got stuck in a cut; the head waits for a command, even when the knife is free again. */
  hasKnifeError = false;
  #paperLeftDots = Number.POSITIVE_INFINITY;

  get isPaperOut(): boolean {
    return this.#paperLeftDots <= 0;
  }

  get isOnline(): boolean {
    return !this.isCoverOpen && !this.isHot && !this.isPaperOut && !this.hasKnifeError;
  }

  loadPaper(): void {
    this.#paperLeftDots = Number.POSITIVE_INFINITY;
    this.isPaperLow = false;
  }

  endPaperAfterLines(lines: number): void {
    this.#paperLeftDots = lines * LINE_SPACING_DOTS;
  }

  /** Moves the paper on; false when it ends before, and the line stays unprinted. */
  feed(heightDots: number): boolean {
    const isEnough = heightDots <= this.#paperLeftDots;
    this.#paperLeftDots = isEnough ? this.#paperLeftDots - heightDots : 0;
    return isEnough;
  }

  /** False when the knife is stuck. */
  cut(): boolean {
    this.hasKnifeError = this.isKnifeStuck;
    return !this.isKnifeStuck;
  }

  /** Tries again after an error, as DLE ENQ asks for. */
  recover(): void {
    if (!this.isKnifeStuck) this.hasKnifeError = false;
  }

  /** Answer to DLE EOT n. */
  realTimeStatus(page: number): number {
    const bits = [
      this.isOnline ? 0 : 0x08,
      (this.isCoverOpen ? 0x04 : 0) | (this.isPaperOut ? 0x20 : 0) | (this.isHot || this.hasKnifeError ? 0x40 : 0),
      (this.hasKnifeError ? 0x08 : 0) | (this.isHot ? 0x40 : 0),
      (this.isPaperLow ? 0x0c : 0) | (this.isPaperOut ? 0x60 : 0),
    ];
    return 0x12 | (bits[page - 1] ?? 0);
  }

  /** The four bytes of GS a; the last is reserved. */
  automaticStatus(): Uint8Array {
    return new Uint8Array([
      0x10 | (this.isOnline ? 0 : 0x08) | (this.isCoverOpen ? 0x20 : 0),
      (this.hasKnifeError ? 0x08 : 0) | (this.isHot ? 0x40 : 0),
      (this.isPaperLow ? 0x03 : 0) | (this.isPaperOut ? 0x0c : 0),
      0x0f,
    ]);
  }
}
