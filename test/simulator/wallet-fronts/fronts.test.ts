import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { WebRequest } from '../../../firmware/protocol/wallet/web-message.ts';
import { HOST_REFUSALS } from '../../../simulator/wallet/host-words.ts';
import { WALLET_AMOUNT_OUTCOMES } from '../../../simulator/wallet/outcomes.ts';
import { codeOf, Counter, shopCalls, word } from './counter.ts';

const ORDER = '1234567820261121000001000042';
const HOSTS = ['wechat', 'lakala'] as const;

function shop(host: (typeof HOSTS)[number], options: Parameters<typeof shopCalls>[0] = {}) {
  const counter = new Counter(host);
  return { ...shopCalls(options), counter, wallet: counter.wallet, clock: counter.clock };
}

describe.each(HOSTS)('dialect against front: %s', (host) => {
  it('a payment at once', () => {
    const { counter, wallet, pay, query } = shop(host);
    const paid = counter.ask(pay);
    expect(paid).toMatchObject({ kind: 'paid', trade: { amountFen: 120_000 } });
    expect(counter.ask(query)).toEqual(paid);
    expect(wallet.netFen('ordinary')).toBe(120_000);
  });

  it('waits for the phone, then paid', () => {
    const { counter, wallet, pay, query } = shop(host, { customer: 'needsConfirm' });
    expect(word(counter.ask(pay))).toBe('pending');
    expect(word(counter.ask(query))).toBe('pending');
    expect(word(counter.ask(pay))).toBe('pending');
    expect(wallet.phone('needsConfirm').waiting()?.outTradeNo).toBe(ORDER);
    expect(wallet.phone('needsConfirm').confirm()).toBe(true);
    expect(word(counter.ask(query))).toBe('paid');
    expect(wallet.phone('needsConfirm').refuse()).toBe(false);
    expect(wallet.netFen()).toBe(120_000);
  });

  it.each([
    ['confirmsSlowly', 'paid', 120_000],
    ['refuses', 'closed', 0],
  ])('%s after 6 seconds: %s', async (customer, expected, paidFen) => {
    const { counter, wallet, clock, pay, query } = shop(host, { customer });
    expect(word(counter.ask(pay))).toBe('pending');
    await clock.advance(6_000);
    expect(word(counter.ask(query))).toBe(expected);
    expect(wallet.netFen()).toBe(paidFen);
  });

  it('pays at the last moment, when a terminal has all but given up', async () => {
    const { counter, wallet, clock, pay, query } = shop(host, { customer: 'confirmsLate' });
    counter.ask(pay);
    await clock.advance(58_999);
    expect(word(counter.ask(query))).toBe('pending');
    await clock.advance(1);
    expect(word(counter.ask(query))).toBe('paid');
    expect(wallet.netFen('confirmsLate')).toBe(120_000);
  });

  it.each(['lowBalance', 'dayLimit', 'expiredCode', 'blockedAccount', 'risky'])('%s is refused', (customer) => {
    const { counter, wallet, pay, query } = shop(host, { customer });
    expect(word(counter.ask(pay))).toMatch(/^failed /);
    expect(word(counter.ask(query))).toBe('notFound');
    expect(wallet.orders()).toEqual([]);
  });

  it('the customer pays between the last query and the cancel: the cancel gives it back', () => {
    const { counter, wallet, pay, query, cancel } = shop(host, { customer: 'needsConfirm' });
    counter.ask(pay);
    expect(word(counter.ask(query))).toBe('pending');
    wallet.phone('needsConfirm').confirm();
    expect(word(counter.ask(cancel))).toBe('cancelled');
    expect(wallet.netFen()).toBe(0);
    expect(word(counter.ask(query))).toBe('closed');
    expect(word(counter.ask(cancel))).toBe('cancelled');
  });

  it('a cancel while the customer types the password is to be sent again', () => {
    const { counter, wallet, pay, cancel } = shop(host, { customer: 'needsConfirm' });
    counter.ask(pay);
    wallet.faults.inject({ kind: 'again', call: 'cancel' });
    expect(word(counter.ask(cancel))).toBe('retry');
    expect(word(counter.ask(cancel))).toBe('cancelled');
  });

  it('a payment that comes after its cancel charges nobody', () => {
    const { counter, wallet, pay, present, query, cancel } = shop(host);
    expect(word(counter.ask(query))).toBe('notFound');
    expect(word(counter.ask(cancel))).toBe('cancelled');
    expect(word(counter.ask(pay))).toMatch(/^failed /);
    expect(word(counter.ask(present))).toMatch(/^failed /);
    expect(wallet.orders()).toEqual([]);
  });

  it('a payment that is sent twice charges once', () => {
    const { counter, wallet, pay } = shop(host);
    counter.ask(pay);
    expect(word(counter.ask(pay))).toBe('unknown');
    expect(word(counter.ask(shopCalls({ amountFen: 5 }).pay))).toBe('unknown');
    expect(wallet.netFen()).toBe(120_000);
  });

  it('a shown code: paid at the last moment and then to be queried, or closed, or run out', async () => {
    const { counter, wallet, clock, present, query, close } = shop(host);
    const shown = counter.ask(present);
    expect(shown).toMatchObject({ kind: 'presented', codeText: expect.stringMatching(/^weixin:\/\/wxpay\//) });
    expect(counter.ask(present)).toEqual(shown);
    expect(word(counter.ask(query))).toBe('pending');
    expect(wallet.phone('ordinary').scan(codeOf(shown))).toBe(true);
    expect(word(counter.ask(close))).toBe('alreadyPaid');
    expect(word(counter.ask(query))).toBe('paid');
    expect(wallet.netFen('ordinary')).toBe(120_000);
    const second = shopCalls({ outTradeNo: 'T2' });
    const closed = counter.ask(second.present);
    expect(word(counter.ask(second.close))).toBe('cancelled');
    expect(word(counter.ask(second.query))).toBe('closed');
    expect(wallet.phone('ordinary').scan(codeOf(closed))).toBe(false);
    const third = shopCalls({ outTradeNo: 'T3' });
    counter.ask(third.present);
    await clock.advance(120_000);
    expect(word(counter.ask(third.query))).toBe('closed');
  });

  it('refunds in parts, once for each number, never above the sale', () => {
    const { counter, wallet, pay, cancel, refund } = shop(host);
    expect(word(counter.ask(refund('R0', 1)))).toMatch(/^failed /);
    counter.ask(pay);
    expect(word(counter.ask(refund('R1', 40_000)))).toBe('refunded');
    expect(word(counter.ask(refund('R1', 40_000)))).toBe('refunded');
    expect(word(counter.ask(refund('R1', 39_999)))).toBe('unknown');
    expect(wallet.netFen()).toBe(80_000);
    expect(word(counter.ask(refund('R2', 80_001)))).toMatch(/^failed /);
    expect(word(counter.ask(cancel))).toBe('unknown');
    wallet.faults.inject({ kind: 'again', call: 'refund' });
    expect(word(counter.ask(refund('R3', 80_000)))).toBe('retry');
    expect(word(counter.ask(refund('R3', 80_000)))).toBe('refunded');
    expect(wallet.order(ORDER)?.state).toBe('refunded');
    expect(wallet.netFen()).toBe(0);
  });

  it('refuses to pay back what was not paid, or was undone', () => {
    const { counter, pay, cancel, refund } = shop(host, { customer: 'needsConfirm' });
    counter.ask(pay);
    expect(word(counter.ask(refund('R1', 1)))).toMatch(/^failed /);
    counter.ask(cancel);
    expect(word(counter.ask(refund('R1', 1)))).toMatch(/^failed /);
  });

  it('says every refusal; those that may hide a payment are never believed to be one', () => {
    const { counter, pay } = shop(host);
    const hidesMoney = ['orderPaid', 'orderDiffers', 'orderUnknown'];
    for (const why of HOST_REFUSALS) {
      const context = counter.context();
      const received = counter.front.receive(counter.request(pay, context));
      if (received.kind !== 'call') throw new Error('refused');
      const reply = counter.front.reply(received.call, { kind: 'refused', why });
      const isMaybePaid = hidesMoney.includes(why) || (host === 'wechat' && why.startsWith('refund'));
      const [kind] = word(counter.believe(pay, reply, context)).split(' ');
      expect([why, kind]).toEqual([why, isMaybePaid ? 'unknown' : 'failed']);
    }
  });

  it('the answer to one order is not the answer to another, and an old one is none', () => {
    const { counter, pay } = shop(host);
    const context = counter.context();
    const answer = counter.wallet.handle(counter.request(pay, context));
    if (answer.kind === 'silent') throw new Error('no answer');
    const { reply } = answer;
    const other = shopCalls({ outTradeNo: 'T2' });
    expect(word(counter.believe(other.pay, reply, context))).toMatch('mismatch');
    const changed = { ...reply, body: reply.body.replace('120000', '120001') };
    expect(word(counter.believe(pay, changed, context))).toBe('untrusted');
    expect(word(counter.believe(pay, reply, { ...context, wallMs: context.wallMs + 600_000 }))).toBe('unknown');
  });

  it.each([
    [-302_000, 'failed'],
    [302_000, 'failed'],
    [-299_000, 'paid'],
    [299_000, 'paid'],
  ])('a clock that is %i ms off: %s', (skewMs, expected) => {
    const { counter, wallet, pay, query } = shop(host);
    counter.skewMs = skewMs;
    expect(word(counter.ask(pay))).toMatch(expected);
    expect(wallet.netFen()).toBe(expected === 'paid' ? 120_000 : 0);
    if (expected === 'failed') expect(word(counter.ask(query))).toBe('unknown');
  });

  it('executes nothing that the merchant did not sign', () => {
    const changes: readonly ((request: WebRequest) => WebRequest)[] = [
      (request) => ({ ...request, body: request.body.replace('120000', '120001') }),
      (request) => ({ ...request, headers: {} }),
      (request) => ({ ...request, headers: { authorization: 'Basic x="y"' } }),
      (request) => authorized(request, /signature="[^"]*"/, 'signature="AAAA"'),
      (request) => authorized(request, /timestamp="\d+"/, 'timestamp="soon"'),
      (request) => authorized(request, /nonce_str="/, 'nonce_str="0'),
      (request) => authorized(request, /(mchid|appid)="[^"]*"/, '$1="1"'),
      (request) => authorized(request, /,/, ',,'),
    ];
    for (const change of changes) {
      const { counter, wallet, pay } = shop(host);
      expect(word(counter.ask(pay, change))).toMatch(/^failed /);
      expect(wallet.orders()).toEqual([]);
    }
  });

  it('never throws for nonsense that is signed well, and opens no order for it', () => {
    const { counter, wallet, pay } = shop(host);
    const names = fc.constantFrom(
      'out_trade_no',
      'amount',
      'total_amount',
      'account_type',
      'payer',
      'merchant_no',
      'mchid',
      'acc_busi_fields',
      'scene_info',
    );
    fc.assert(
      fc.property(names, fc.jsonValue({ maxDepth: 2 }), (name, value) => {
        // Any short text is a number of an order, and any digits are an amount.
        fc.pre(typeof value !== 'string' || !/^[\w*-]{1,32}$/.test(value));
        let isChanged = false;
        const request = counter.request(pay, counter.context(), (body) => {
          const sent = JSON.parse(body) as Record<string, unknown>;
          const inner = (sent['req_data'] ?? sent) as Record<string, unknown>;
          const isOptional = name === 'acc_busi_fields' && host === 'lakala';
          isChanged = (Object.hasOwn(inner, name) || isOptional) && inner[name] !== value;
          if (isChanged) inner[name] = value;
          return JSON.stringify(sent);
        });
        if (!isChanged) return;
        const answer = wallet.handle(request);
        expect(answer.kind === 'reply' && answer.reply.body).toMatch(/"code":"(PARAM_ERROR|FQ40001)"/);
        expect(wallet.orders()).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});

describe.each(HOSTS)('faults: %s', (host) => {
  it.each([
    ['dropRequest', 'silence', 0],
    ['dropReply', 'silence', 120_000],
    ['wrongSignature', 'untrusted', 120_000],
    ['wrongNumbers', 'mismatch', 120_000],
    ['garbage', 'unreadable', 120_000],
    ['badGateway', 'unreadable', 120_000],
  ] as const)('%s: %s, %i fen are paid', (kind, expected, paidFen) => {
    const { counter, wallet, pay, query } = shop(host);
    wallet.faults.inject({ kind, call: 'pay' });
    expect(word(counter.ask(pay))).toMatch(expected);
    expect(wallet.netFen()).toBe(paidFen);
    expect(word(counter.ask(query))).toBe(paidFen === 0 ? 'notFound' : 'paid');
  });

  it.each([true, false])('cannot say what happened, executed: %s', (executed) => {
    const { counter, wallet, pay } = shop(host);
    wallet.faults.inject({ kind: 'systemError', executed });
    expect(word(counter.ask(pay))).toBe('unknown');
    expect(wallet.netFen()).toBe(executed ? 120_000 : 0);
  });

  it('answers about another order, which is no answer about ours', () => {
    const { counter, wallet, pay, query, cancel, refund } = shop(host);
    wallet.faults.inject({ kind: 'wrongOrder' }, 4);
    for (const call of [pay, query, refund('R1', 120_000), cancel]) expect(word(counter.ask(call))).toMatch('mismatch');
    expect(word(counter.ask(shopCalls({ outTradeNo: 'T2' }).cancel))).toBe('cancelled');
    wallet.faults.inject({ kind: 'wrongOrder' });
    expect(word(counter.ask(shopCalls({ outTradeNo: 'T2' }).cancel))).toMatch('mismatch');
  });

  it('refuses the time of a request, and has then neither paid nor paid back', () => {
    const { counter, wallet, pay, query, refund } = shop(host);
    wallet.faults.inject({ kind: 'clockSkew' });
    expect(word(counter.ask(pay))).toMatch(/^failed /);
    expect(word(counter.ask(query))).toBe('notFound');
    counter.ask(pay);
    wallet.faults.inject({ kind: 'clockSkew' }, 2);
    expect([word(counter.ask(query)), word(counter.ask(refund('R1', 1)))]).toEqual(['unknown', 'unknown']);
    expect(wallet.netFen()).toBe(120_000);
  });

  it('a customer never decides, until the cancel', async () => {
    const { counter, wallet, clock, pay, query, cancel } = shop(host);
    wallet.faults.inject({ kind: 'pendingForEver' });
    expect(word(counter.ask(pay))).toBe('pending');
    await clock.advance(3_600_000);
    expect(word(counter.ask(query))).toBe('pending');
    expect(word(counter.ask(cancel))).toBe('cancelled');
    expect(wallet.netFen()).toBe(0);
  });

  it('a customer pays in the moment before the cancel: paid back at once, or to be queried', () => {
    const { counter, wallet, pay, query, cancel, present, close } = shop(host, { customer: 'needsConfirm' });
    wallet.faults.inject({ kind: 'paidBeforeCancel' }, 2);
    counter.ask(pay);
    expect(word(counter.ask(cancel))).toBe('cancelled');
    expect(wallet.order(ORDER)?.state).toBe('undone');
    const shown = shopCalls({ outTradeNo: 'T2' });
    counter.ask({ ...present, order: shown.present.order });
    expect(word(counter.ask({ ...close, order: shown.close.order }))).toBe('alreadyPaid');
    expect(word(counter.ask({ ...query, order: shown.query.order }))).toBe('paid');
    expect(wallet.netFen('ordinary')).toBe(120_000);
  });

  it('answers late, gives a refund of another amount, or is gone', () => {
    const { counter, wallet, pay, refund } = shop(host);
    wallet.faults.inject({ kind: 'delayReply', byMs: 9_000 });
    const answer = wallet.handle(counter.request(pay, counter.context()));
    expect(answer).toMatchObject({ kind: 'reply', afterMs: 9_250 });
    wallet.faults.inject({ kind: 'wrongNumbers' });
    expect(word(counter.ask(refund('R1', 1)))).toMatch('mismatch');
    wallet.faults.down = true;
    expect(word(counter.ask(pay))).toBe('silence');
  });

  it.each(WALLET_AMOUNT_OUTCOMES.map((outcome) => [outcome.fenEnding, outcome] as const))(
    'behaves as row .%s of the amounts says',
    (ending, { effect }) => {
      const amountFen = 1_000 + Number(ending);
      const { counter, wallet, pay } = shop(host, { amountFen });
      const believed = {
        fails: /^failed /,
        asksPhone: /^pending$/,
        systemError: /^unknown$/,
        silent: /^silence$/,
        late: /^paid$/,
        wrongSignature: /^untrusted$/,
        garbage: /^unreadable$/,
        wrongAmount: /^mismatch/,
      }[effect.kind];
      expect(word(counter.ask(pay))).toMatch(believed);
      const isPaid = 'executed' in effect ? effect.executed : effect.kind !== 'fails' && effect.kind !== 'asksPhone';
      expect(wallet.netFen()).toBe(isPaid ? amountFen : 0);
    },
  );

  it('knows no customer that a script made up', () => {
    expect(() => shop(host).wallet.phone('nobody')).toThrow(RangeError);
  });
});

function authorized(request: WebRequest, pattern: RegExp, replacement: string): WebRequest {
  const authorization = request.headers['authorization']?.replace(pattern, replacement) ?? '';
  return { ...request, headers: { ...request.headers, authorization } };
}
