/** What root writes and the terminal reads: `result.json`, what became of the last bundle, and `floor`. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';

const record = v.object({
  kind: v.picklist(['refuse', 'wait', 'installed', 'failed']),
  /** Of the bundle; absent when it was not looked at, because something went on. */
  sha256: v.optional(v.string()),
  version: v.optional(v.string()),
  reasons: v.array(v.object({ reason: v.string(), zh: v.string(), en: v.string() })),
  /** What the tools said when it failed. */
  reason: v.optional(v.string()),
  /** The bundle that failed last, and how often. */
  failed: v.optional(v.object({ sha256: v.string(), times: v.number() })),
  /** The start of the machine in which this was, see `boot-id.ts`. */
  boot: v.string(),
});
export type InstallRecord = Readonly<v.InferOutput<typeof record>>;

export const recordFile = (system: string): string => join(system, 'result.json');

/** Undefined when there is none, or none that can be understood. */
export function readRecord(system: string): InstallRecord | undefined {
  try {
    const read = v.safeParse(record, JSON.parse(readFileSync(recordFile(system), 'utf8')));
    return read.success ? read.output : undefined;
  } catch {
    return undefined;
  }
}

const LOWEST = '0.0.0';

/** The lowest version that may be installed: no floor was ever raised where there is no file. */
export function readFloor(system: string): string {
  const path = join(system, 'floor');
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : LOWEST;
}
