import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ptyAvailable } from '../../hal-mock/wire/pty-wire.ts';
import { parseScenario, ScenarioError } from '../../simulator/scenario/format.ts';
import type { ScenarioResult } from '../../simulator/scenario/runner.ts';
import { playInWorld } from '../world/scenario-world.ts';
import type { Transport } from '../world/wires.ts';
import type { CliIo } from './lines.ts';

export const PLAY_HELP = `fenqi play FILE... — play scenario files against the whole terminal

  --transport memory|pty   where the bytes between drivers and device emulators go
                           memory (default): nothing to install, virtual time
                           pty: real kernel serial ports made by socat, real time, hosts over TCP
  --transcript             print every step, screen and receipt
  --json                   one JSON line a scenario: {"file","name","passed","failures","steps"}
  --help                   this text

Exit status: 0 all passed, 1 an expectation failed or a file is wrong, 2 wrong usage.
`;

/** Plays scenario files one after the other and says which passed. */
export async function runPlay(args: readonly string[], io: CliIo): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      transport: { type: 'string', default: 'memory' },
      transcript: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    io.out(PLAY_HELP);
    return 0;
  }
  const { transport } = values;
  if (transport !== 'memory' && transport !== 'pty') return usage(io, '--transport is memory or pty');
  if (positionals.length === 0) return usage(io, 'name at least one scenario file');
  if (transport === 'pty' && !ptyAvailable()) return usage(io, '--transport pty needs socat: apt-get install socat');
  let failed = 0;
  for (const file of positionals) {
    const result = await playFile(file, transport, values.transcript ? io.out : undefined);
    if (!result.passed) failed += 1;
    report(io, file, result, values.json);
  }
  if (!values.json) io.out(`${positionals.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

function usage(io: CliIo, problem: string): number {
  io.err(`fenqi play: ${problem}; see fenqi play --help`);
  return 2;
}

function report(io: CliIo, file: string, result: ScenarioResult, json: boolean): void {
  if (json) {
    io.out(JSON.stringify({ file, ...result }));
    return;
  }
  io.out(`${result.passed ? 'ok  ' : 'FAIL'} ${file}${result.name === '' ? '' : ` — ${result.name}`}`);
  for (const failure of result.failures) io.out(`     ${failure}`);
}

async function playFile(
  file: string,
  transport: Transport,
  transcript: ((line: string) => void) | undefined,
): Promise<ScenarioResult> {
  try {
    return await playInWorld(parseScenario(await readFile(file, 'utf8')), transport, transcript);
  } catch (error) {
    const failures = error instanceof ScenarioError ? error.problems : fileProblem(error);
    return { name: '', passed: false, failures, steps: 0 };
  }
}

function fileProblem(error: unknown): readonly string[] {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return ['there is no such file'];
  if (code === 'EACCES' || code === 'EISDIR') return ['this is no file that can be read'];
  throw error;
}
