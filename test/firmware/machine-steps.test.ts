import { describe, expect, it } from '@jest/globals';
import { createTerminal, DEFAULT_SETTINGS } from '../../firmware/index.ts';
import { branchId, type MachineStep } from '../../firmware/machine-steps.ts';
import { mockPorts, testCard } from '../../hal-mock/index.ts';

/** A sale by chip and PIN, watched from the start to the prompt for the PIN. */
async function watchedSale() {
  const mocks = mockPorts();
  const { clock, display, keypad, reader } = mocks;
  const terminal = createTerminal(mocks.ports, DEFAULT_SETTINGS);
  const steps: MachineStep[] = [];
  const keys: string[] = [];
  terminal.watch({ step: (step) => void steps.push(step), key: (key) => void keys.push(key) });
  terminal.start();
  const shows = (screen: string): Promise<void> =>
    clock.runUntil(() => display.current?.id === screen, 300_000, screen);
  await shows('idle');
  const idle = terminal.chances();
  keypad.type('clear', '8', '00', 'confirm');
  await shows('presentCard');
  await clock.advance(300);
  reader.insert(testCard('debit'));
  await shows('enterPin');
  return { terminal, steps, keys, idle };
}

describe('what a terminal tells of its machines', () => {
  it('names every branch that is taken, from the first state on', async () => {
    const { steps } = await watchedSale();
    expect(steps[0]).toMatchObject({ kind: 'begins', machine: 'terminal', parent: undefined });
    const moves = steps.flatMap((step) => (step.kind === 'moves' ? [branchId(step)] : []));
    expect(moves).toContain('terminal.booting · boot done · 1');
    expect(moves.at(-1)).toMatch(/^transaction\.sorting · at once · \d$/);
  });

  it('tells which machine runs inside which', async () => {
    const { steps } = await watchedSale();
    const begun = steps.flatMap((step) => (step.kind === 'begins' ? [step] : []));
    const parentOf = (machine: string): string | undefined => {
      const parent = begun.find((step) => step.machine === machine)?.parent;
      return begun.find(({ actor }) => actor === parent)?.machine;
    };
    expect([parentOf('transaction'), parentOf('identify'), parentOf('verify')]).toEqual([
      'terminal',
      'transaction',
      'transaction',
    ]);
    expect(steps).toContainEqual(expect.objectContaining({ kind: 'ends', machine: 'identify' }));
  });

  it('tells what was pressed and what had no effect', async () => {
    const { steps, keys } = await watchedSale();
    expect(keys).toEqual(['clear', '8', '00', 'confirm']);
    expect(steps).toContainEqual(expect.objectContaining({ kind: 'ignores', state: 'idle', event: 'KEY' }));
  });

  it('says which keys would do something, and which guard is against the others', async () => {
    const { idle, terminal } = await watchedSale();
    expect(idle.filter(({ isOpen }) => isOpen).map(({ key }) => key)).toContain('1');
    expect(idle.find(({ key }) => key === 'confirm')).toMatchObject({ isOpen: false });
    const pin = terminal.chances().filter(({ machine }) => machine === 'verify');
    expect(pin.find(({ key }) => key === 'cancel')).toMatchObject({ isOpen: true });
    expect(pin.find(({ key }) => key === '5')).toMatchObject({ isOpen: false });
    expect(pin.find(({ key }) => key === '5')?.closedBy.length).toBeGreaterThan(0);
  });
});
