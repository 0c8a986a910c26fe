import type { MachineModel } from '../../model/chart.ts';
import type { Running } from '../../model/replay.ts';

/**
 * Paths of the drawings in which a running machine stands, `terminal/transacting/transaction` and its state; as seen from the
 * machine at the top of the drawing.
 */
export function litStates(
  running: readonly Running[],
  top: string,
): readonly { readonly path: string; readonly state: string }[] {
  const byActor = new Map(running.map((each) => [each.actor, each]));
  return running.flatMap((each) => {
    const path = pathOf(each, byActor, top);
    return path === undefined ? [] : [{ path, state: each.state }];
  });
}

function pathOf(running: Running, byActor: ReadonlyMap<string, Running>, top: string): string | undefined {
  if (running.machine === top) return top;
  const parent = running.parent === undefined ? undefined : byActor.get(running.parent);
  const above = parent === undefined ? undefined : pathOf(parent, byActor, top);
  return above === undefined || parent === undefined ? undefined : `${above}/${parent.state}/${running.machine}`;
}

/** The machine that was begun last and is still running: where things happen. */
export function deepest(running: readonly Running[]): Running | undefined {
  return running.at(-1);
}

/** States whose name in either language or key holds what was typed. */
export function foundStates(machines: readonly MachineModel[], typed: string): readonly string[] {
  const wanted = typed.trim().toLowerCase();
  if (wanted === '') return [];
  return machines.flatMap(({ id, states }) =>
    states
      .filter(({ key, zh, en }) => [key, zh, en, `${id}.${key}`].some((name) => name.toLowerCase().includes(wanted)))
      .map(({ key }) => `${id}.${key}`),
  );
}
