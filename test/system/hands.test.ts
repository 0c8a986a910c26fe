import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { CardInterface, Key } from '../../firmware/hal/index.ts';
import { openSales } from '../../firmware/journal/fold.ts';
import type { HostFault } from '../../simulator/acquirer/host-state.ts';
import { walletCustomer } from '../../simulator/wallet/customers.ts';
import type { WalletFault } from '../../simulator/wallet/trade.ts';
import { testCard } from '../../hal-mock/cards/test-cards.ts';
import { Counter } from './counter.ts';

/** One thing that somebody or something does to the terminal, at any moment. */
type Hand =
  | { readonly press: readonly Key[] }
  /** Everything that a smooth sale takes, one thing after the other. */
  | { readonly sell: readonly Hand[] }
  | { readonly present: readonly [string, CardInterface] }
  | { readonly pin: string }
  | { readonly scan: string }
  | { readonly waitMs: number }
  | { readonly host: HostFault['kind'] }
  | { readonly wallet: WalletFault['kind'] }
  | { readonly does: 'pull' | 'unplugPad' | 'unplugPrinter' | 'endPaper' | 'hostDown' | 'mend' | 'powerCut' };

const KEYS: readonly Key[] = ['0', '1', '5', '00', 'confirm', 'confirm', 'cancel', 'clear', 'function'];
const CARDS = [
  'contactless',
  'debit',
  'credit',
  'refuses-after-approval',
  'low-balance',
  'chip-mute',
  'magstripe-only',
];
const CUSTOMERS = ['ordinary', 'huabei', 'needsConfirm', 'confirmsSlowly', 'lowBalance'];

/** Endings 51, 64, 97 and 98 make the hosts misbehave. */
const AMOUNTS = ['1000', '10000', '120000', '1051', '1064', '1097', '1098', '1012'];

const amount: fc.Arbitrary<Hand> = fc
  .constantFrom(...AMOUNTS)
  .map((digits) => ({ press: ['cancel', ...digits.split(''), 'confirm'] as Key[] }));
const card: fc.Arbitrary<Hand> = fc
  .tuple(fc.constantFrom(...CARDS), fc.constantFrom<CardInterface>('chip', 'tap', 'swipe'))
  .map((present) => ({ present }));
const code: fc.Arbitrary<Hand> = fc.constantFrom(...CUSTOMERS).map((scan) => ({ scan }));
const sell: fc.Arbitrary<Hand> = fc
  .tuple(amount, fc.oneof(card, code), fc.constantFrom<Key>('0', '2'))
  .map(([entered, instrument, plan]) => ({
    sell: [
      entered,
      { waitMs: 400 },
      instrument,
      { waitMs: 2_000 },
      { press: [plan, 'confirm'] },
      { pin: '123456' },
      { waitMs: 2_000 },
    ],
  }));

const hand: fc.Arbitrary<Hand> = fc.oneof(
  { weight: 9, arbitrary: sell },
  { weight: 2, arbitrary: amount },
  {
    weight: 3,
    arbitrary: fc.array(fc.constantFrom(...KEYS), { minLength: 1, maxLength: 4 }).map((press) => ({ press })),
  },
  { weight: 3, arbitrary: card },
  { weight: 3, arbitrary: fc.constantFrom('123456', '111111').map((pin) => ({ pin })) },
  { weight: 2, arbitrary: code },
  { weight: 8, arbitrary: fc.constantFrom(0, 40, 400, 2_000, 8_000, 40_000).map((waitMs) => ({ waitMs })) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom<HostFault['kind']>(
        'dropReply',
        'dropRequest',
        'wrongMac',
        'noMac',
        'closeAfterRequest',
        'garbageFrame',
      )
      .map((host) => ({ host })),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom<WalletFault['kind']>('dropReply', 'dropRequest', 'wrongSignature', 'garbage', 'cancelRetry')
      .map((wallet) => ({ wallet })),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom<Extract<Hand, { does: unknown }>['does']>(
        'pull',
        'unplugPad',
        'unplugPrinter',
        'endPaper',
        'hostDown',
        'mend',
        'mend',
        'mend',
        'powerCut',
      )
      .map((does) => ({ does })),
  },
);

async function act(counter: Counter, done: Hand): Promise<void> {
  const { shop } = counter;
  if ('sell' in done) for (const step of done.sell) await act(counter, step);
  else if ('waitMs' in done) await shop.clock.advance(done.waitMs);
  else if ('press' in done) counter.press(...done.press);
  else if ('present' in done) shop.present(...done.present);
  else if ('scan' in done) shop.scanner.show(walletCustomer(done.scan).code);
  else if ('host' in done) shop.acquirer.faults.inject({ kind: done.host } as HostFault);
  else if ('wallet' in done) shop.wallet.faults.inject({ kind: done.wallet } as WalletFault);
  else if ('pin' in done) {
    shop.pinPad.typeDigits(done.pin);
    shop.pinPad.press('confirm');
  } else interfere(counter, done.does);
  await shop.clock.settle();
  if (shop.life.isOver) counter.reboot();
}

function interfere(counter: Counter, what: Extract<Hand, { does: unknown }>['does']): void {
  const { shop } = counter;
  const { reader, printer, acquirerLink, walletLink } = shop.life;
  if (what === 'pull') reader.pull();
  if (what === 'unplugPad') shop.pinPad.unplug();
  if (what === 'unplugPrinter') printer.unplug();
  if (what === 'endPaper') printer.endPaperAfterLines(3);
  if (what === 'powerCut') counter.reboot();
  if (what === 'hostDown') for (const link of [acquirerLink, walletLink]) link.goDown();
  if (what === 'mend') mend(counter);
}

function mend({ shop }: Counter): void {
  const { reader, printer, acquirerLink, walletLink } = shop.life;
  for (const link of [acquirerLink, walletLink]) link.comeUp();
  shop.acquirer.faults.clear();
  shop.wallet.faults.clear();
  shop.pinPad.replug();
  printer.replug();
  printer.loadPaper();
  reader.pull();
}

/** Once nothing is broken any more, a cashier who restarts what asks for it gets an idle terminal with nothing open. */
async function settledInTheEnd(counter: Counter): Promise<boolean> {
  for (let look = 0; look < 120; look++) {
    const path = counter.terminal.statePath();
    if (path === 'terminal.idle' && openSales(counter.terminal.journalState()).length === 0) return true;
    if (path === 'terminal.outOfService') counter.press('confirm');
    counter.shop.life.reader.pull();
    await counter.shop.clock.advance(5_000);
    if (counter.shop.life.isOver) counter.reboot();
  }
  return false;
}

describe('whatever hands, devices and networks do, in any order', () => {
  it('the books agree in the end, and the terminal is idle', async () => {
    const sold = { cards: 0, wallets: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(hand, { minLength: 30, maxLength: 60 }), async (hands) => {
        const counter = new Counter();
        counter.shop.acquirer.resetPinTries('debit');
        counter.terminal.start();
        await counter.untilState('terminal.idle');
        for (const done of hands) await act(counter, done);
        mend(counter);
        const isSettled = await settledInTheEnd(counter);
        const { hosts, journal } = counter.books();
        sold.cards += counter.shop.acquirer.entries().length;
        sold.wallets += counter.shop.wallet.orders().length;
        expect({ isSettled, path: counter.terminal.statePath(), hosts }).toEqual({
          isSettled: true,
          path: 'terminal.idle',
          hosts: journal,
        });
        expect(counter.shop.vault.count()).toBe(0);
      }),
      { numRuns: 150, seed: 20261121 },
    );
    // Hands that never got as far as a host would prove nothing.
    expect([sold.cards > 80, sold.wallets > 50]).toEqual([true, true]);
  }, 60_000);

  it.each([...new Set(['confirm', 'cancel', 'clear', 'function', '0', '5'] as const)])(
    'a thousand times the key %s does no harm anywhere in a sale',
    async (key) => {
      const counter = new Counter();
      counter.terminal.start();
      await counter.untilState('terminal.idle');
      counter.press('1', '0', '00', 'confirm');
      for (let second = 0; second < 20; second++) {
        counter.press(...Array<Key>(50).fill(key));
        if (second === 2) counter.shop.life.reader.tap(testCard('contactless'));
        await counter.shop.clock.advance(1_000);
      }
      expect(await settledInTheEnd(counter)).toBe(true);
      const { hosts, journal } = counter.books();
      expect(hosts).toEqual(journal);
    },
  );
});
