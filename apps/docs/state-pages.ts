import type { MachineModel, StateModel } from '../../visualizer/model/chart.ts';
import { chartModel } from '../charts/chart-model.ts';
import { mermaidOf } from '../charts/mermaid.ts';
import { tableOf } from './page.ts';

const INTRODUCTION = `# States

Written by \`node apps/docs/states.ts\` from the statecharts; do not edit. \`npm test\` fails when it is not fresh.

A chart orders steps and decides nothing: what a branch depends on is a rule in \`firmware/rules/\`, what a step does is an
effect in \`firmware/effects/\`. An arrow that says \`2 of 3\` is the second of three branches; the first whose condition holds
is taken. Delays are named, and their values are settings, see [operations](operations.md#configuration).

Tags: \`cancellable\` means that nothing has been sent and the cancel key ends the step; in \`waiting\` of the wallet it ends
the order at the wallet. \`moneyAtRisk\` means that the outcome of a sale is open. \`mayWaitForever\` marks the only states that
have no time limit.`;

/** The whole page. */
export async function statesPage(): Promise<string> {
  const { machines } = await chartModel();
  return `${[INTRODUCTION, ...machines.map(machineSection)].join('\n\n')}\n`;
}

function machineSection(machine: MachineModel): string {
  const { id, path, about, states, delays, everywhere } = machine;
  const rows = states.map((state) => [`\`${state.key}\``, state.zh, state.tags.join(', '), waitsFor(state)]);
  const always = everywhere.map(({ event, target }) => `\`${event}\` leads to \`${target ?? ''}\``);
  const delayed = delays.map(({ name, written }) => `\`${name}\` = \`${written}\``);
  return [
    `## ${id}`,
    `\`${path}\`: ${about}`,
    ['```mermaid', mermaidOf(machine), '```'].join('\n'),
    tableOf(['state', '中文', 'tags', 'waits for'], rows),
    ...(always.length === 0 ? [] : [`In every state: ${always.join(', ')}.`]),
    ...(delays.length === 0 ? [] : [`Delays: ${delayed.join(', ')} (ms).`]),
  ].join('\n\n');
}

function waitsFor({ isFinal, invokes, branches }: StateModel): string {
  if (isFinal) return 'nothing, the machine ends';
  const actors = invokes.map(({ src, machine }) => `${machine === undefined ? 'effect' : 'machine'} \`${src}\``);
  const waits = branches.flatMap(({ kind, event }) => {
    if (kind === 'key' || kind === 'event') return [`\`${event}\``];
    return kind === 'after' ? [`delay \`${event.replace('after ', '')}\``] : [];
  });
  const all = [...new Set([...actors, ...waits])];
  return all.length === 0 ? 'nothing, it decides' : all.join(', ');
}
