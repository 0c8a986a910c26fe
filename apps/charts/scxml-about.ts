import type { MachineModel } from '../../visualizer/model/chart.ts';

/** What somebody has to know who runs the document, and what it leaves out. */
export function aboutScxml(machine: MachineModel): string {
  const { id, path, about, states, everywhere } = machine;
  const effects = states.flatMap(({ invokes }) => invokes.filter((each) => each.machine === undefined));
  const machines = states.flatMap(({ invokes }) => invokes.flatMap((each) => each.machine ?? []));
  const branches = [...everywhere, ...states.flatMap((state) => state.branches)];
  const actions = [
    ...states.flatMap(({ entry, exit }) => [...entry, ...exit]),
    ...branches.flatMap((each) => each.actions),
  ];
  const assigns = actions.filter((name) => name === 'assign').length;
  const blocks = actions.filter((name) => name === 'enqueueActions').length;
  return [
    `${id} of Fenqi POS, written by "fenqi chart export" from ${path}`,
    about,
    '',
    'To run it:',
    '- guards: send the event guards before an event; its data is an object that says which guards hold, by the names in',
    '  the data model. Guards that it does not name are false. For guards that are asked at the very start, give the',
    '  same object as the initial value of the data "guards".',
    ...(branches.some(({ kind }) => kind === 'key') ? ['- keys: the event KEY with the data { key: "confirm" }'] : []),
    ...(effects.length === 0 ? [] : [`- effects: each ends by an event: ${endings(effects.map(({ src }) => src))}`]),
    ...(machine.delays.length === 0 && machines.length === 0
      ? []
      : ['- delays: the data "delays"; the values here are the usual settings']),
    ...(machines.length === 0
      ? []
      : [
          `- machines: ${listed(machines)} from the files beside this one. They get every event that comes while they run, and`,
          `  "guards" and "delays" of this one at their start. One that breaks down is told as an event: ${machines[0] ?? ''}.failed`,
        ]),
    '- log: "branch" names the branch that was taken as traces and coverage of Fenqi name it, "action" what is done',
    '',
    'Not in it, because it is code of the firmware:',
    '- what guards compute, inputs and outputs of effects and machines',
    ...(assigns === 0 ? [] : [`- changes of what the machine remembers, marked "assign": ${assigns}`]),
    ...(blocks === 0 ? [] : [`- choices between actions, marked "enqueueActions": ${blocks}`]),
  ].join('\n');
}

function listed(names: readonly string[]): string {
  return [...new Set(names)].join(', ');
}

function endings(effects: readonly string[]): string {
  return listed(effects.flatMap((src) => [`${src}.done`, `${src}.failed`]));
}
