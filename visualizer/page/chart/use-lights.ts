import { type RefObject, useEffect } from 'react';
import { branchIdOf } from '../../model/branch-id.ts';
import type { Moment } from '../moments.ts';
import { type PageStore, store } from '../store.ts';
import { deepest, litStates } from './lit.ts';

const escaped = (text: string): string => CSS.escape(text);

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
    const light = (): void => {
      const { moment } = store;
      const svg = box.current?.querySelector('svg');
      if (svg === null || svg === undefined) return;
      if (svg !== drawn || coverage !== store.state.coverage) {
        coverage = store.state.coverage;
        markCoverage(svg);
      }
      if (moment === shown && svg === drawn) return;
      [shown, drawn] = [moment, svg];
      lightMoment(svg, moment, top, follow);
    };
    light();
    const frame = requestAnimationFrame(light);
    const end = store.subscribe(light);
    return () => {
      cancelAnimationFrame(frame);
      end();
    };
  });
}

function lightMoment(
  svg: Element,
  moment: Moment,
  top: string,
  follow: ((state: SVGGElement) => void) | undefined,
): void {
  for (const lit of svg.querySelectorAll('.active, .taken-last')) lit.classList.remove('active', 'taken-last');
  const groups = litStates(moment.running, top).flatMap(({ path, state }) => {
    const group = svg.querySelector<SVGGElement>(
      `.state[data-path="${escaped(path)}"][data-state="${escaped(state)}"]`,
    );
    group?.classList.add('active');
    return group === null ? [] : [{ path, group }];
  });
  const { lastMove } = moment;
  if (lastMove !== undefined) {
    const id = branchIdOf(lastMove);
    for (const edge of svg.querySelectorAll<SVGGElement>('.edge')) {
      if (edge.dataset['branches']?.split('|').includes(id) === true) edge.classList.add('taken-last');
    }
  }
  const here = deepest(moment.running);
  const target = groups.findLast(({ path }) => path.endsWith(here?.machine ?? '')) ?? groups.at(-1);
  if (follow !== undefined && target !== undefined) follow(target.group);
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
