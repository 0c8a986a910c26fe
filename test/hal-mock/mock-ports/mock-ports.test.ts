import { describe, expect, it } from '@jest/globals';
import { createTerminal, DEFAULT_SETTINGS, type Terminal } from '../../../firmware/index.ts';
import { type MockPorts, mockPorts, type MockPortsOptions, testCard } from '../../../hal-mock/index.ts';

const PIN = '123456';

/** A terminal on mocked ports with a person at its keys. */
class Shop {
  readonly mocks: MockPorts;
  readonly terminal: Terminal;

  constructor(options: MockPortsOptions = {}) {
    this.mocks = mockPorts(options);
    this.terminal = createTerminal(this.mocks.ports, DEFAULT_SETTINGS);
    this.terminal.start();
  }

  async shows(screen: string): Promise<void> {
    const { clock, display } = this.mocks;
    await clock.runUntil(() => display.current?.id === screen, 300_000, `screen ${screen}`);
  }

  /** Takes the sale of ¥88.00 up to the moment when the PIN is confirmed. */
  async payWith(cardId: string): Promise<void> {
    const { keypad, clock, reader, pinPad } = this.mocks;
    await this.shows('idle');
    keypad.type('8', '8', '00', 'confirm');
    await this.shows('presentCard');
    await clock.advance(300);
    reader.insert(testCard(cardId));
    await this.shows('enterPin');
    pinPad.typeDigits(PIN);
    pinPad.press('confirm');
  }

  async takeSlips(): Promise<void> {
    await this.shows('tearReceipt');
    this.mocks.keypad.press('confirm');
    await this.shows('removeCard');
    this.mocks.reader.pull();
    await this.shows('idle');
  }

  saleStates(): string[] {
    return [...this.terminal.journalState().sales.values()].map(({ status }) => status);
  }

  messageTypes(): string[] {
    return this.mocks.acquirer.requests.map(({ mti }) => mti);
  }
}

describe('a terminal on mocked ports', () => {
  it('signs on and sells', async () => {
    const shop = new Shop();
    await shop.payWith('debit');
    await shop.takeSlips();
    expect(shop.messageTypes()).toEqual(['0800', '0200']);
    expect(shop.saleStates()).toEqual(['approved']);
    expect(shop.mocks.printer.paper.lines().join('\n')).toContain('88.00');
    expect(shop.mocks.beeps).toContain('success');
    expect(shop.mocks.vault.count()).toBe(0);
  });

  it('is declined when the script says so, and sells again after that', async () => {
    const shop = new Shop();
    shop.mocks.acquirer.answerNext({ responseCode: '51' });
    await shop.payWith('debit');
    await shop.shows('declined');
    shop.mocks.reader.pull();
    await shop.payWith('debit');
    await shop.takeSlips();
    expect(shop.saleStates()).toEqual(['declined', 'approved']);
  });

  it.each(['silence', 'wrongMac'] as const)('reverses a sale after %s', async (answer) => {
    const shop = new Shop();
    shop.mocks.acquirer.answerNext(answer);
    await shop.payWith('debit');
    await shop.shows('reversing');
    await shop.mocks.clock.runUntil(() => shop.messageTypes().includes('0400'), 300_000);
    await shop.shows('idle');
    // Keys may be renewed in between; money goes in this order.
    expect(
      shop
        .messageTypes()
        .filter((mti) => mti !== '0800')
        .slice(0, 2),
    ).toEqual(['0200', '0400']);
    expect(shop.saleStates()).toEqual(['reversed']);
  });

  it('sends nothing while the link is down, and says so', async () => {
    const shop = new Shop();
    await shop.shows('idle');
    shop.mocks.acquirerLink.goDown();
    await shop.payWith('debit');
    await shop.shows('notSent');
    expect(shop.messageTypes()).toEqual(['0800']);
  });

  it('waits for its master key when it is not activated', async () => {
    const shop = new Shop({ isActivated: false });
    await shop.shows('activation');
    expect(shop.messageTypes()).toEqual([]);
  });

  it('goes on from the journal after a restart', async () => {
    const before = new Shop();
    before.mocks.acquirer.answerNext('silence');
    await before.payWith('debit');
    await before.mocks.clock.runUntil(() => before.messageTypes().includes('0200'), 60_000);
    before.terminal.stop();

    const after = new Shop({ records: before.mocks.journal.records(), clock: before.mocks.clock });
    await after.shows('idle');
    expect(after.messageTypes()).toEqual(['0800', '0400']);
    expect(after.saleStates()).toEqual(['reversed']);
  });

  it('runs the same way every time', async () => {
    const once = async (): Promise<readonly string[]> => {
      const shop = new Shop();
      await shop.payWith('debit');
      await shop.takeSlips();
      return shop.mocks.journal.records();
    };
    expect(await once()).toEqual(await once());
  });

  it('has a wallet that a test can play', async () => {
    const { walletKeys } = mockPorts();
    expect(walletKeys.isMerchants('order', await walletKeys.sign('alipay', 'order'))).toBe(true);
    expect(await walletKeys.verify('alipay', 'paid', walletKeys.signAsWallet('paid'))).toBe(true);
    expect(await walletKeys.verify('alipay', 'paid', await walletKeys.sign('alipay', 'paid'))).toBe(false);
    expect(await walletKeys.verify('alipay', 'paid', walletKeys.signAsWallet('failed'))).toBe(false);
  });
});
