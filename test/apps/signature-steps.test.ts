import { afterEach, describe, expect, it } from '@jest/globals';
import { playInWorld, settingsOf } from '../../apps/world/scenario-world.ts';
import { createWorld } from '../../apps/world/world.ts';
import { NEVER_CANCELLED } from '../../firmware/base/cancel.ts';
import type { SignatureResult } from '../../firmware/hal/index.ts';
import { MockSignaturePad } from '../../hal-mock/devices/signature-pad/mock.ts';
import { SeededRandom } from '../../hal-mock/random.ts';
import { VirtualClock } from '../../hal-mock/time.ts';
import { parseScenario } from '../../simulator/scenario/format.ts';
import { playScenario } from '../../simulator/scenario/runner.ts';
import type { World } from '../../simulator/scenario/world.ts';

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

/** Plays one step of the customer while the panel asks on its own, as a terminal would have it do. */
async function endingOf(step: string): Promise<SignatureResult | 'disconnected'> {
  const scenario = parseScenario(`name: x\ngiven: { signaturePad: true }\nsteps: [${step}]\n`);
  const clock = new VirtualClock();
  const random = new SeededRandom(1);
  world = await createWorld({
    settings: settingsOf(scenario),
    clock,
    random,
    transport: 'memory',
    network: 'memory',
    hasSignaturePad: true,
  });
  const pad = world.signaturePad;
  if (!(pad instanceof MockSignaturePad)) throw new Error('the panel is the mock');
  expect(pad.isPresent).toBe(true);
  const ending = pad
    .capture({ timeoutMs: 60_000 }, NEVER_CANCELLED)
    .catch(({ kind }: { readonly kind: 'disconnected' }) => kind);
  expect((await playScenario(scenario, world)).failures).toEqual([]);
  return clock.resolve(ending);
}

describe('a customer at the panel of a scenario', () => {
  it.each([
    ['customer: { sign: true }', { kind: 'signed', image: { widthDots: 384, heightDots: 120 } }],
    ['customer: { refuseToSign: true }', { kind: 'refused' }],
  ])('%s', async (step, ending) => {
    expect(await endingOf(`{ ${step} }`)).toMatchObject(ending);
  });

  it('finds it unplugged', async () => {
    expect(await endingOf('{ device: { unplug: signaturePad } }')).toBe('disconnected');
  });

  it.each([['sign'], ['refuseToSign']])('can not %s when nobody asks', async (act) => {
    const scenario = parseScenario(`name: x\nsteps: [{ customer: { ${act}: true } }]\n`);
    const { result } = await playInWorld(scenario, 'memory');
    expect(result.failures).toEqual(['step 1: nobody asks for a signature']);
  });
});
