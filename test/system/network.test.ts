import { describe, expect, it } from '@jest/globals';
import { openSales } from '../../firmware/journal/fold.ts';
import { decodeWebRequest } from '../../firmware/protocol/wallet/web-message.ts';
import { settingsWith, type Shop } from '../firmware/shop.ts';
import { Counter, PowerFailed } from './counter.ts';
import { type CounterSale, SALES } from './sales.ts';

const SALE_WITHIN_MS = 300_000;
const SETTLED_WITHIN_MS = 120_000;
const GONE_MS = 20 * 60_000;

function saleOf(name: string): CounterSale {
  const sale = SALES.find((candidate) => candidate.name === name);
  if (sale === undefined) throw new RangeError(`no sale ${name}`);
  return sale;
}

async function begun(counter: Counter, sale: CounterSale): Promise<void> {
  counter.terminal.start();
  await sale.play(counter);
  await counter.until(() => counter.terminal.statePath() !== 'terminal.idle', 'the sale has begun');
}

async function soldAt(counter: Counter, sale: CounterSale): Promise<Counter> {
  await begun(counter, sale);
  await counter.atRest(SALE_WITHIN_MS);
  return counter;
}

/** Both hosts gone, or back. */
function network(shop: Shop, isUp: boolean): void {
  for (const link of [shop.life.acquirerLink, shop.life.walletLink]) {
    if (isUp) link.comeUp();
    else link.goDown();
  }
}

describe('keys and ciphers', () => {
  it.each([
    ['004', 'cup-ecb'],
    ['003', 'x9.9'],
    ['001', 'cup-ecb'],
    ['006', 'cup-sm4'],
  ] as const)('sells with a PIN under scheme %s and MAC %s', async (signOnScheme, macAlgorithm) => {
    const encryptTracks = signOnScheme === '004' || signOnScheme === '006';
    const counter = new Counter(settingsWith({ signOnScheme, macAlgorithm, encryptTracks }));
    if (macAlgorithm === 'x9.9') {
      // The simulated host speaks the UnionPay form of field 64: nothing that it says is believed then.
      await begun(counter, saleOf('tap'));
      await counter.untilScreen('outcomeUnknown');
      expect(counter.shop.acquirer.netFen()).toBe(0);
      return;
    }
    await soldAt(counter, saleOf('chip with PIN'));
    await counter.printOwed();
    expect([counter.shop.acquirer.netFen(), counter.wrongs()]).toEqual([20_000, []]);
  });

  it('signs on again when the host has forgotten the keys, and undoes what it may have done', async () => {
    const counter = new Counter();
    counter.terminal.start();
    await counter.untilState('terminal.idle');
    counter.shop.acquirer.expireKeys(counter.shop.settings.terminalId);
    await soldAt(counter, saleOf('tap'));
    expect([counter.shop.acquirer.netFen(), counter.wrongs()]).toEqual([0, []]);
    expect(counter.shop.tape.filter((moment) => moment === 'acquirer 0800')).toHaveLength(2);
  });

  it('signs on when the batch is over, and sells in the next one', async () => {
    const counter = new Counter();
    counter.terminal.start();
    await counter.untilState('terminal.idle');
    counter.shop.acquirer.startNextBatch(counter.shop.settings.terminalId);
    await saleOf('tap').play(counter);
    await counter.untilScreen('declined');
    await counter.atRest();
    await saleOf('tap').play(counter);
    await counter.untilScreen('approved');
    await counter.atRest();
    const keys = [...counter.terminal.journalState().sales.keys()];
    expect([keys, counter.shop.acquirer.netFen()]).toEqual([['000001-000002', '000002-000004'], 10_000]);
  });
});

describe('the network', () => {
  it.each(SALES)('may double every request: $name', async (sale) => {
    const counter = new Counter();
    const { shop } = counter;
    shop.onAcquirer = (request, pass) => {
      shop.acquirer.receive(request.message);
      pass();
    };
    shop.onWallet = (request, pass) => {
      shop.wallet.handle(decodeWebRequest(request.message).body);
      pass();
    };
    await soldAt(counter, sale);
    await counter.printOwed();
    expect(counter.wrongs()).toEqual([]);
  });

  it.each(SALES)('may be gone from any request on, and come back much later: $name', async (sale) => {
    const requests = (await soldAt(new Counter(), sale)).shop.moments.filter((moment) =>
      moment.endsWith('is lost'),
    ).length;
    // Beyond the first few, a wallet is only asked the same thing again.
    for (const last of [1, 2, 3, requests - 1].filter((request) => request < requests)) {
      const counter = new Counter();
      const { shop } = counter;
      let passed = 0;
      const gate = (_: unknown, pass: () => void): void => {
        passed += 1;
        if (passed > last) network(shop, false);
        else pass();
      };
      shop.onAcquirer = gate;
      shop.onWallet = gate;
      await begun(counter, sale);
      await shop.clock.advance(GONE_MS);
      shop.life.reader.pull();
      shop.onAcquirer = shop.onWallet = (_, pass) => pass();
      network(shop, true);
      await counter.atRest(SETTLED_WITHIN_MS);
      await counter.printOwed();
      expect([last, counter.wrongs()]).toEqual([last, []]);
    }
  });

  it('may bring an approval after everybody has given up on it: it is noted, and the reversal decides', async () => {
    const counter = new Counter();
    await begun(counter, { ...saleOf('tap'), play: (c) => tapOf(c, 10_099) });
    await counter.shop.clock.advance(120_000);
    await counter.atRest();
    expect(counter.shop.tape).toContain('lateReply');
    expect([counter.wrongs(), counter.screens().includes('approved')]).toEqual([[], false]);
  });

  it('may bring the answer to one sale while the next one waits for its own', async () => {
    const counter = new Counter();
    const { shop } = counter;
    let kept: Uint8Array | undefined;
    shop.onAcquirer = (request, pass) => {
      const { length } = shop.acquirerRequests().filter(({ mti }) => mti === '0200');
      const [answer] = length === 1 ? shop.acquirer.receive(request.message) : [];
      if (answer?.kind === 'frame') kept = answer.frame;
      else if (kept !== undefined && length === 2 && shop.acquirerRequests().at(-1)?.mti === '0200')
        request.reply(kept);
      else pass();
    };
    await begun(counter, saleOf('tap'));
    await counter.untilScreen('outcomeUnknown');
    shop.onAcquirer = (request, pass) => (kept === undefined ? pass() : request.reply(kept));
    await shop.clock.advance(60_000);
    expect(openSales(counter.terminal.journalState())).toHaveLength(1);
    shop.onAcquirer = (_, pass) => pass();
    await counter.atRest();
    expect(counter.wrongs()).toEqual([]);
  });
});

describe('a sale in doubt', () => {
  it('is settled before anything else goes online, and the sale that waited for it then goes on', async () => {
    const counter = new Counter();
    const { shop } = counter;
    shop.acquirer.faults.inject({ kind: 'dropReply', mti: '0400' }, 3);
    counter.terminal.start();
    await tapOf(counter, 10_098);
    await counter.until(() => counter.screen?.id === 'recoveryWaiting', 'recovery waits', SALE_WITHIN_MS);
    counter.press('cancel');
    shop.tape.length = 0;
    await tapOf(counter, 20_000);
    await counter.untilScreen('approved');
    await counter.atRest();
    const online = shop.tape.filter((moment) => /^acquirer|^reversalResult/.test(moment));
    expect(online).toEqual(['acquirer 0400', 'reversalResult reversed', 'acquirer 0200']);
    expect([shop.acquirer.netFen(), counter.books().journal]).toEqual([20_000, [20_000, 0]]);
  });

  it('is never dropped, whatever the host says against its reversal, and holds up the next sale', async () => {
    const counter = new Counter();
    const { shop } = counter;
    shop.acquirer.faults.inject({ kind: 'respond', mti: '0400', responseCode: '96' }, Number.POSITIVE_INFINITY);
    counter.terminal.start();
    await tapOf(counter, 10_098);
    await shop.clock.advance(3_600_000);
    expect(openSales(counter.terminal.journalState())).toHaveLength(1);
    expect(shop.acquirerRequests().filter(({ mti }) => mti === '0200')).toHaveLength(1);
    shop.acquirer.faults.clear();
    await counter.atRest();
    expect(counter.wrongs()).toEqual([]);
  });
});

async function tapOf(counter: Counter, amountFen: number): Promise<void> {
  await counter.enter(amountFen);
  await counter.present('contactless', 'tap');
}

describe('a second power cut while the first is being recovered from', () => {
  it.each([
    'no answer, executed',
    'chip that refuses what the issuer approved',
    'wallet, answer lost, paid',
    'wallet, cancelled by the cashier',
  ])('%s', async (name) => {
    const sale = saleOf(name);
    const { moments } = (await soldAt(new Counter(), sale)).shop;
    const first = moments.findIndex((moment) => /0200 is executed|pay is executed/.test(moment));
    const recovery = await cutTwice(sale, first);
    const wrongs: string[] = [];
    for (let second = first + 1; second < recovery.shop.moments.length; second++) {
      const counter = await cutTwice(sale, first, second);
      wrongs.push(...counter.wrongs().map((wrong) => `${counter.shop.moments[second]}: ${wrong}`));
    }
    expect(wrongs).toEqual([]);
  });
});

async function cutTwice(sale: CounterSale, first: number, second?: number): Promise<Counter> {
  const counter = new Counter();
  counter.shop.cutAt = first;
  await expect(soldAt(counter, sale)).rejects.toThrow(PowerFailed);
  counter.shop.cutAt = second;
  counter.reboot();
  if (second !== undefined) {
    await expect(finished(counter)).rejects.toThrow(PowerFailed);
    counter.reboot();
  }
  await finished(counter);
  return counter;
}

async function finished(counter: Counter): Promise<void> {
  await counter.atRest(SETTLED_WITHIN_MS);
  await counter.printOwed();
}
