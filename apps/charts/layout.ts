import ELKModule, { type ELK, type ElkExtendedEdge, type ElkNode } from 'elkjs/lib/elk.bundled.js';
import { present } from '../../firmware/base/invariant.ts';
import { UNNAMED_GUARD } from '../../firmware/step-reader.ts';
import type {
  BranchModel,
  ChartModel,
  Drawing,
  DrawnEdge,
  DrawnMachine,
  DrawnState,
  MachineModel,
  StateModel,
} from '../../visualizer/model/chart.ts';

/** The package is CommonJS with a default export inside its default export. */
const Elk = ELKModule as unknown as new () => ELK;

const TITLE_PX = 16;
const LABEL_PX = 11;
const LINE_PX = 15;
const PADDING = 12;
/** Above the states of a machine: its name. */
const HEADING_PX = 30;
/** Above the machines in a state: its name, both languages. */
const STATE_HEADING_PX = 44;
/** Lines of a label; what is more is counted. */
const LABEL_LINES_MAX = 4;

const MACHINE_LAYOUT: Readonly<Record<string, string>> = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.spacing.nodeNodeBetweenLayers': '36',
  'elk.spacing.nodeNode': '28',
  'elk.spacing.edgeLabel': '4',
  'elk.spacing.edgeNode': '16',
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '10',
  'elk.edgeLabels.placement': 'CENTER',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.padding': `[top=${HEADING_PX + PADDING},left=${PADDING},bottom=${PADDING},right=${PADDING}]`,
};

/** Width of a text in px: Chinese characters are as wide as high. */
export function textWidth(text: string, px: number): number {
  let ems = 0;
  for (const char of text) ems += /[\u1100-\uffff]/.test(char) ? 1 : 0.56;
  return Math.ceil(ems * px);
}

/** How large a machine is drawn inside the state that starts it: whoever wants to read it comes nearer. */
const NESTED_SCALE = 0.45;

/**
 * Every machine by its id, each with the machines that its states start inside them, so that the drawing of the terminal holds
 * all. A machine is laid out once and is then a box in the layout of whoever starts it: it looks the same everywhere.
 */
export async function drawCharts(model: ChartModel): Promise<Readonly<Record<string, Drawing>>> {
  const drawer = new Drawer(model);
  const drawings: Record<string, Drawing> = {};
  for (const { id } of model.machines) {
    const machine = await drawer.draw(id);
    drawings[id] = { width: machine.width, height: machine.height, root: placed(machine, id) };
  }
  return drawings;
}

class Drawer {
  readonly #model: ChartModel;
  readonly #elk = new Elk();
  readonly #drawn = new Map<string, Promise<DrawnMachine>>();

  constructor(model: ChartModel) {
    this.#model = model;
  }

  draw(id: string): Promise<DrawnMachine> {
    const drawn = this.#drawn.get(id) ?? this.#layOut(id);
    this.#drawn.set(id, drawn);
    return drawn;
  }

  async #layOut(id: string): Promise<DrawnMachine> {
    const machine = present(
      this.#model.machines.find((each) => each.id === id),
      `a machine is called ${id}`,
    );
    const inside = new Map<string, readonly DrawnMachine[]>();
    for (const { key, invokes } of machine.states) {
      const started = invokes.flatMap((invoke) => invoke.machine ?? []);
      inside.set(key, await Promise.all(started.map((each) => this.draw(each))));
    }
    return drawnMachine(machine, await this.#elk.layout(graphOf(machine, inside)), inside);
  }
}

function graphOf(machine: MachineModel, inside: ReadonlyMap<string, readonly DrawnMachine[]>): ElkNode {
  return {
    id: machine.id,
    layoutOptions: MACHINE_LAYOUT,
    children: machine.states.map((state) => ({ id: state.key, ...sizeOf(state, inside.get(state.key) ?? []) })),
    edges: machine.states.flatMap((state) =>
      edgesOf(state).map(({ target, lines }): ElkExtendedEdge => {
        const width = Math.max(...lines.map((line) => textWidth(line, LABEL_PX))) + 4;
        return {
          id: `${state.key} ${target}`,
          sources: [state.key],
          targets: [target],
          labels: [{ text: lines.join('\n'), width, height: lines.length * LINE_PX }],
        };
      }),
    ),
  };
}

function sizeOf(
  state: StateModel,
  inside: readonly DrawnMachine[],
): { readonly width: number; readonly height: number } {
  const names = [
    textWidth(state.zh, TITLE_PX),
    textWidth(state.en, TITLE_PX),
    textWidth(state.tags.join(' '), LABEL_PX),
  ];
  const effects = state.invokes.filter(({ machine }) => machine === undefined).map(({ src }) => src);
  const own = Math.max(...names, ...effects.map((src) => textWidth(`⚙ ${src}`, LABEL_PX))) + 2 * PADDING;
  const lines = effects.length + (state.tags.length > 0 ? 1 : 0);
  if (inside.length === 0) return { width: own, height: STATE_HEADING_PX + lines * LINE_PX + 4 };
  return {
    width: Math.max(
      own,
      inside.reduce((sum, { width }) => sum + width * NESTED_SCALE + PADDING, PADDING),
    ),
    height:
      STATE_HEADING_PX + lines * LINE_PX + Math.max(...inside.map(({ height }) => height)) * NESTED_SCALE + PADDING,
  };
}

interface EdgeText {
  readonly target: string;
  readonly branches: readonly BranchModel[];
  readonly lines: readonly string[];
}

/** One edge to each other state, with everything that leads there. Branches that stay have no edge. */
function edgesOf(state: StateModel): readonly EdgeText[] {
  const byTarget = new Map<string, BranchModel[]>();
  for (const branch of state.branches) {
    if (branch.target === undefined || branch.target === state.key) continue;
    byTarget.set(branch.target, [...(byTarget.get(branch.target) ?? []), branch]);
  }
  return [...byTarget].map(([target, branches]) => {
    const texts = [...new Set(branches.map(branchText))];
    const isLong = texts.length > LABEL_LINES_MAX;
    const lines = isLong ? [...texts.slice(0, LABEL_LINES_MAX - 1), `+${texts.length - LABEL_LINES_MAX + 1}`] : texts;
    return { target, branches, lines };
  });
}

function branchText({ event, kind, guard }: BranchModel): string {
  const key = /^isKey\((.+)\)$/.exec(guard)?.[1];
  if (kind === 'key' && key !== undefined) return `⌨ ${key}`;
  const name = kind === 'always' ? '' : kind === 'key' ? '⌨' : event;
  const condition = guard === '' || guard === UNNAMED_GUARD ? '' : `[${guard}]`;
  return `${name} ${condition}`.trim() || '→';
}

function drawnMachine(
  machine: MachineModel,
  laidOut: ElkNode,
  inside: ReadonlyMap<string, readonly DrawnMachine[]>,
): DrawnMachine {
  const { width = 0, height = 0, children = [], edges = [] } = laidOut;
  return {
    machine: machine.id,
    path: machine.id,
    x: 0,
    y: 0,
    scale: 1,
    width: Math.max(width, textWidth(machine.id, TITLE_PX) + 2 * PADDING),
    height,
    states: children.map((node) => drawnState(machine, node, inside.get(node.id) ?? [])),
    edges: machine.states.flatMap((state) =>
      edgesOf(state).map((edge) =>
        drawnEdge(
          state,
          edge,
          edges.find(({ id }) => id === `${state.key} ${edge.target}`),
        ),
      ),
    ),
  };
}

function drawnState(machine: MachineModel, node: ElkNode, inside: readonly DrawnMachine[]): DrawnState {
  const { id, x = 0, y = 0, width = 0, height = 0 } = node;
  const state = present(
    machine.states.find(({ key }) => key === id),
    'a node of the layout is a state',
  );
  const effects = state.invokes.filter((each) => each.machine === undefined).length;
  const top = STATE_HEADING_PX + (effects + (state.tags.length > 0 ? 1 : 0)) * LINE_PX;
  let left = PADDING;
  const nested = inside.map((drawn) => {
    const moved = { ...drawn, x: left, y: top, scale: NESTED_SCALE };
    left += drawn.width * NESTED_SCALE + PADDING;
    return moved;
  });
  return { state: id, x, y, width, height, nested };
}

function drawnEdge(state: StateModel, { branches, lines }: EdgeText, laidOut: ElkExtendedEdge | undefined): DrawnEdge {
  const section = laidOut?.sections?.[0];
  const label = laidOut?.labels?.[0];
  const points = section === undefined ? [] : [section.startPoint, ...(section.bendPoints ?? []), section.endPoint];
  const { x = 0, y = 0, width = 0, height = 0 } = label ?? {};
  return { branches: branches.map(({ id }) => id), points, label: { lines, x, y, width, height } };
}

/** The same with paths from the top: `terminal/transacting/transaction`. */
function placed(machine: DrawnMachine, path: string): DrawnMachine {
  return {
    ...machine,
    path,
    states: machine.states.map((state) => ({
      ...state,
      nested: state.nested.map((each) => placed(each, `${path}/${state.state}/${each.machine}`)),
    })),
  };
}
