import { UNNAMED_GUARD } from '../../firmware/step-reader.ts';
import type { BranchModel, MachineModel, StateModel } from '../../visualizer/model/chart.ts';

/** A machine as a state diagram of Mermaid, which takes no colon and no semicolon in a label. */
export function mermaidOf({ initial, states }: MachineModel): string {
  const names = states.map(({ key, zh }) => `  state "${key} ${zh}" as ${key}`);
  const ends = states.filter(({ isFinal }) => isFinal).map(({ key }) => `  ${key} --> [*]`);
  return ['stateDiagram-v2', ...names, `  [*] --> ${initial}`, ...states.flatMap(arrowsOf), ...ends].join('\n');
}

/** One arrow for each pair of states, with everything that leads along it. */
function arrowsOf({ key, branches }: StateModel): readonly string[] {
  const labels = new Map<string, Set<string>>();
  for (const branch of branches) {
    if (branch.target === undefined) continue;
    const count = branches.filter(({ event }) => event === branch.event).length;
    labels.set(branch.target, (labels.get(branch.target) ?? new Set()).add(labelOf(branch, count)));
  }
  return [...labels].map(([target, each]) => `  ${key} --> ${target} : ${[...each].join(', ')}`);
}

/** @param count how many branches the event has */
function labelOf({ event, branch, guard }: BranchModel, count: number): string {
  const key = /^isKey\((\w+)\)$/.exec(guard)?.[1];
  if (key !== undefined) return `${event} ${key}`;
  const name = /^\w+/.exec(guard)?.[0] ?? '';
  if (name !== '' && guard !== UNNAMED_GUARD) return `${event} if ${name}`;
  return count === 1 ? event : `${event} ${branch + 1} of ${count}`;
}
