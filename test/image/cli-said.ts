import type { CliIo } from '../../apps/cli/lines.ts';

/** Runs a command in this process and collects what it says. */
export async function said<Code>(
  command: (args: string[], io: CliIo) => Promise<Code>,
  ...args: readonly string[]
): Promise<{ readonly code: Code; readonly text: string }> {
  const lines: string[] = [];
  const out = (line: string): void => void lines.push(line);
  const code = await command([...args], { lines: (async function* () {})(), out, err: out });
  return { code, text: lines.join('\n') };
}
