import { equalBytes, hex, hexOf } from '../../firmware/base/bytes.ts';
import { COMMANDS, type Neo2Frame, Neo2Parser, type ParsedItem, STATUS } from '../../drivers/card-reader-neo2/codec.ts';
import type { Field } from '../../visualizer/model/trace.ts';
import { hidden, shown } from './fields.ts';
import type { FrameReader, TellFrame } from './line-tap.ts';
import { quietPolls } from './quiet-polls.ts';
import { tlvFields } from './tlv-fields.ts';

/** Tag, header, CRC. */
const FRAME_OVERHEAD_BYTES = 16;

/** FFEE1F and its length: four plain bytes in something that is marked as a template. */
const FAILURE_TAG = hex('FF EE 1F 04');
const FAILURE_END = FAILURE_TAG.length + 4;

const NAME_OF_COMMAND = new Map(
  Object.entries(COMMANDS).map(([name, [command, code]]) => [`${command}-${code}`, name]),
);
const NAME_OF_STATUS = new Map<number, string>(Object.entries(STATUS).map(([name, code]) => [code, name]));

/** Responses carry the first byte of their command alone; the last one sent tells which it was. */
export class CardReaderFrames implements FrameReader {
  readonly #tell: TellFrame;
  readonly #commands = new Neo2Parser('command');
  readonly #responses = new Neo2Parser('response');
  readonly #lastNames = new Map<number, string>();

  constructor(tell: TellFrame) {
    this.#tell = quietPolls(tell, ({ title }) => title === 'cardAnswerToReset');
  }

  out(bytes: Uint8Array): void {
    for (const item of this.#commands.push(bytes)) this.#note('out', item);
  }

  in(bytes: Uint8Array): void {
    for (const item of this.#responses.push(bytes)) this.#note('in', item);
  }

  reset(): void {
    this.#commands.reset();
    this.#responses.reset();
  }

  #note(direction: 'out' | 'in', item: ParsedItem): void {
    if (item.kind !== 'frame') {
      this.#tell({ direction, title: item.kind === 'badCrc' ? 'damaged frame' : 'frame too long', bytes: 0 });
      return;
    }
    const { frame } = item;
    const title = direction === 'out' ? this.#commandTitle(frame) : this.#responseTitle(frame);
    const fields = direction === 'out' ? commandFields(title, frame) : responseFields(frame);
    this.#tell({ direction, title, bytes: FRAME_OVERHEAD_BYTES + frame.data.length, fields });
    frame.data.fill(0);
  }

  #commandTitle({ command, code }: Neo2Frame): string {
    const name = NAME_OF_COMMAND.get(`${command}-${code}`) ?? hexOf(Uint8Array.of(command, code));
    this.#lastNames.set(command, name);
    return name;
  }

  #responseTitle({ command, code }: Neo2Frame): string {
    const name = this.#lastNames.get(command) ?? hexOf(Uint8Array.of(command));
    return `${name}: ${NAME_OF_STATUS.get(code) ?? hexOf(Uint8Array.of(code))}`;
  }
}

function commandFields(name: string, { data }: Neo2Frame): readonly Field[] {
  if (name === 'activate') return [shown('timeout', `${data[0] ?? 0} s`), ...tlvFields(data.subarray(1))];
  return data.length === 0 ? [] : [hidden('data', data.length)];
}

/** Attribution byte, then the reason of a failure or tags. */
function responseFields({ command, code, data }: Neo2Frame): readonly Field[] {
  const isResult = (command === COMMANDS.activate[0] || command === COMMANDS.applyHostResponse[0]) && data.length > 0;
  if (!isResult || code === STATUS.userInterfaceEvent) return data.length === 0 ? [] : [hidden('data', data.length)];
  const attribution = shown('attribution', hexOf(data.subarray(0, 1)));
  const rest = data.subarray(1);
  if (!equalBytes(rest.subarray(0, FAILURE_TAG.length), FAILURE_TAG)) return [attribution, ...tlvFields(rest)];
  const failure = shown('FFEE1F', hexOf(rest.subarray(FAILURE_TAG.length, FAILURE_END)), 'error, SW1, SW2, field');
  return [attribution, failure, ...tlvFields(rest.subarray(FAILURE_END))];
}
