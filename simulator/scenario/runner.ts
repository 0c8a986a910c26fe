import { checkAnywhere, checkAtEnd, isAtRest } from './end-checks.ts';
import { Expecter } from './expectations.ts';
import type { Scenario, ScenarioStep } from './format.ts';
import { Hands, type OnAct } from './hands.ts';
import { StepFailure } from './step-failure.ts';
import type { World } from './world.ts';

const BOOT_WITHIN_MS = 60_000;

export interface ScenarioResult {
  readonly name: string;
  readonly passed: boolean;
  /** One line for each thing that was not as expected; the run ends at the first step that failed. */
  readonly failures: readonly string[];
  readonly steps: number;
}

/** Plays one scenario in a world. It never throws for what the terminal does. */
export async function playScenario(
  scenario: Scenario,
  world: World,
  onStep: (step: ScenarioStep, index: number) => void = () => undefined,
  onAct: OnAct = () => undefined,
): Promise<ScenarioResult> {
  const expecter = new Expecter(world);
  const hands = new Hands(world, onAct);
  const failures: string[] = [];
  let steps = 0;
  try {
    if (beginsWithHands(scenario)) await world.time.until(() => isAtRest(world), BOOT_WITHIN_MS);
    for (const [index, step] of scenario.steps.entries()) {
      onStep(step, index);
      await carryOut(step, index, { world, expecter, hands });
      steps += 1;
    }
    failures.push(...(await (scenario.endsAnywhere === true ? checkAnywhere(world) : checkAtEnd(world))));
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    failures.push(`step ${steps + 1}: ${error.message}`);
  }
  return { name: scenario.name, passed: failures.length === 0, failures, steps };
}

/** Nobody presses keys on a terminal that is still booting, unless the scenario is about the boot and says so first. */
function beginsWithHands({ steps }: Scenario): boolean {
  const first = steps.find(
    (step) => 'cashier' in step || 'customer' in step || 'expect' in step || 'power' in step || 'network' in step,
  );
  return first !== undefined && !('expect' in first) && !('power' in first);
}

interface Play {
  readonly world: World;
  readonly expecter: Expecter;
  readonly hands: Hands;
}

async function carryOut(step: ScenarioStep, index: number, { world, expecter, hands }: Play): Promise<void> {
  if ('expect' in step) return expecter.check(step.expect, index);
  if ('wait' in step) return world.time.advance(step.wait);
  expecter.forgetPast();
  return hands.carryOut(step);
}
