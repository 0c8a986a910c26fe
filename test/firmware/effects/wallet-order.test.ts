import { describe, expect, it } from '@jest/globals';
import { bytesOfLatin1 } from '../../../firmware/base/bytes.ts';
import { NEVER_CANCELLED } from '../../../firmware/base/cancel.ts';
import { textOfUtf8 } from '../../../firmware/base/text.ts';
import { decodeWebRequest, encodeWebReply } from '../../../firmware/protocol/wallet/web-message.ts';
import { quotePlans } from '../../../firmware/effects/quote-plans.ts';
import {
  cancelOrder,
  type OrderAnswer,
  payOrder,
  type PayOrderOutcome,
  queryOrder,
  resolveOrder,
} from '../../../firmware/effects/wallet-order.ts';
import type { WalletFault } from '../../../simulator/wallet/trade.ts';
import { RsaWalletSignatures } from '../../../simulator/wallet/signatures.ts';
import { TEST_WALLET_PRIVATE_KEY } from '../../../simulator/wallet/test-keys.ts';
import { walletCustomer } from '../../../simulator/wallet/customers.ts';
import { WalletGateway } from '../../../simulator/wallet/gateway.ts';
import { rowsOf } from '../../rules/text-table.ts';
import { Shop } from '../shop.ts';

const gateway = new WalletGateway(new RsaWalletSignatures([], TEST_WALLET_PRIVATE_KEY));

async function pay(shop: Shop, customer = 'huabei', amountFen = 120_000, periods?: number): Promise<PayOrderOutcome> {
  const { code } = walletCustomer(customer);
  const asked = { amountFen, method: 'huabei', firstDigits: undefined, refusedPeriods: [] } as const;
  const { quotes } = await quotePlans(shop.services, asked, NEVER_CANCELLED);
  const codeRef = shop.vault.seal('payCode', bytesOfLatin1(code));
  const input = {
    amountFen,
    wallet: 'alipay',
    source: { kind: 'code', codeRef, maskedCode: '28************02' },
    quote: quotes.find(({ offer }) => offer.periods === periods),
  } as const;
  return shop.clock.resolve(payOrder(shop.services, input, NEVER_CANCELLED));
}

type OrderEffect = typeof queryOrder;

async function ask(shop: Shop, effect: OrderEffect, { order }: PayOrderOutcome): Promise<OrderAnswer> {
  return shop.clock.resolve(effect(shop.services, order, NEVER_CANCELLED));
}

/** Lets the wallet answer a method with this response, signed as it signs. */
function answering(shop: Shop, method: string, response: Readonly<Record<string, unknown>>): void {
  shop.onWallet = (request, pass) => {
    const asked = /method=(alipay\.trade\.\w+)/.exec(textOfUtf8(request.message) ?? '')?.[1] ?? '';
    if (asked === `alipay.trade.${method}`)
      request.reply(encodeWebReply({ status: 200, headers: {}, body: gateway.reply(asked, response) }));
    else pass();
  };
}

const refusal = (subCode: string) => ({ code: '40004', msg: 'Business Failed', sub_code: subCode });
const statusOf = (shop: Shop, { order }: PayOrderOutcome) => shop.services.journal.sale(order.key).status;

describe('payOrder', () => {
  it('has the intent durable before the first byte leaves, and the approval before it is told', async () => {
    const shop = await new Shop().signedOn();
    const paid = await pay(shop);
    expect(paid.answer).toEqual({ kind: 'paid' });
    expect(shop.tape).toEqual(['walletIntent', 'wallet pay', 'walletResult paid', 'saleApproved']);
    expect(shop.wallet.netFen()).toBe(120_000);
  });

  it('sends nothing when the intent cannot be made durable, and keeps no pay code', async () => {
    const shop = await new Shop().signedOn();
    shop.failingAppend = shop.appends;
    await expect(pay(shop)).rejects.toMatchObject({ name: 'HalError', device: 'journal' });
    expect([shop.wallet.orders(), shop.vault.count()]).toEqual([[], 0]);
  });

  it('sends the plan that was agreed', async () => {
    const shop = await new Shop().signedOn();
    await pay(shop, 'huabei', 120_000, 6);
    expect(shop.wallet.orders()[0]?.instalment).toMatchObject({ periods: 6, feeFen: 5_400 });
    expect(shop.journaled().at(-3)).toMatchObject({ plan: { periods: 6, feeFen: 5_400, totalFen: 125_400 } });
  });

  it.each(
    rowsOf(`
      huabei       | 120000 |                | paid    | approved
      huabei       | 120014 |                | failed  | declined
      lowBalance   | 120000 |                | failed  | declined
      needsConfirm | 120000 |                | pending | sent
      huabei       | 120000 | wrongSignature | unknown | sent
      huabei       | 120000 | garbage        | unknown | sent
      huabei       | 120065 |                | unknown | sent
      huabei       | 120092 |                | unknown | sent
      huabei       | 120095 |                | unknown | sent
      huabei       | 120000 | dropReply      | unknown | sent
      huabei       | 120000 | dropRequest    | unknown | sent
    `),
  )('%s pays %s fen, fault "%s": %s, journal %s', async (customer, amountFen, fault, expected, status) => {
    const shop = await new Shop().signedOn();
    if (fault !== '') shop.wallet.faults.inject({ kind: fault } as WalletFault);
    const paid = await pay(shop, customer, Number(amountFen));
    expect([paid.answer.kind, statusOf(shop, paid)]).toEqual([expected, status]);
  });

  it('says that an order was not sent only when no byte of it left', async () => {
    const shop = await new Shop().signedOn();
    shop.life.walletLink.goDown();
    const paid = await pay(shop);
    expect([paid.answer.kind, statusOf(shop, paid)]).toEqual(['notSent', 'notSent']);
  });

  it('does not believe an answer about another order', async () => {
    const shop = await new Shop().signedOn();
    answering(shop, 'pay', {
      code: '10000',
      out_trade_no: 'ANOTHER',
      trade_no: '2026112122001000000000000001',
      total_amount: '1200.00',
    });
    expect((await pay(shop)).answer.kind).toBe('unknown');
  });

  it('does not end an order whose second copy is refused because the first was executed', async () => {
    const shop = await new Shop().signedOn();
    shop.onWallet = (request, pass) => {
      shop.wallet.handle(decodeWebRequest(request.message).body);
      shop.onWallet = (_, next) => next();
      pass();
    };
    const paid = await pay(shop);
    expect([paid.answer.kind, shop.wallet.netFen()]).toEqual(['unknown', 120_000]);
    expect(await ask(shop, queryOrder, paid)).toEqual({ kind: 'paid' });
  });
});

describe('queryOrder', () => {
  it.each(
    rowsOf(`
      paid on the phone      | paid      | approved
      refused on the phone   | cancelled | cancelled
      still waiting          | pending   | sent
      answered wrongSignature | unknown   | sent
      answered garbage       | unknown   | sent
      answered dropReply     | unknown   | sent
    `),
  )('%s: %s, journal %s', async (what, expected, status) => {
    const shop = await new Shop().signedOn();
    const order = await pay(shop, 'needsConfirm');
    const [verb, fault = ''] = what?.split(' ') ?? [];
    if (verb === 'paid') shop.wallet.phone('needsConfirm').confirm();
    if (verb === 'refused') shop.wallet.phone('needsConfirm').refuse();
    if (verb === 'answered') shop.wallet.faults.inject({ kind: fault } as WalletFault);
    expect([(await ask(shop, queryOrder, order)).kind, statusOf(shop, order)]).toEqual([expected, status]);
  });

  it('journals nothing that is not final', async () => {
    const shop = await new Shop().signedOn();
    const order = await pay(shop, 'needsConfirm');
    shop.tape.length = 0;
    await ask(shop, queryOrder, order);
    expect(shop.tape).toEqual(['wallet query']);
  });

  it.each(['total_amount', 'out_trade_no'])(
    'does not take a payment of another %s for this one, and notes it',
    async (member) => {
      const shop = await new Shop().signedOn();
      const order = await pay(shop, 'needsConfirm');
      const { outTradeNo } = shop.wallet.orders()[0] ?? {};
      const paid = { code: '10000', trade_status: 'TRADE_SUCCESS', out_trade_no: outTradeNo, trade_no: '1' };
      answering(shop, 'query', { ...paid, total_amount: '1200.00', [member]: '1.00' });
      expect(await ask(shop, queryOrder, order)).toMatchObject({ kind: 'unknown', differs: [member] });
      const { walletResult, status } = shop.services.journal.sale(order.order.key);
      expect([walletResult?.result, walletResult?.differs, status]).toEqual(['unknown', [member], 'sent']);
    },
  );
});

describe('cancelOrder', () => {
  it('has the decision durable before it asks', async () => {
    const shop = await new Shop().signedOn();
    const order = await pay(shop, 'needsConfirm');
    shop.tape.length = 0;
    expect(await ask(shop, cancelOrder, order)).toEqual({ kind: 'cancelled' });
    expect(shop.tape).toEqual(['cancelIntent', 'wallet cancel', 'walletResult cancelled']);
  });

  it('pays back what the customer paid between the last query and the cancel', async () => {
    const shop = await new Shop().signedOn();
    const order = await pay(shop, 'needsConfirm');
    await ask(shop, queryOrder, order);
    shop.wallet.phone('needsConfirm').confirm();
    expect(await ask(shop, cancelOrder, order)).toEqual({ kind: 'cancelled' });
    expect([shop.wallet.netFen(), statusOf(shop, order)]).toEqual([0, 'cancelled']);
  });

  it('asks again while the wallet says so', async () => {
    const shop = await new Shop().signedOn();
    const order = await pay(shop, 'needsConfirm');
    shop.wallet.faults.inject({ kind: 'cancelRetry' }, 2);
    expect(await ask(shop, cancelOrder, order)).toEqual({ kind: 'cancelled' });
    expect(shop.tape.filter((moment) => moment === 'wallet cancel')).toHaveLength(3);
  });

  it('leaves the order open when no answer comes, and goes on with it after a power cut', async () => {
    const shop = await new Shop().signedOn();
    const order = await pay(shop, 'needsConfirm');
    shop.wallet.faults.inject({ kind: 'dropReply', method: 'alipay.trade.cancel' }, 3);
    expect(await ask(shop, cancelOrder, order)).toMatchObject({ kind: 'unknown' });
    expect(statusOf(shop, order)).toBe('cancelling');
    shop.powerCut();
    await shop.signedOn();
    expect(await ask(shop, resolveOrder, order)).toEqual({ kind: 'cancelled' });
    expect(shop.tape).toEqual(['wallet cancel', 'walletResult cancelled']);
  });

  it('ends an order that the wallet never got, but not in the first round, when it may still be coming', async () => {
    const shop = await new Shop().signedOn();
    shop.wallet.faults.inject({ kind: 'dropRequest' });
    const order = await pay(shop);
    answering(shop, 'cancel', refusal('ACQ.TRADE_NOT_EXIST'));
    expect(await ask(shop, cancelOrder, order)).toMatchObject({ kind: 'unknown' });
    expect(await ask(shop, resolveOrder, order)).toEqual({ kind: 'cancelled' });
    expect([statusOf(shop, order), shop.wallet.netFen()]).toEqual(['cancelled', 0]);
  });

  it.each([
    ['paid', 'approved', 120_000],
    ['closed', 'cancelled', 0],
  ] as const)('takes the order as it is, %s, when it is too late to cancel it', async (what, status, netFen) => {
    const shop = await new Shop().signedOn();
    const order = await pay(shop, 'needsConfirm');
    shop.wallet.faults.inject({ kind: 'dropRequest', method: 'alipay.trade.cancel' }, 3);
    await ask(shop, cancelOrder, order);
    const phone = shop.wallet.phone('needsConfirm');
    expect(what === 'paid' ? phone.confirm() : phone.refuse()).toBe(true);
    answering(shop, 'cancel', refusal('ACQ.TRADE_CANCEL_TIME_OUT'));
    await ask(shop, resolveOrder, order);
    expect([statusOf(shop, order), shop.wallet.netFen()]).toEqual([status, netFen]);
  });

  it('does not give up on an unsigned refusal', async () => {
    const shop = await new Shop().signedOn();
    const order = await pay(shop, 'needsConfirm');
    shop.wallet.faults.inject({ kind: 'wrongSignature', method: 'alipay.trade.cancel' }, 3);
    expect(await ask(shop, cancelOrder, order)).toMatchObject({ kind: 'unknown' });
  });
});

describe('resolveOrder', () => {
  it.each(
    rowsOf(`
      ordinary     | dropReply   | paid      | approved  | 120000
      ordinary     | dropRequest | cancelled | cancelled | 0
      needsConfirm | dropReply   | cancelled | cancelled | 0
    `),
  )('%s after %s: %s, journal %s, wallet %s', async (customer, fault, expected, status, netFen) => {
    const shop = await new Shop().signedOn();
    shop.wallet.faults.inject({ kind: fault } as WalletFault);
    const order = await pay(shop, customer);
    shop.powerCut();
    await shop.signedOn();
    expect((await ask(shop, resolveOrder, order)).kind).toBe(expected);
    expect([statusOf(shop, order), shop.wallet.netFen()]).toEqual([status, Number(netFen)]);
  });

  it('makes sure that a payment which arrives after its cancel charges nobody', async () => {
    const shop = await new Shop().signedOn();
    const delayed: string[] = [];
    shop.onWallet = (request, pass) => {
      const { body } = decodeWebRequest(request.message);
      if (body.includes('method=alipay.trade.pay')) delayed.push(body);
      else pass();
    };
    const order = await pay(shop);
    expect(await ask(shop, resolveOrder, order)).toEqual({ kind: 'cancelled' });
    for (const body of delayed) shop.wallet.handle(body);
    expect(shop.wallet.netFen()).toBe(0);
  });
});
