import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Operator } from '../../apps/console/operator.ts';
import { createWorld } from '../../apps/world/world.ts';
import { DEFAULT_SETTINGS } from '../../firmware/settings.ts';
import { SeededRandom } from '../../hal-mock/random.ts';
import { VirtualClock } from '../../hal-mock/time.ts';
import type { World } from '../../simulator/scenario/world.ts';

let world: World;
let said: string[];
let operator: Operator;

beforeEach(async () => {
  said = [];
  world = await createWorld({
    settings: DEFAULT_SETTINGS,
    clock: new VirtualClock(),
    random: new SeededRandom(1),
    transport: 'memory',
    network: 'memory',
    hasSignaturePad: true,
  });
  operator = new Operator(world, (line) => said.push(line));
  await screen('idle');
});

afterEach(() => world.close());

const now = (): string | undefined => world.screens().at(-1)?.id;

async function screen(id: string): Promise<void> {
  if (!(await world.time.until(() => now() === id, 90_000))) throw new Error(`no screen ${id}, but ${String(now())}`);
}

/** Hits keys one after the other, as a person does. */
async function hit(strokes: string): Promise<void> {
  for (const stroke of strokes) {
    operator.key(stroke === '⏎' ? '\r' : stroke);
    await world.time.advance(400);
  }
}

const menuKey = (id: string): string =>
  world
    .screens()
    .at(-1)
    ?.options?.find((option) => option.id === id)?.key ?? '?';

describe('the hands at the console', () => {
  it('show the code of another wallet', async () => {
    await hit('WW3500⏎q');
    await screen('choosePlan');
    expect(said.at(-1)).toContain('JD');
    await hit('0');
    await screen('approved');
    expect(world.wallets.netFen()).toBe(3_500);
  });

  it('scan the code that the terminal shows, once it shows one', async () => {
    await hit('W3500⏎v');
    expect(said.at(-1)).toContain('the screen shows no code');
    await hit(menuKey('wechatCode'));
    await screen('showCode');
    await hit('v');
    await screen('approved');
  });

  it('name the account, read the SMS and type it', async () => {
    await hit('WW120000⏎');
    await hit(menuKey('baitiao'));
    await screen('enterAccount');
    await hit(`${/\d{11}/.exec(said.at(-1) ?? '')?.[0] ?? ''}⏎`);
    await screen('choosePlan');
    await hit('1');
    await screen('confirmPlan');
    await hit('⏎');
    await screen('chooseProof');
    await hit(menuKey('sms'));
    await screen('enterSmsCode');
    await hit('m');
    await hit(`${/\d{6}/.exec(said.at(-1) ?? '')?.[0] ?? ''}⏎`);
    await screen('approved');
  });

  it('sign on the panel when it asks', async () => {
    await hit('g');
    expect(said.at(-1)).toContain('nobody asks');
    await hit('3500⏎');
    while (!/credit-signature/.test(said.at(-1) ?? '')) await hit('c');
    await hit('i');
    await screen('signOnPanel');
    await hit('g');
    await screen('printing');
  });

  it('take all hosts down and up again', async () => {
    await hit('h');
    await hit('W3500⏎q');
    await screen('notSent');
    await hit('h⏎');
    await screen('idle');
    await hit('3500⏎q');
    await screen('approved');
  });
});
