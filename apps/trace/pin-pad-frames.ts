import { hexOf } from '../../firmware/base/bytes.ts';
import {
  KMY_COMMAND,
  KMY_STATUS,
  type KmyFrame,
  KmyFrameReader,
  type KmyItem,
} from '../../drivers/pin-pad-kmy/codec.ts';
import { hidden } from './fields.ts';
import type { FrameReader, TellFrame } from './line-tap.ts';

/** Start, two digits a byte of LN, CODE and BCC, end. */
const FRAME_OVERHEAD_BYTES = 8;

const NAME_OF_COMMAND = new Map<number, string>(Object.entries(KMY_COMMAND).map(([name, code]) => [code, name]));
const NAME_OF_STATUS = new Map<number, string>(Object.entries(KMY_STATUS).map(([name, code]) => [code, name]));

/** Commands, answers and stars. What they carry are card digits, keys, PIN blocks and text under a MAC: none is shown. */
export class PinPadFrames implements FrameReader {
  readonly #tell: TellFrame;
  readonly #commands = new KmyFrameReader();
  readonly #answers = new KmyFrameReader();
  #lastName = '';

  constructor(tell: TellFrame) {
    this.#tell = tell;
  }

  out(bytes: Uint8Array): void {
    for (const item of this.#commands.push(bytes)) this.#note('out', item);
  }

  in(bytes: Uint8Array): void {
    for (const item of this.#answers.push(bytes)) this.#note('in', item);
  }

  reset(): void {
    this.#commands.reset();
    this.#answers.reset();
  }

  #note(direction: 'out' | 'in', item: KmyItem): void {
    if (item.kind === 'key') this.#tell({ direction, title: `key ${item.key}`, bytes: 1 });
    else if (item.kind === 'damaged') this.#tell({ direction, title: 'damaged frame', bytes: 0 });
    else this.#noteFrame(direction, item.frame);
  }

  #noteFrame(direction: 'out' | 'in', { code, data }: KmyFrame): void {
    const bytes = FRAME_OVERHEAD_BYTES + 2 * data.length;
    const fields = data.length === 0 ? [] : [hidden('data', data.length)];
    data.fill(0);
    const named = (names: ReadonlyMap<number, string>): string => names.get(code) ?? hexOf(Uint8Array.of(code));
    if (direction === 'out') this.#lastName = named(NAME_OF_COMMAND);
    const title = direction === 'out' ? this.#lastName : `${this.#lastName}: ${named(NAME_OF_STATUS)}`;
    this.#tell({ direction, title, bytes, fields });
  }
}
