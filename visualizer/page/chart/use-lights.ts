import { type RefObject, useEffect } from 'react';
import { branchIdOf } from '../../model/branch-id.ts';
import type { Moment } from '../../model/replay.ts';
import { type PageStore, store } from '../store.ts';
import { deepest, litStates } from './lit.ts';

/** Who pulls the slider looks at the lights; the chart moves there once the hand rests. Moving it paints all of it anew. */
const REST_MS = 120;

/** Lights the states that are active and the step that was taken last, by classes on the drawing alone. */
export function useLights(
  box: RefObject<HTMLDivElement | null>,
  top: string,
  follow: ((state: SVGGElement) => void) | undefined,
): void {
  useEffect(() => {
    let shown: Moment | undefined;
    let drawn: Element | null | undefined;
    let coverage: PageStore['state']['coverage'];
    let resting: number | undefined;
    const followWhenResting = (state: SVGGElement): void => {
      window.clearTimeout(resting);
      if (store.state.cursor === undefined) follow?.(state);
      else resting = window.setTimeout(() => follow?.(state), REST_MS);
    };
    const look = (): void => {
      const { moment } = store;
      const svg = box.current?.querySelector('svg');
      if (svg === null || svg === undefined) return;
      if (svg !== drawn || coverage !== store.state.coverage) {
        coverage = store.state.coverage;
        markCoverage(svg);
      }
      if (moment === shown && svg === drawn) return;
      [shown, drawn] = [moment, svg];
      lightMoment(svg, moment, top, follow === undefined ? undefined : followWhenResting);
    };
    look();
    const frame = requestAnimationFrame(look);
    const end = store.subscribe(look);
    return () => {
      cancelAnimationFrame(frame);
      window.clearTimeout(resting);
      end();
    };
  });
}

/** The parts of one drawing by their names: looked for once, lit many times a second. */
interface Parts {
  readonly states: ReadonlyMap<string, SVGGElement>;
  readonly edges: ReadonlyMap<string, readonly SVGGElement[]>;
}

const partsOfDrawings = new WeakMap<Element, Parts>();

function partsOf(svg: Element): Parts {
  const known = partsOfDrawings.get(svg);
  if (known !== undefined) return known;
  const states = new Map<string, SVGGElement>();
  for (const group of svg.querySelectorAll<SVGGElement>('.state')) {
    states.set(`${group.dataset['path']} ${group.dataset['state']}`, group);
  }
  const edges = new Map<string, SVGGElement[]>();
  for (const edge of svg.querySelectorAll<SVGGElement>('.edge')) {
    for (const id of edge.dataset['branches']?.split('|') ?? []) edges.set(id, [...(edges.get(id) ?? []), edge]);
  }
  const parts = { states, edges };
  partsOfDrawings.set(svg, parts);
  return parts;
}

function lightMoment(
  svg: Element,
  moment: Moment,
  top: string,
  follow: ((state: SVGGElement) => void) | undefined,
): void {
  const { states, edges } = partsOf(svg);
  const groups = litStates(moment.running, top).flatMap(({ path, state }) => {
    const group = states.get(`${path} ${state}`);
    return group === undefined ? [] : [{ path, group }];
  });
  const { lastMove } = moment;
  const taken = lastMove === undefined ? [] : (edges.get(branchIdOf(lastMove)) ?? []);
  light(svg, 'active', new Set(groups.map(({ group }) => group)));
  light(svg, 'taken-last', new Set(taken));
  const here = deepest(moment.running);
  const target = groups.findLast(({ path }) => path.endsWith(here?.machine ?? '')) ?? groups.at(-1);
  light(svg, 'here', new Set(target === undefined ? [] : [target.group]));
  if (follow !== undefined && target !== undefined) follow(target.group);
}

/** Touches only what changes, so that only that is painted anew. */
function light(svg: Element, name: string, lit: ReadonlySet<Element>): void {
  for (const old of svg.querySelectorAll(`.${name}`)) if (!lit.has(old)) old.classList.remove(name);
  for (const each of lit) each.classList.add(name);
}

/** Marks what no run has ever taken. */
function markCoverage(svg: Element): void {
  const { coverage } = store.state;
  for (const mark of svg.querySelectorAll('.never')) mark.classList.remove('never');
  if (coverage === undefined) return;
  const { taken, entered } = coverage.coverage;
  for (const edge of svg.querySelectorAll<SVGGElement>('.edge')) {
    const branches = edge.dataset['branches']?.split('|') ?? [];
    if (!branches.some((id) => (taken[id] ?? 0) > 0)) edge.classList.add('never');
  }
  for (const state of svg.querySelectorAll<SVGGElement>('.state')) {
    const { machine, state: key } = state.dataset;
    if ((entered[`${machine}.${key}`] ?? 0) === 0) state.classList.add('never');
  }
}
