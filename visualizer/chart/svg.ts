/**
 * Draws a laid-out chart as the text of an SVG: for the page, which lights states by their attributes, and for files.
 *
 * A state is `<g class="state" data-path data-machine data-state>`, an edge `<g class="edge" data-branches="id|id">`.
 */
import type {
  ChartModel,
  Drawing,
  DrawnEdge,
  DrawnMachine,
  DrawnState,
  MachineModel,
  StateModel,
} from '../model/chart.ts';

export interface SvgOptions {
  readonly language: 'zh' | 'en';
  /** With a style sheet of its own, for a file that stands alone. */
  readonly isStandalone?: boolean;
}

const MARGIN = 16;
const LINE_PX = 15;

const STYLE = `
svg{font-family:system-ui,"Noto Sans CJK SC","Noto Sans SC",sans-serif;background:#fff}
.machine>rect{fill:#f6f7f9;stroke:#9aa3b2;stroke-dasharray:5 4}
.machine>.machine-name{font-size:14px;font-weight:600;fill:#51607a}
.state>rect{fill:#fff;stroke:#51607a;stroke-width:1.2}
.state.tag-moneyAtRisk>rect{fill:#fff4e5;stroke:#b45309}
.state.final>rect{stroke-width:3}
.state>.name{font-size:16px;fill:#111827}.state>.sub{font-size:11px;fill:#51607a}.state>.tags{font-size:11px;fill:#92400e}
.edge path{fill:none;stroke:#6b7280}.edge text{font-size:11px;fill:#374151}.edge .label-back{fill:#fff;opacity:.85}
.start{fill:#51607a}.head{fill:#6b7280}
`;

/** `&`, `<`, `>` and quotes as XML writes them. */
export function xmlText(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** The whole SVG. Everything that comes from a chart is escaped. */
export function drawingSvg(drawing: Drawing, model: ChartModel, options: SvgOptions): string {
  const { width, height, root } = drawing;
  const size = { width: Math.ceil(width + 2 * MARGIN), height: Math.ceil(height + 2 * MARGIN) };
  const machine = machineSvg(root, model, options);
  const style =
    options.isStandalone === true
      ? `<style>${xmlText(STYLE).replaceAll('&#62;', '>').replaceAll('&#34;', '"')}</style>`
      : '';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" width="${size.width}" height="${size.height}" viewBox="0 0 ${size.width} ${size.height}">`,
    `<title>${xmlText(root.machine)}</title>${style}`,
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path class="head" d="M0 0 8 4 0 8z"/></marker></defs>',
    `<g transform="translate(${MARGIN} ${MARGIN})">${machine}</g>`,
    '</svg>',
  ].join('');
}

function machineSvg(drawn: DrawnMachine, model: ChartModel, options: SvgOptions): string {
  const { machine: id, path, x, y, width, height, scale } = drawn;
  const machine = model.machines.find((each) => each.id === id);
  if (machine === undefined) return '';
  const states = drawn.states.map((state) => stateSvg(state, machine, { path, model, options }));
  const edges = drawn.edges.map((edge) => edgeSvg(edge));
  return [
    `<g class="machine" data-path="${xmlText(path)}" data-machine="${xmlText(id)}" transform="translate(${px(x)} ${px(y)})${scale === 1 ? '' : ` scale(${scale})`}">`,
    `<rect width="${px(width)}" height="${px(height)}" rx="10"/>`,
    `<text class="machine-name" x="12" y="20">${xmlText(id)}</text>`,
    ...states,
    ...edges,
    startSvg(drawn, machine),
    '</g>',
  ].join('');
}

interface Around {
  readonly path: string;
  readonly model: ChartModel;
  readonly options: SvgOptions;
}

function stateSvg(drawn: DrawnState, machine: MachineModel, { path, model, options }: Around): string {
  const state = machine.states.find(({ key }) => key === drawn.state);
  if (state === undefined) return '';
  const { x, y, width, height, nested } = drawn;
  const tags = state.tags.map((tag) => `tag-${tag}`);
  const classes = ['state', ...tags, ...(state.isFinal ? ['final'] : [])].join(' ');
  return [
    `<g class="${xmlText(classes)}" data-path="${xmlText(path)}" data-machine="${xmlText(machine.id)}" data-state="${xmlText(state.key)}" transform="translate(${px(x)} ${px(y)})">`,
    `<title>${xmlText(`${machine.id}.${state.key} ${state.zh}`)}</title>`,
    `<rect width="${px(width)}" height="${px(height)}" rx="${state.isFinal ? 18 : 7}"/>`,
    ...namesSvg(state, options.language),
    ...nested.map((each) => machineSvg(each, model, options)),
    '</g>',
  ].join('');
}

function namesSvg(state: StateModel, language: 'zh' | 'en'): readonly string[] {
  const [first, second] = language === 'zh' ? [state.zh, state.en] : [state.en, state.zh];
  const effects = state.invokes.flatMap(({ src, machine }) => (machine === undefined ? [`⚙ ${src}`] : []));
  const lines = [
    ...effects.map((text) => ['sub', text] as const),
    ...(state.tags.length === 0 ? [] : [['tags', state.tags.join(' ')] as const]),
  ];
  return [
    `<text class="name" x="12" y="21">${xmlText(first)}</text>`,
    `<text class="sub" x="12" y="37">${xmlText(second)}</text>`,
    ...lines.map(
      ([kind, text], index) => `<text class="${kind}" x="12" y="${37 + (index + 1) * LINE_PX}">${xmlText(text)}</text>`,
    ),
  ];
}

function edgeSvg({ branches, points, label }: DrawnEdge): string {
  const path = points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${px(x)} ${px(y)}`).join('');
  const texts = label.lines.map(
    (line, index) => `<text x="${px(label.x + 2)}" y="${px(label.y + 11 + index * LINE_PX)}">${xmlText(line)}</text>`,
  );
  return [
    `<g class="edge" data-branches="${xmlText(branches.join('|'))}">`,
    `<path d="${path}" marker-end="url(#head)"/>`,
    `<rect class="label-back" x="${px(label.x)}" y="${px(label.y)}" width="${px(label.width)}" height="${px(label.height)}"/>`,
    ...texts,
    '</g>',
  ].join('');
}

/** Where a machine begins. */
function startSvg({ states }: DrawnMachine, { initial }: MachineModel): string {
  const first = states.find(({ state }) => state === initial);
  if (first === undefined) return '';
  const [x, y] = [first.x + 10, first.y - 16];
  return `<g class="initial"><circle class="start" cx="${px(x)}" cy="${px(y)}" r="4"/><path class="start-line" d="M${px(x)} ${px(y + 4)}V${px(first.y - 2)}" marker-end="url(#head)" stroke="#6b7280"/></g>`;
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
