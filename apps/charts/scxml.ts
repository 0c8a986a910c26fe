/**
 * A machine as SCXML 1.0 for interpreters of others. What a guard decides and what an effect brings is code of the firmware, so
 * the document leaves both to whoever runs it: guards are data that the event `guards` sets, effects answer by events.
 */
import { present } from '../../firmware/base/invariant.ts';
import { UNNAMED_GUARD } from '../../firmware/step-reader.ts';
import type { BranchModel, ChartModel, InvokeModel, MachineModel, StateModel } from '../../visualizer/model/chart.ts';
import { aboutScxml } from './scxml-about.ts';

/** What XState does for delays by itself; `<send>` and `<cancel>` stand for it. */
const ACTIONS_OF_DELAYS: ReadonlySet<string> = new Set(['raise', 'cancel']);
/** Passing an event on to the machine that a state started. */
const FORWARD = 'sendTo';
/** They change what a machine remembers, which only guards and inputs of effects depend on. */
export const UNNAMED_ACTIONS: ReadonlySet<string> = new Set(['assign', 'enqueueActions', 'action']);

type Xml = { readonly comment: string } | XmlElement;

interface XmlElement {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string | undefined>>;
  readonly children: readonly Xml[];
}

/** The whole document of one machine. Throws where the chart does something that SCXML could not repeat. */
export function scxmlOf(machine: MachineModel, model: ChartModel): string {
  const finals = machine.states.filter(({ isFinal }) => isFinal);
  const others = machine.states.filter(({ isFinal }) => !isFinal);
  const holder = element('state', { id: machine.id, initial: machine.initial }, [
    element('transition', { event: 'guards' }, [element('assign', { location: 'guards', expr: '_event.data' })]),
    ...machine.everywhere.map((branch) => transitionOf(branch, machine.id, machine)),
    ...others.flatMap((state) => [{ comment: describe(state) }, stateOf(state, machine, model)]),
  ]);
  const root = element(
    'scxml',
    {
      xmlns: 'http://www.w3.org/2005/07/scxml',
      version: '1.0',
      name: machine.id,
      datamodel: 'ecmascript',
      initial: machine.id,
    },
    [
      element('datamodel', {}, dataOf(machine, model)),
      holder,
      ...finals.flatMap((state) => [
        { comment: describe(state) },
        element('final', { id: state.key }, [onentry(state)].flat()),
      ]),
    ],
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    ...linesOf({ comment: aboutScxml(machine) }),
    ...linesOf(root),
    '',
  ].join('\n');
}

function describe({ zh, tags }: StateModel): string {
  return tags.length === 0 ? zh : `${zh} (${tags.join(', ')})`;
}

/** Guards are false until somebody says otherwise; delays are those of the machine and of all that it starts. */
function dataOf(machine: MachineModel, model: ChartModel): readonly XmlElement[] {
  const guards = branchesOf(machine).flatMap((branch) => guardKey(branch, machine) ?? []);
  const delays = withInvoked(machine, model).flatMap(({ id, delays: own }) =>
    own.map(({ name, usualMs }) => `${quoted(`${id}.${name}`)}: '${usualMs}ms'`),
  );
  return [
    element('data', { id: 'guards', expr: objectOf([...new Set(guards)].map((key) => `${quoted(key)}: false`)) }),
    element('data', { id: 'delays', expr: objectOf(delays) }),
  ];
}

function objectOf(members: readonly string[]): string {
  return `({ ${members.join(', ')} })`;
}

export function branchesOf({ states, everywhere }: MachineModel): readonly BranchModel[] {
  return [...everywhere, ...states.flatMap(({ branches }) => branches)];
}

/** A machine and whatever it may start, at any depth. */
export function withInvoked(machine: MachineModel, model: ChartModel): readonly MachineModel[] {
  const found = new Set([machine]);
  for (const each of found) for (const invoked of machinesOf(each, model)) found.add(invoked);
  return [...found];
}

function machinesOf({ states }: MachineModel, model: ChartModel): readonly MachineModel[] {
  return states.flatMap(({ invokes }) =>
    invokes.flatMap(({ machine }) => model.machines.filter(({ id }) => id === machine)),
  );
}

function stateOf(state: StateModel, machine: MachineModel, model: ChartModel): XmlElement {
  const place = `${machine.id}.${state.key}`;
  const delayed = state.branches.filter(({ kind }) => kind === 'after').map(({ event }) => delayOf(event));
  const delays = [...new Set(delayed)];
  const sends = delays.map((name) => {
    const delayexpr = `delays[${quoted(`${machine.id}.${name}`)}]`;
    return element('send', { id: sendId(place, name), event: `after.${place}.${name}`, delayexpr });
  });
  const cancels = delays.map((name) => element('cancel', { sendid: sendId(place, name) }));
  return element('state', { id: state.key }, [
    ...onentry(state, sends),
    ...onexit(state, cancels),
    ...state.invokes.flatMap((invoke) => invokeOf(invoke, state, model)),
    ...state.branches.map((branch) => transitionOf(branch, state.key, machine)),
  ]);
}

function sendId(place: string, delay: string): string {
  return `${place}.${delay}`;
}

function onentry({ entry }: StateModel, sends: readonly XmlElement[] = []): readonly XmlElement[] {
  const content = [...sends, ...entry.filter((name) => !ACTIONS_OF_DELAYS.has(name)).map(markerOf)];
  return content.length === 0 ? [] : [element('onentry', {}, content)];
}

function onexit({ exit }: StateModel, cancels: readonly XmlElement[]): readonly XmlElement[] {
  const content = [...cancels, ...exit.filter((name) => !ACTIONS_OF_DELAYS.has(name)).map(markerOf)];
  return content.length === 0 ? [] : [element('onexit', {}, content)];
}

function markerOf(action: string): Xml {
  if (UNNAMED_ACTIONS.has(action)) return { comment: action };
  return element('log', { label: 'action', expr: quoted(action) });
}

/**
 * An effect is a comment: its answers come as events. A machine gets every event that comes while it runs, so a state that
 * keeps keys to itself cannot start one that listens to them.
 */
function invokeOf({ src, machine }: InvokeModel, state: StateModel, model: ChartModel): readonly Xml[] {
  if (machine === undefined) return [{ comment: `effect ${src}` }];
  const started = present(
    model.machines.find(({ id }) => id === machine),
    'an invoked machine is in the model',
  );
  const isForwarding = state.branches.some(({ actions }) => actions.includes(FORWARD));
  const isListening = withInvoked(started, model).some((each) => branchesOf(each).some(({ kind }) => kind === 'key'));
  if (isListening !== isForwarding) {
    throw new Error(
      `${state.key} starts ${machine} and ${isForwarding ? 'forwards keys that it ignores' : 'keeps its keys'}`,
    );
  }
  const params = ['guards', 'delays'].map((name) => element('param', { name, expr: name }));
  const attributes = { type: 'scxml', id: src, src: `${machine}.scxml`, autoforward: 'true' };
  return [element('invoke', attributes, params)];
}

function transitionOf(branch: BranchModel, from: string, machine: MachineModel): XmlElement {
  const { id, kind, event, target, reenter, actions } = branch;
  const other = actions.find((name) => ACTIONS_OF_DELAYS.has(name) || (name === FORWARD && kind !== 'key'));
  if (other !== undefined) throw new Error(`${id} does ${other}, which has no form in SCXML here`);
  const stays = target === undefined || (target === from && !reenter);
  return element(
    'transition',
    {
      event: kind === 'always' ? undefined : scxmlEvent(event, from, machine),
      cond: conditionOf(branch, machine),
      target: stays ? undefined : target,
    },
    [
      element('log', { label: 'branch', expr: quoted(id) }),
      ...actions.map((name) => (name === FORWARD ? { comment: 'autoforward passes it on' } : markerOf(name))),
    ],
  );
}

/** `readCard done` as `readCard.done`, of a machine `done.invoke.identify`; `after torn` as `after.receipt.tearing.torn`. */
export function scxmlEvent(event: string, state: string, machine: MachineModel): string {
  const [, src = '', ending = ''] = /^(\w+) (done|failed)$/.exec(event) ?? [];
  const invokes = machine.states.find(({ key }) => key === state)?.invokes ?? [];
  const isMachine = invokes.some((each) => each.src === src && each.machine !== undefined);
  if (isMachine && ending === 'done') return `done.invoke.${src}`;
  if (ending !== '') return `${src}.${ending}`;
  return event.startsWith('after ') ? `after.${machine.id}.${state}.${delayOf(event)}` : event;
}

function delayOf(event: string): string {
  return event.replace(/^after /, '');
}

function conditionOf(branch: BranchModel, machine: MachineModel): string | undefined {
  const key = keyOf(branch);
  if (key !== undefined) return `_event.data.key === ${quoted(key)}`;
  const guard = guardKey(branch, machine);
  return guard === undefined ? undefined : `guards[${quoted(guard)}]`;
}

/** A guard that asks for one key is the only one that a document can decide by itself. */
function keyOf({ guard }: BranchModel): string | undefined {
  return /^isKey\((\w+)\)$/.exec(guard)?.[1];
}

/** Under which name whoever runs the document tells what a guard says: `identify.mayRetry`, or the branch of one without name. */
export function guardKey(branch: BranchModel, machine: MachineModel): string | undefined {
  if (branch.guard === '' || keyOf(branch) !== undefined) return undefined;
  return branch.guard === UNNAMED_GUARD ? branch.id : `${machine.id}.${branch.guard}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function element(tag: string, attributes: XmlElement['attributes'], children: readonly Xml[] = []): XmlElement {
  return { tag, attributes, children };
}

function linesOf(xml: Xml, indent = ''): readonly string[] {
  if ('comment' in xml) return commentLines(xml.comment, indent);
  const attributes = Object.entries(xml.attributes).flatMap(([name, value]) =>
    value === undefined ? [] : [` ${name}="${attributeText(value)}"`],
  );
  const head = `${indent}<${xml.tag}${attributes.join('')}`;
  if (xml.children.length === 0) return [`${head}/>`];
  return [`${head}>`, ...xml.children.flatMap((child) => linesOf(child, `${indent}  `)), `${indent}</${xml.tag}>`];
}

/** Two hyphens would end a comment. */
function commentLines(text: string, indent: string): readonly string[] {
  const lines = text.replace(/-(?=-|$)/g, '- ').split('\n');
  return lines.length === 1 ? [`${indent}<!-- ${lines.join('')} -->`] : [`${indent}<!--`, ...lines, `${indent}-->`];
}

function attributeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
