import { parseArgs } from 'node:util';
import { scrub } from '../../firmware/base/masked.ts';

/** The flags that the protocol tools share; each tool takes some of them. */
export interface ToolOptions {
  readonly help?: boolean;
  readonly framed?: boolean;
  readonly unmasked?: boolean;
  readonly dialect?: string;
}

const TYPE_OF_FLAG = {
  help: { type: 'boolean' },
  framed: { type: 'boolean' },
  unmasked: { type: 'boolean' },
  dialect: { type: 'string' },
} as const;

export type ToolFlag = keyof typeof TYPE_OF_FLAG;

/** Arguments that make sense, or why they make none. The reason repeats nothing that could be a card number. */
export type ParsedArguments =
  { readonly options: ToolOptions; readonly positionals: readonly string[] } | { readonly wrong: string };

export function parseArguments(args: readonly string[], flags: readonly ToolFlag[]): ParsedArguments {
  const allowed = Object.fromEntries(flags.map((flag) => [flag, TYPE_OF_FLAG[flag]]));
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: allowed, allowPositionals: true });
    return { options: values, positionals };
  } catch (error) {
    return { wrong: scrub(error instanceof Error ? error.message : 'the arguments make no sense') };
  }
}
