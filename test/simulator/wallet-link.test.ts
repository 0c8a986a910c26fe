import { describe, expect, it } from '@jest/globals';
import type { Exchange } from '../../firmware/hal/index.ts';
import { decodeWebReply, encodeWebRequest } from '../../firmware/protocol/wallet/web-message.ts';
import { FaultSwitches } from '../../simulator/fault-switches.ts';
import { memoryWalletLink, type WalletLinkFault } from '../../simulator/wallet-link.ts';
import { alipayAlone } from '../../simulator/wallet/web-host.ts';
import { Merchant } from './merchant.ts';

const LATENCY_MS = 50;
const DEADLINE_MS = 10_000;

function linked() {
  const shop = new Merchant();
  const faults = new FaultSwitches<WalletLinkFault>();
  const link = memoryWalletLink(alipayAlone(shop.wallet), shop.clock, LATENCY_MS, faults);
  const late: string[] = [];
  link.onLateReply((reply) => late.push(decodeWebReply(reply).body));
  const pay = (deadlineMs = DEADLINE_MS, amountFen = 1000): Promise<Exchange> =>
    link.exchange(
      encodeWebRequest({
        host: 'alipay',
        method: 'POST',
        path: '/gateway.do',
        headers: {},
        body: shop.body(shop.payParams('ordinary', amountFen)),
      }),
      deadlineMs,
    );
  return { shop, faults, late, pay, clock: shop.clock };
}

function textOf(exchange: Exchange): string {
  return exchange.kind === 'replied' ? decodeWebReply(exchange.reply).body : exchange.kind;
}

describe('memory wallet link', () => {
  it('carries a request to the wallet and its answer back', async () => {
    const { pay, clock, shop, late } = linked();
    expect(textOf(await clock.resolve(pay()))).toContain('"code":"10000"');
    expect(clock.monotonicMs()).toBe(2 * LATENCY_MS + 250);
    expect([shop.wallet.netFen(), late]).toEqual([1000, []]);
  });

  it('lets one exchange go on at a time', async () => {
    const { pay, clock } = linked();
    const [first, second] = [pay(), pay()];
    await clock.resolve(first);
    const firstDone = clock.monotonicMs();
    expect(textOf(await clock.resolve(second))).toContain('T0002');
    expect(clock.monotonicMs()).toBe(2 * firstDone);
  });

  it('says notSent for a message whose turn did not come before its deadline, and never sends it', async () => {
    const { pay, clock, shop } = linked();
    const first = pay();
    expect(await clock.resolve(pay(100))).toMatchObject({ kind: 'notSent' });
    await clock.resolve(first);
    await clock.advance(100_000);
    expect(shop.wallet.orders()).toHaveLength(1);
  });

  it.each(['refused', 'unreachable', 'closed'] as const)('sends nothing once: %s', async (reason) => {
    const { pay, clock, shop, faults } = linked();
    faults.inject({ kind: 'notSent', reason });
    expect(await clock.resolve(pay())).toEqual({ kind: 'notSent', reason });
    expect(shop.wallet.orders()).toEqual([]);
    expect((await clock.resolve(pay())).kind).toBe('replied');
  });

  it('refuses while the wallet is down', async () => {
    const { pay, clock, shop } = linked();
    shop.wallet.faults.down = true;
    expect(await clock.resolve(pay())).toEqual({ kind: 'notSent', reason: 'refused' });
  });

  it.each([
    [true, 1000],
    [false, 0],
  ])('breaks, the request delivered: %s', async (delivered, paidFen) => {
    const { pay, clock, shop, faults } = linked();
    faults.inject({ kind: 'disconnected', delivered });
    expect(await clock.resolve(pay())).toEqual({ kind: 'unknown', reason: 'disconnected' });
    await clock.advance(1000);
    expect(shop.wallet.netFen()).toBe(paidFen);
  });

  it('says unknown at the deadline and hands over the late reply exactly once, not as the next one’s', async () => {
    const { pay, clock, faults, late } = linked();
    faults.inject({ kind: 'delayReply', byMs: 12_000 });
    expect(await clock.resolve(pay())).toEqual({ kind: 'unknown', reason: 'deadline' });
    expect(clock.monotonicMs()).toBe(DEADLINE_MS);
    expect(textOf(await clock.resolve(pay()))).toContain('T0002');
    await clock.advance(100_000);
    expect(late).toEqual([expect.stringContaining('T0001')]);
  });

  it('says unknown when the wallet stays silent, and passes on what a failing gateway says', async () => {
    const { pay, clock, shop, late } = linked();
    expect(await clock.resolve(pay(DEADLINE_MS, 1098))).toEqual({ kind: 'unknown', reason: 'deadline' });
    shop.wallet.faults.inject({ kind: 'badGateway' });
    const failed = await clock.resolve(pay());
    expect(failed.kind === 'replied' && decodeWebReply(failed.reply).status).toBe(502);
    expect([shop.wallet.netFen(), late]).toEqual([2098, []]);
  });

  it('hands over a reply that comes twice as one that nobody asked for, and takes the next for what it is', async () => {
    const { pay, clock, faults, late } = linked();
    faults.inject({ kind: 'duplicateNotice' });
    expect(textOf(await clock.resolve(pay()))).toContain('T0001');
    expect(textOf(await clock.resolve(pay()))).toContain('T0002');
    expect(late).toEqual([expect.stringContaining('T0001')]);
  });

  it('is not taken in by the reply to an earlier request while it waits for another', async () => {
    const { pay, clock, faults, late } = linked();
    faults.inject({ kind: 'staleNotice' });
    expect(textOf(await clock.resolve(pay()))).toContain('T0001');
    expect([late, faults.armed()]).toEqual([[], [expect.anything()]]);
    const second = pay();
    await clock.advance(2 * LATENCY_MS);
    expect(late).toEqual([expect.stringContaining('T0001')]);
    expect(textOf(await clock.resolve(second))).toContain('T0002');
    expect(late).toHaveLength(1);
  });

  it('hands over what is forged or comes much later too: to believe it is not the link’s affair', async () => {
    const { pay, clock, faults, late } = linked();
    faults.inject({ kind: 'forgedNotice' });
    faults.inject({ kind: 'lateNotice', byMs: 20_000 });
    const reply = textOf(await clock.resolve(pay()));
    await clock.advance(19_999);
    expect(late).toEqual([`${reply} `]);
    await clock.advance(1);
    expect(late).toEqual([`${reply} `, reply]);
  });

  it('lets a notice come though the reply itself was too late', async () => {
    const { pay, clock, faults, late } = linked();
    faults.inject({ kind: 'delayReply', byMs: 12_000 });
    faults.inject({ kind: 'duplicateNotice' });
    expect(await clock.resolve(pay())).toEqual({ kind: 'unknown', reason: 'deadline' });
    await clock.advance(100_000);
    expect(late).toEqual([expect.stringContaining('T0001'), expect.stringContaining('T0001')]);
  });
});
