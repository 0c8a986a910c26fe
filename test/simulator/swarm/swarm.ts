import type { Ports } from '../../../firmware/hal/index.ts';
import { drawParameters, type SwarmLevel, type SwarmParameters } from '../../../simulator/swarm/parameters.ts';
import { playSwarm, type RunOptions, type RunResult } from '../../../simulator/swarm/run.ts';
import { swarmParts } from '../../../apps/world/swarm-parts.ts';

export const ONE_BY_ONE = { level: 'ports', terminals: 1, days: 0 } as const;

/** A seed without faults and odd people, for tests that bring their own trouble. */
export function quietParameters(seed: number, more: Partial<SwarmParameters> = {}): SwarmParameters {
  const drawn = drawParameters(seed, ONE_BY_ONE);
  const quiet = { wrongPin: 0, walksAway: 0, cashierCancels: 0, oddCard: 0 };
  const errands = { settles: 0.1, looksUp: 0.1, handsOver: 0, scripts: 0.1 };
  const ways = { otherWallets: 0.5, methods: 0.3, goesOn: 0, refunds: 0.1 };
  const habits = { codes: 0.5, instalments: 0.5, ...quiet, ...errands, ...ways };
  return { ...drawn, faults: {}, habits, syncMs: 0, ...more };
}

export function play(
  parameters: SwarmParameters,
  sabotage?: (ports: Ports) => Ports,
  onTrace?: (line: string) => void,
): Promise<RunResult> {
  const options: RunOptions = { parameters, parts: swarmParts(parameters.level) };
  return playSwarm({
    ...options,
    ...(sabotage === undefined ? {} : { sabotage }),
    ...(onTrace === undefined ? {} : { onTrace }),
  });
}

export function playSeed(seed: number, level: SwarmLevel = 'ports'): Promise<RunResult> {
  return play(drawParameters(seed, { ...ONE_BY_ONE, level }));
}

/** The first of so many seeds in which these terminals are caught. */
export async function caught(sabotage: (ports: Ports) => Ports, seeds: number): Promise<RunResult | undefined> {
  for (let seed = 1; seed <= seeds; seed++) {
    const result = await play(drawParameters(seed, ONE_BY_ONE), sabotage);
    if (result.violation !== undefined) return result;
  }
  return undefined;
}
