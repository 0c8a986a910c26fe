/** Semantic versions, as SemVer 2.0.0 orders them. */

export interface Version {
  readonly numbers: readonly [number, number, number];
  /** Dot-separated identifiers after `-`; empty for a release. Build metadata after `+` does not count. */
  readonly preRelease: readonly string[];
}

const NUMBER = '(0|[1-9]\\d{0,8})';
const IDENTIFIERS = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const VERSION = new RegExp(`^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-(${IDENTIFIERS}))?(?:\\+${IDENTIFIERS})?$`);

export function parseVersion(text: string): Version | undefined {
  const [, major, minor, patch, preRelease] = VERSION.exec(text) ?? [];
  if (major === undefined) return undefined;
  const identifiers = preRelease?.split('.') ?? [];
  if (identifiers.some((identifier) => /^0\d+$/.test(identifier))) return undefined;
  return { numbers: [Number(major), Number(minor), Number(patch)], preRelease: identifiers };
}

/** Below 0 when `a` is older, above 0 when it is newer, 0 when neither. */
export function compareVersions(a: Version, b: Version): number {
  for (const [at, number] of a.numbers.entries()) {
    const difference = number - (b.numbers[at] ?? 0);
    if (difference !== 0) return difference;
  }
  if (a.preRelease.length === 0 || b.preRelease.length === 0) return b.preRelease.length - a.preRelease.length;
  for (let at = 0; at < Math.max(a.preRelease.length, b.preRelease.length); at++) {
    const difference = compareIdentifiers(a.preRelease[at], b.preRelease[at]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Numbers by value and before words, words by their characters, what is missing before everything. */
function compareIdentifiers(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  const [isNumber, isOtherNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumber && isOtherNumber) return a.length === b.length ? order(a, b) : a.length - b.length;
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  return order(a, b);
}

function order(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
