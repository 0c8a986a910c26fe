import { hexOf, latin1Of } from '../../firmware/base/bytes.ts';
import { maskPayCode } from '../../firmware/base/masked.ts';
import {
  GM65_ANSWER,
  GM65_REGISTER,
  GM65_TYPE,
  Gm65CommandReader,
  type Gm65Frame,
  type Gm65Item,
  Gm65Reader,
} from '../../drivers/scanner-gm65/codec.ts';
import type { Field } from '../../visualizer/model/trace.ts';
import { hidden, shown } from './fields.ts';
import type { FrameReader, TellFrame } from './line-tap.ts';
import { quietPolls } from './quiet-polls.ts';

const NAME_OF_TYPE = new Map<number, string>(Object.entries(GM65_TYPE).map(([name, code]) => [code, name]));
const NAME_OF_ANSWER = new Map<number, string>(Object.entries(GM65_ANSWER).map(([name, code]) => [code, name]));
const NAME_OF_REGISTER = new Map<number, string>(Object.entries(GM65_REGISTER).map(([name, code]) => [code, name]));

const COMMAND_OVERHEAD_BYTES = 8;
const ANSWER_OVERHEAD_BYTES = 6;

/** Register commands, their answers, and codes with their class and last digits. */
export class ScannerFrames implements FrameReader {
  readonly #tell: TellFrame;
  readonly #commands = new Gm65CommandReader();
  readonly #answers = new Gm65Reader();

  constructor(tell: TellFrame) {
    this.#tell = quietPolls(tell, ({ title }) => title === 'read trigger');
  }

  out(bytes: Uint8Array): void {
    for (const item of this.#commands.push(bytes)) {
      if (item.kind === 'command') this.#noteCommand(item.frame);
      else this.#tell({ direction: 'out', title: 'damaged frame', bytes: 0 });
    }
  }

  in(bytes: Uint8Array): void {
    for (const item of this.#answers.push(bytes)) this.#noteAnswer(item);
  }

  reset(): void {
    this.#commands.reset();
    this.#answers.reset();
  }

  #noteCommand({ type, address, data }: Gm65Frame): void {
    const register = NAME_OF_REGISTER.get(address);
    const title = [NAME_OF_TYPE.get(type) ?? hexOf(Uint8Array.of(type)), register ?? ''].join(' ').trim();
    // What is written to registers that we name is a mode; others may hold a text.
    const value = register === undefined ? hidden('data', data.length) : shown('data', hexOf(data));
    this.#tell({ direction: 'out', title, bytes: COMMAND_OVERHEAD_BYTES + data.length, fields: [value] });
  }

  #noteAnswer(item: Gm65Item): void {
    if (item.kind === 'text') {
      this.#tell({ direction: 'in', title: 'code', bytes: item.bytes.length, fields: [codeField(item.bytes)] });
      item.bytes.fill(0);
    } else if (item.kind === 'damaged') {
      this.#tell({ direction: 'in', title: 'damaged frame', bytes: item.bytes.length });
    } else {
      const title = `answer: ${NAME_OF_ANSWER.get(item.type) ?? hexOf(Uint8Array.of(item.type))}`;
      const bytes = ANSWER_OVERHEAD_BYTES + item.data.length;
      const value = item.data.length === 1 ? shown('data', hexOf(item.data)) : hidden('data', item.data.length);
      this.#tell({ direction: 'in', title, bytes, fields: [value] });
    }
  }
}

/** A pay code has digits alone; any other text may be an account. */
function codeField(bytes: Uint8Array): Field {
  const text = latin1Of(bytes);
  return /^\d{12,}$/.test(text) ? shown('text', maskPayCode(text)) : hidden('text', text.length, 'characters');
}
