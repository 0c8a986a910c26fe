import { hexOf } from '../../firmware/base/bytes.ts';
import { type StatusEvent, StatusParser } from '../../drivers/printer-escpos/codec.ts';
import { shown } from './fields.ts';
import type { FrameReader, TellFrame } from './line-tap.ts';
import { summaryOf } from './printer-summary.ts';
import { quietPolls } from './quiet-polls.ts';

const QUESTION = 'asks for status';

/** Writes by what they do, a write a frame, and what the head says. What is printed stands in the slip that comes out. */
export class PrinterFrames implements FrameReader {
  readonly #tell: TellFrame;
  readonly #onDrawer: () => void;
  readonly #statuses = new StatusParser();

  constructor(tell: TellFrame, onDrawer: () => void) {
    this.#tell = quietPolls(tell, ({ title }) => title.startsWith(QUESTION));
    this.#onDrawer = onDrawer;
  }

  out(bytes: Uint8Array): void {
    const { title, counts, isQuestion, opensDrawer } = summaryOf(bytes);
    if (opensDrawer) this.#onDrawer();
    const fields = Object.entries(counts).map(([name, value]) => shown(name, String(value)));
    this.#tell(
      isQuestion
        ? { direction: 'out', title: `${QUESTION} ${hexOf(bytes)}`, bytes: bytes.length }
        : { direction: 'out', title, bytes: bytes.length, fields },
    );
  }

  in(bytes: Uint8Array): void {
    for (const event of this.#statuses.push(bytes)) this.#note(event);
  }

  reset(): void {
    this.#statuses.reset();
  }

  #note(event: StatusEvent): void {
    if (event.kind === 'flow') return;
    const title = `status: ${event.kind}`;
    if ('byte' in event) {
      const fields = [shown('byte', hexOf(Uint8Array.of(event.byte)))];
      this.#tell({ direction: 'in', title, bytes: 1, fields });
      return;
    }
    const sizes = { automatic: 4, processed: 7, cleared: 3, other: 1 };
    this.#tell({ direction: 'in', title, bytes: sizes[event.kind] });
  }
}
