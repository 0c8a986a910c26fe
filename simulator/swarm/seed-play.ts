import { drawParameters, type SwarmChoice, type SwarmParameters } from './parameters.ts';
import type { RunResult } from './run.ts';

/** Plays one set of parameters; `onTrace` sees every line. */
export type Play = (parameters: SwarmParameters, onTrace?: (line: string) => void) => Promise<RunResult>;

/** One seed in so many is played twice: the second run must give the same trace hash (I25). */
const TWICE_EVERY = 100;
/** One in so many is played again with a wall clock that jumps; all of them are without faults (I23). */
const JUMPS_EVERY = 42;
const JUMPS = { F45: 0.5 };

/** Plays a seed as a series of seeds does: some of them once more, to compare two runs that must not differ. */
export async function playSeed(seed: number, choice: SwarmChoice, play: Play): Promise<RunResult> {
  const parameters = drawParameters(seed, choice);
  const isCompared = seed % JUMPS_EVERY === 0 && choice.days === 0 && choice.terminals === 1;
  if (isCompared) return playUnderJumps({ ...parameters, hostsMindClock: false }, play);
  const first = await play(parameters);
  if (seed % TWICE_EVERY !== 0 || first.violation !== undefined) return first;
  const second = await play(parameters);
  return second.traceHash === first.traceHash ? first : broken(first, 'I25', 'a second run went another way');
}

async function playUnderJumps(parameters: SwarmParameters, play: Play): Promise<RunResult> {
  const steady: string[] = [];
  const first = await play(parameters, (line) => void steady.push(decisionOf(line)));
  if (first.violation !== undefined) return first;
  const jumping: string[] = [];
  const faults = { ...parameters.faults, ...JUMPS };
  const second = await play({ ...parameters, faults }, (line) => void jumping.push(decisionOf(line)));
  if (second.violation !== undefined) return second;
  const at = steady.findIndex((line, index) => line !== jumping[index]);
  if (at < 0 && steady.length === jumping.length) return first;
  const detail = `a wall clock that jumps made "${jumping[at] ?? 'nothing'}" of "${steady[at] ?? 'nothing'}"`;
  return broken(second, 'I23', detail);
}

/** When, where and what, as a line of the trace tells it; the rest of it may hold the time of day or depend on it. */
function decisionOf(line: string): string {
  const [what = '', data = ''] = line.split('{', 2);
  const [type = ''] = /"type":"\w+"/.exec(data) ?? [];
  return what.split(' ').slice(0, 5).join(' ') + type;
}

function broken(result: RunResult, invariant: string, detail: string): RunResult {
  return { ...result, violation: { invariant, terminalId: '', detail } };
}
