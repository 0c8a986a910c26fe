import { textOfGbk } from '../../../firmware/base/text.ts';
import { ESC_COMMANDS } from './commands-esc.ts';
import { FS_COMMANDS } from './commands-fs.ts';
import { GS_COMMANDS } from './commands-gs.ts';
import { byte, feedLine, type CommandTable, type Execution, type Routine } from './execution.ts';

const LF = 0x0a;
const CR = 0x0d;
const DLE = 0x10;
const ESC = 0x1b;
const FS = 0x1c;
const GS = 0x1d;
/** ESC =, the one command that a deselected head obeys. */
const SELECT = 0x3d;

const TABLES: Readonly<Record<number, { readonly name: string; readonly commands: CommandTable }>> = {
  [ESC]: { name: 'ESC', commands: ESC_COMMANDS },
  [FS]: { name: 'FS', commands: FS_COMMANDS },
  [GS]: { name: 'GS', commands: GS_COMMANDS },
};

/** Arguments of DLE DC4 by function; other real-time commands have one. */
const DC4_ARGUMENTS: Readonly<Record<number, number>> = { 1: 2, 2: 2, 8: 7 };

/** Real-time commands were obeyed on receipt; in the stream they are passed over. */
function* skipRealTime(): Routine {
  const code = yield* byte();
  const argument = yield* byte();
  if (code !== 0x14) return;
  for (let left = DC4_ARGUMENTS[argument] ?? 0; left > 0; left--) yield* byte();
}

function* put(run: Execution, character: string, code: number): Routine {
  const cells = run.state.cellsOf(character, run.state.ownCharacters.get(code));
  const added = cells.reduce((width, cell) => width + cell.widthDots, 0);
  if (run.state.widthDots + added > run.head.widthDots) yield* feedLine(run);
  run.state.cells.push(...cells);
}

function* text(run: Execution, first: number): Routine {
  if (first < 0x80) yield* put(run, String.fromCharCode(first), first);
  else if (run.state.isChinese && first !== 0x80 && first !== 0xff) yield* chineseText(run, first);
  else {
    run.head.misuse(`character ${first.toString(16)} outside ASCII in single-byte mode`);
    yield* put(run, '?', first);
  }
}

function* chineseText(run: Execution, first: number): Routine {
  const second = yield* byte();
  const character = textOfGbk(new Uint8Array([first, second]));
  if (character === undefined) run.head.misuse('half of a two-byte character');
  yield* put(run, character ?? '\u3013', (first << 8) | second);
}

function* command(run: Execution, first: number): Routine {
  const table = TABLES[first];
  if (table === undefined) return;
  const code = yield* byte();
  if (!run.isSelected && code !== SELECT) return;
  const routine = table.commands[code];
  if (routine === undefined) run.head.misuse(`unknown command ${table.name} ${code.toString(16)}`);
  else yield* routine(run);
}

function* one(run: Execution, first: number): Routine {
  if (first === DLE) yield* skipRealTime();
  else if (first === LF) yield* feedLine(run);
  else if (first in TABLES) yield* command(run, first);
  else if (first >= 0x20 && first !== 0x7f) yield* text(run, first);
  else if (first !== CR) run.head.misuse(`control character ${first.toString(16)}`);
}

/** Executes a byte stream for ever; yields what it waits for. */
export function* interpret(run: Execution): Routine {
  for (;;) {
    run.isBetweenCommands = true;
    const first = yield* byte();
    run.isBetweenCommands = false;
    if (run.isSelected || first === ESC) yield* one(run, first);
  }
}
