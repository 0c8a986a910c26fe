import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';

/** What is known of the program that runs. */
export interface BuildInfo {
  readonly version: string;
  /** 0 for sources that were never built. */
  readonly builtMs: number;
}

const SOURCES: BuildInfo = { version: 'development', builtMs: 0 };

/** Reads `build.json` beside the program: `{ "version": "1.2.3", "builtAt": "2026-11-21T00:00:00Z" }`. */
export function buildInfo(folder: string = dirname(process.argv[1] ?? '.')): BuildInfo {
  let text: string;
  try {
    text = readFileSync(join(folder, 'build.json'), 'utf8');
  } catch {
    return SOURCES;
  }
  const { version, builtAt } = JSON.parse(text) as { readonly version?: unknown; readonly builtAt?: unknown };
  const builtMs = Date.parse(String(builtAt));
  return {
    version: typeof version === 'string' ? version : SOURCES.version,
    builtMs: Number.isNaN(builtMs) ? SOURCES.builtMs : builtMs,
  };
}

/** The slot that the selector started from: one word in a file. */
export function bootedSlot(file: string): string | undefined {
  try {
    return /^\w{1,16}/.exec(readFileSync(file, 'utf8'))?.[0];
  } catch {
    return undefined;
  }
}
