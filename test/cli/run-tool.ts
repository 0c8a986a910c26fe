import type { CliIo } from '../../apps/cli/lines.ts';

export interface ToolRun {
  readonly exitCode: number;
  readonly out: string[];
  readonly err: string[];
}

/** Runs a tool over lines and collects what it says. */
export async function runTool(
  tool: (args: string[], io: CliIo) => Promise<number>,
  args: string[],
  input: readonly string[] = [],
): Promise<ToolRun> {
  const out: string[] = [];
  const err: string[] = [];
  async function* lines(): AsyncGenerator<string> {
    yield* input;
  }
  const exitCode = await tool(args, { lines: lines(), out: (line) => out.push(line), err: (line) => err.push(line) });
  return { exitCode, out, err };
}
