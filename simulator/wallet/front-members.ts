/** Reading of requests that nobody has checked yet. */
export type Members = Readonly<Record<string, unknown>>;

/** The members of a JSON object; `undefined` for any other text. */
export function jsonMembers(text: string): Members | undefined {
  try {
    return membersOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export function membersOf(value: unknown): Members | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : undefined;
}

/** A text member; anything else counts as absent. */
export function textOf(members: Members, name: string): string | undefined {
  const value = members[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The quoted values of an `authorization` header of one scheme, by name. */
export function authorizationOf(header: string | undefined, scheme: string): ReadonlyMap<string, string> | undefined {
  if (header === undefined || !header.startsWith(`${scheme} `)) return undefined;
  const values = new Map<string, string>();
  for (const part of header.slice(scheme.length + 1).split(',')) {
    const [, name, value] = /^\s*(\w+)="([^"]*)"$/.exec(part) ?? [];
    if (name === undefined || value === undefined || values.has(name)) return undefined;
    values.set(name, value);
  }
  return values;
}

/** Whether seconds since 1970 as text are near a time. */
export function isNear(timestamp: string, wallMs: number, byMs: number): boolean {
  return /^\d{10}$/.test(timestamp) && Math.abs(Number(timestamp) * 1000 - wallMs) <= byMs;
}
