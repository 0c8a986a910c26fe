import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeMpm } from '../../../firmware/protocol/qr/mpm.ts';
import type { OrderedPlan, Wallet, WalletAnswer } from '../../../firmware/protocol/wallet/wallet-api.ts';
import type { WebRequest } from '../../../firmware/protocol/wallet/web-message.ts';
import { HOST_REFUSALS, type HostOutcome } from '../../../simulator/wallet/host-words.ts';
import { said } from '../../protocol/wallet/dialect-samples.ts';
import { Counter, shopCalls } from './counter.ts';

const ORDER = '1234567820261121000001000042';
const HOSTS = ['wechat', 'lakala'] as const;
const saidBy = (answer: WalletAnswer | 'untrusted'): string => (answer === 'untrusted' ? answer : said(answer));

describe.each(HOSTS)('dialect against front: %s', (host) => {
  const open = () => {
    const counter = new Counter(host);
    return { ...shopCalls('wechat'), counter, desk: counter.desk };
  };

  it('a payment at once', () => {
    const { counter, pay, query } = open();
    const paid = counter.ask(pay);
    expect(paid).toMatchObject({ kind: 'paid', trade: { amountFen: 120_000, paidAt: '2026-11-21 12:00:00' } });
    expect(counter.ask(query)).toEqual(paid);
  });

  it('waits for the phone, then paid', () => {
    const { counter, desk, pay, query } = open();
    desk.customer = 'waits';
    expect(saidBy(counter.ask(pay))).toBe('pending');
    expect(saidBy(counter.ask(query))).toBe('pending');
    desk.pay(ORDER);
    expect(saidBy(counter.ask(query))).toBe('paid');
  });

  it('waits for the phone, then refused', () => {
    const { counter, desk, pay, query } = open();
    desk.customer = 'waits';
    counter.ask(pay);
    desk.refuse(ORDER);
    expect(saidBy(counter.ask(query))).toBe('closed');
  });

  it('the customer pays between the last query and the cancel: the cancel gives it back', () => {
    const { counter, desk, pay, query, cancel } = open();
    desk.customer = 'waits';
    counter.ask(pay);
    expect(saidBy(counter.ask(query))).toBe('pending');
    desk.pay(ORDER);
    expect(saidBy(counter.ask(cancel))).toBe('cancelled');
    expect(desk.order(ORDER)?.state).toBe('undone');
    expect(saidBy(counter.ask(query))).toBe('closed');
    expect(saidBy(counter.ask(cancel))).toBe('cancelled');
  });

  it('a cancel while the customer types the password is to be sent again', () => {
    const { counter, desk, pay, cancel } = open();
    desk.customer = 'waits';
    counter.ask(pay);
    desk.next = () => ({ kind: 'again' });
    expect(saidBy(counter.ask(cancel))).toBe('retry');
  });

  it('a payment that comes after its cancel charges nobody', () => {
    const { counter, desk, pay, query, cancel } = open();
    expect(saidBy(counter.ask(query))).toBe('notFound');
    expect(saidBy(counter.ask(cancel))).toBe('cancelled');
    expect(saidBy(counter.ask(pay))).toMatch(/^failed /);
    expect(desk.order(ORDER)).toBeUndefined();
  });

  it('a shown code: closed, or paid at the last moment and then to be queried', () => {
    const { counter, desk, present, query, close } = open();
    expect(counter.ask(present)).toMatchObject({
      kind: 'presented',
      codeText: expect.stringMatching(/^weixin:\/\/wxpay\/bizpayurl\?pr=4200/),
    });
    expect(saidBy(counter.ask(query))).toBe('pending');
    desk.pay(ORDER);
    expect(saidBy(counter.ask(close))).toBe('alreadyPaid');
    expect(saidBy(counter.ask(query))).toBe('paid');
    const other = shopCalls('wechat', 'T2');
    counter.ask(other.present);
    expect(saidBy(counter.ask(other.close))).toBe('cancelled');
    expect(saidBy(counter.ask(other.query))).toBe('closed');
  });

  it('refunds in parts, once for each number, never above the sale', () => {
    const { counter, desk, pay, refund } = open();
    expect(saidBy(counter.ask(refund('R0', 1)))).toMatch(/^failed /);
    counter.ask(pay);
    expect(saidBy(counter.ask(refund('R1', 40_000)))).toBe('refunded');
    expect(saidBy(counter.ask(refund('R1', 40_000)))).toBe('refunded');
    expect(desk.order(ORDER)?.state).toBe('partlyRefunded');
    expect(saidBy(counter.ask(refund('R2', 80_001)))).toMatch(/^failed /);
    desk.refundsAtOnce = false;
    expect(saidBy(counter.ask(refund('R3', 80_000)))).toBe('retry');
    expect(saidBy(counter.ask(refund('R3', 80_000)))).toBe('refunded');
    expect(desk.order(ORDER)?.state).toBe('refunded');
  });

  it('refuses an order that was not paid a refund', () => {
    const { counter, desk, pay, refund } = open();
    desk.customer = 'waits';
    counter.ask(pay);
    expect(saidBy(counter.ask(refund('R1', 1)))).toMatch(/^failed /);
  });

  it('says every refusal; those that may hide a payment are never believed to be one', () => {
    const hidesMoney = ['orderPaid', 'orderDiffers', 'orderUnknown'];
    const meant = HOST_REFUSALS.map((why) => {
      const { counter, desk, pay } = open();
      desk.customer = why;
      return [why, saidBy(counter.ask(pay)).split(' ')[0]] as const;
    });
    for (const [why, word] of meant) {
      const isMaybePaid = hidesMoney.includes(why) || (host === 'wechat' && why.startsWith('refund'));
      expect([why, word]).toEqual([why, isMaybePaid ? 'unknown' : 'failed']);
    }
  });

  it.each<[string, (outcome: HostOutcome) => HostOutcome, string]>([
    ['a failure of its own', () => ({ kind: 'broken' }), 'unknown'],
    ['another amount', (outcome) => changed(outcome, { amountFen: 1 }), 'mismatch'],
    ['another order', (outcome) => changed(outcome, { outTradeNo: 'T9' }), 'mismatch'],
  ])('%s after the money was taken is never believed to be a payment', (_, next, expected) => {
    const { counter, desk, pay, query } = open();
    desk.next = next;
    expect(saidBy(counter.ask(pay))).toMatch(expected);
    expect(saidBy(counter.ask(query))).toBe('paid');
  });

  it('a reply with a wrong signature is not believed', () => {
    const { counter, desk, pay, query } = open();
    desk.signature = 'wrong';
    expect(saidBy(counter.ask(pay))).toBe('untrusted');
    desk.signature = 'good';
    expect(saidBy(counter.ask(query))).toBe('paid');
  });

  it('the answer to one order is not the answer to another, and an old one is none', () => {
    const { counter, pay } = open();
    const context = counter.context();
    const reply = counter.desk.serve(counter.request(pay, context));
    const other = shopCalls('wechat', 'T2');
    expect(saidBy(counter.believe(other.pay, reply, context))).toMatch('mismatch');
    expect(saidBy(counter.believe(pay, { ...reply, body: reply.body.replace('120000', '120001') }, context))).toBe(
      'untrusted',
    );
    expect(saidBy(counter.believe(pay, reply, { ...context, wallMs: context.wallMs + 600_000 }))).toBe('unknown');
  });

  it.each([
    [-301_000, 'failed'],
    [301_000, 'failed'],
    [-299_000, 'paid'],
    [299_000, 'paid'],
  ])('a clock that is %i ms off: %s', (skewMs, expected) => {
    const { counter, desk, pay, query } = open();
    counter.skewMs = skewMs;
    expect(saidBy(counter.ask(pay))).toMatch(expected);
    expect(desk.order(ORDER)?.state).toBe(expected === 'paid' ? 'paid' : undefined);
    if (expected === 'failed') expect(saidBy(counter.ask(query))).toBe('unknown');
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
      const { counter, desk, pay } = open();
      expect(saidBy(counter.ask(pay, change))).toMatch(/^failed /);
      expect(desk.order(ORDER)).toBeUndefined();
    }
  });

  it('never throws for nonsense that is signed well, and opens no order for it', () => {
    const { counter, desk, pay } = open();
    const names = fc.constantFrom(
      'out_trade_no',
      'amount',
      'total_amount',
      'account_type',
      'payer',
      'merchant_no',
      'mchid',
      'acc_busi_fields',
      'time_expire',
    );
    fc.assert(
      fc.property(names, fc.jsonValue({ maxDepth: 2 }), (name, value) => {
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
        expect(desk.serve(request).body).toMatch(/"code":"(PARAM_ERROR|FQ40001)"/);
        expect(desk.order(ORDER)).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });
});

describe('the aggregator', () => {
  it.each<[Wallet, RegExp]>([
    ['wechat', /^weixin:/],
    ['alipay', /^https:\/\/qr\.alipay\.com\//],
    ['jd', /^https:\/\/h5pay\.jd\.com\//],
    ['unionpay', /^000201/],
  ])('makes the code that a customer of %s scans', (wallet, form) => {
    const counter = new Counter('lakala');
    const answer = counter.ask(shopCalls(wallet).present);
    expect(answer).toMatchObject({ kind: 'presented', codeText: expect.stringMatching(form) });
    if (wallet !== 'unionpay' || answer === 'untrusted' || answer.kind !== 'presented') return;
    expect(decodeMpm(answer.codeText)).toContainEqual({ id: '54', value: '1200.00' });
  });

  it.each<[Wallet, OrderedPlan['method'], OrderedPlan['feePayer']]>([
    ['alipay', 'huabei', 'customer'],
    ['jd', 'baitiao', 'merchant'],
  ])('books instalments of %s as asked', (wallet, method, feePayer) => {
    const counter = new Counter('lakala');
    const plan: OrderedPlan = { method, periods: 6, feePayer, feeFen: 5_400, totalFen: 125_400 };
    const { pay } = shopCalls(wallet);
    const call = { ...pay, order: { ...pay.order, plan } };
    expect(counter.ask(call)).toMatchObject({ kind: 'paid', trade: { periods: 6, buyer: '138****0202' } });
    expect(counter.desk.order(ORDER)?.plan).toEqual({ method, periods: 6, feePayer });
  });
});

function changed(
  outcome: HostOutcome,
  change: { readonly amountFen?: number; readonly outTradeNo?: string },
): HostOutcome {
  return outcome.kind === 'order' ? { ...outcome, order: { ...outcome.order, ...change } } : outcome;
}

function authorized(request: WebRequest, pattern: RegExp, replacement: string): WebRequest {
  const authorization = request.headers['authorization']?.replace(pattern, replacement) ?? '';
  return { ...request, headers: { ...request.headers, authorization } };
}
