/** What is missing, put together by the machine or the device it belongs to. */

export interface MissingGroup {
  readonly name: string;
  readonly ids: readonly string[];
}

/** `terminal.idle · KEY · 2` belongs to `terminal`, `printer/openCover` to `printer`. */
export function groupOf(id: string): string {
  return /^[\w-]+/.exec(id)?.[0] ?? id;
}

/** In the order in which they come; with a text, only what has it in its name. */
export function missingGroups(missing: readonly string[], wanted: string): readonly MissingGroup[] {
  const groups = new Map<string, string[]>();
  const small = wanted.trim().toLowerCase();
  for (const id of missing) {
    if (!id.toLowerCase().includes(small)) continue;
    const ids = groups.get(groupOf(id)) ?? [];
    ids.push(id);
    groups.set(groupOf(id), ids);
  }
  return [...groups].map(([name, ids]) => ({ name, ids }));
}

/** The state on the chart to which something missing belongs; `undefined` for a fault, which has no place there. */
export function stateOf(id: string): string | undefined {
  return /^\w+\.\w+(?=$| )/.exec(id)?.[0];
}
