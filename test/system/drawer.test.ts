import { expect, it } from '@jest/globals';
import { DEFAULT_SETTINGS } from '../../firmware/settings.ts';
import { Counter } from './counter.ts';

async function menuOf(hasDrawer: boolean): Promise<Counter> {
  const counter = new Counter({ ...DEFAULT_SETTINGS, hasDrawer });
  counter.terminal.start();
  await counter.untilState('terminal.idle');
  counter.press('function');
  await counter.untilScreen('menu');
  return counter;
}

it('opens the cash drawer from the menu, once the printer can', async () => {
  const counter = await menuOf(true);
  const { printer } = counter.shop.life;
  printer.openCover();
  counter.press('0');
  await counter.untilScreen('drawerProblem');
  printer.closeCover();
  counter.press('confirm');
  await counter.untilState('terminal.idle');
  expect(printer.drawerPulses).toBe(1);
});

it('opens none where there is none', async () => {
  const counter = await menuOf(false);
  counter.press('0', 'cancel');
  await counter.untilState('terminal.idle');
  expect(counter.shop.life.printer.drawerPulses).toBe(0);
});
