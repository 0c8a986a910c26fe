import { describe, expect, it } from '@jest/globals';
import { openSales } from '../../firmware/journal/fold.ts';
import { decodeWebReply, decodeWebRequest, encodeWebReply } from '../../firmware/protocol/wallet/web-message.ts';
import { alipayAlone } from '../../simulator/wallet/web-host.ts';
import { Counter } from './counter.ts';

/** Every reply that the wallet's host gave, as it was on the wire. */
function recorded({ shop }: Counter): Uint8Array[] {
  const replies: Uint8Array[] = [];
  shop.onWallet = ({ message, reply }) => {
    const answer = alipayAlone(shop.wallet).handle(decodeWebRequest(message));
    if (answer.kind === 'silent') return;
    const bytes = encodeWebReply(answer.reply);
    replies.push(bytes);
    reply(bytes, answer.afterMs);
  };
  return replies;
}

const lateReplies = ({ shop }: Counter): number => shop.tape.filter((what) => what === 'lateReply').length;

async function sold(counter: Counter): Promise<void> {
  await counter.enter(5_000);
  await counter.showCode('ordinary');
  await counter.untilScreen('approved');
  await counter.atRest();
}

async function waiting(counter: Counter): Promise<void> {
  await counter.enter(7_000);
  await counter.showCode('needsConfirm');
  await counter.untilScreen('waitingForCustomer');
}

describe('what a wallet’s host sends unasked', () => {
  it('about a sale that is over is noted each time, and never taken for the answer about another', async () => {
    const counter = new Counter();
    const { shop } = counter;
    const [replies, link] = [recorded(counter), shop.life.walletLink];
    counter.terminal.start();
    await sold(counter);
    const [paid] = replies;
    if (paid === undefined) throw new Error('no reply');
    await waiting(counter);
    const genuine = decodeWebReply(paid);
    link.sendUnasked(paid);
    link.sendUnasked(paid);
    link.sendUnasked(encodeWebReply({ ...genuine, body: `${genuine.body} ` }));
    link.sendUnasked(Uint8Array.of(0, 255));
    await shop.clock.advance(1_000);
    expect([counter.screen?.id, lateReplies(counter)]).toEqual(['waitingForCustomer', 4]);
    counter.press('cancel');
    await counter.atRest();
    expect(counter.books()).toEqual({ hosts: [0, 5_000], journal: [0, 5_000] });
    expect(counter.screens().filter((id) => id === 'approved')).toHaveLength(1);
  });

  it('about the very order that is waited for is noted too: the next query decides', async () => {
    const counter = new Counter();
    const { shop } = counter;
    const replies = recorded(counter);
    counter.terminal.start();
    await waiting(counter);
    shop.wallet.phone('needsConfirm').confirm();
    let lost: Uint8Array | undefined;
    const answers = shop.onWallet;
    shop.onWallet = (request) => {
      const answer = alipayAlone(shop.wallet).handle(decodeWebRequest(request.message));
      if (answer.kind === 'reply') lost = encodeWebReply(answer.reply);
      shop.onWallet = answers;
    };
    await counter.until(() => lost !== undefined, 'the terminal asks');
    if (lost === undefined) throw new Error('no reply');
    expect(decodeWebReply(lost).body).toContain('TRADE_SUCCESS');
    shop.life.walletLink.sendUnasked(lost);
    await shop.clock.advance(1_000);
    expect([lateReplies(counter), openSales(counter.terminal.journalState()).length]).toEqual([1, 1]);
    expect(counter.screens()).not.toContain('approved');
    const asked = replies.length;
    await counter.untilScreen('approved');
    expect(replies.length).toBeGreaterThan(asked);
    await counter.atRest();
    expect([counter.wrongs(), counter.books().hosts]).toEqual([[], [0, 7_000]]);
  });
});
