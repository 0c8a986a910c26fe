import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { JD_OPERATIONS } from '../../firmware/protocol/wallet/jd-names.ts';
import type { WalletCall } from '../../firmware/protocol/wallet/wallet-api.ts';
import type { WebReply, WebRequest } from '../../firmware/protocol/wallet/web-message.ts';
import { jdPerson } from '../../simulator/wallet/jd/people.ts';
import { WALLET_AMOUNT_OUTCOMES } from '../../simulator/wallet/outcomes.ts';
import { expectOrderlyRefusal } from '../protocol/cup/error-text.ts';
import { believed, JdShop, known, payBy, phoneOf, terms } from './jd-shop.ts';

const ORDER = terms('T1', 1_000);
const PAY = payBy('baitiao', ORDER);
const QUERY: WalletCall = { kind: 'query', order: known(ORDER) };

function replyTo(shop: JdShop, request: WebRequest): WebReply {
  const answer = shop.jd.handle(request);
  if (answer.kind === 'silent') throw new Error('no reply');
  return answer.reply;
}

describe('JD: what a terminal did not sign, or long ago', () => {
  it.each<[string, (request: WebRequest) => WebRequest]>([
    ['a changed body', (request) => ({ ...request, body: request.body.replace('"1000"', '"1001"') })],
    ['a changed path', (request) => ({ ...request, path: '/api/uniorder' })],
    ['another signature', (request) => ({ ...request, headers: { ...request.headers, 'jd-signature': 'AAAA' } })],
    ['no signature', (request) => ({ ...request, headers: {} })],
  ])('is refused: %s', (_, change) => {
    const shop = new JdShop();
    const context = shop.context();
    const reply = replyTo(shop, change(shop.signed(PAY, context)));
    expect(reply.body).toContain('"JD.SIGNATURE"');
    expect(shop.jd.orders()).toEqual([]);
  });

  it('is refused from a merchant that JD does not know', () => {
    const shop = new JdShop();
    const merchant = { appId: '', merchantId: '999', serialNumber: '' };
    const context = { ...shop.context(), merchant };
    expect(believed(PAY, replyTo(shop, shop.signed(PAY, context)), context)).toEqual({
      kind: 'failed',
      code: 'JD.MERCHANT',
    });
  });

  it.each([
    [-600_000, 'paid'],
    [600_000, 'paid'],
    [-601_000, 'failed'],
    [601_000, 'failed'],
  ])('is refused by a clock that is off: %d ms is %s', (byMs, kind) => {
    const shop = new JdShop();
    const context = { ...shop.context(), wallMs: shop.clock.wallMs() + byMs };
    const answer = believed(PAY, replyTo(shop, shop.signed(PAY, context)), context);
    expect(answer).toMatchObject(kind === 'paid' ? { kind } : { kind, code: 'JD.TIMESTAMP' });
  });

  it('never throws and never charges for members that are none, though they are signed', () => {
    const shop = new JdShop();
    const names = [
      'tradeNum',
      'amount',
      'tradeName',
      'expireSeconds',
      'token',
      'account',
      'proof',
      'baiTiao',
      'faceRef',
    ];
    const others = ['refundNum', 'refundAmount'];
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom('T1', '1000', '120', jdPerson('baitiao').code),
    );
    const biz = fc.dictionary(fc.constantFrom(...names, ...others), value);
    const operations = Object.values(JD_OPERATIONS);
    fc.assert(
      fc.property(fc.constantFrom(...operations, 'toString'), biz, (operation, members) => {
        const answer = shop.jd.handle(shop.signedBiz(operation, members));
        expect(answer).toMatchObject({ kind: 'reply', reply: { status: 200 } });
      }),
      { numRuns: 200 },
    );
    expect(shop.jd.netFen()).toBe(0);
  });

  it('never throws and never charges for nonsense', () => {
    const shop = new JdShop();
    const text = fc.oneof(fc.string(), fc.json());
    const headers = fc.dictionary(fc.constantFrom('jd-signature', 'x'), fc.string());
    fc.assert(
      fc.property(text, text, headers, (path, body, each) => {
        expect(shop.jd.handle({ host: 'jd', method: 'POST', path, headers: each, body }).kind).toBe('reply');
      }),
    );
    expect(shop.jd.orders()).toEqual([]);
  });
});

describe('JD: replies on their way', () => {
  it('are believed for their own request alone', () => {
    const shop = new JdShop();
    shop.call(PAY);
    const first = shop.context();
    const paid = replyTo(shop, shop.signed(QUERY, first));
    expect(believed(QUERY, paid, first)).toMatchObject({ kind: 'paid' });
    // The same question later, and another call under the same nonce.
    expect(believed(QUERY, paid, shop.context())).toBe('untrusted');
    expect(believed(PAY, paid, first)).toBe('untrusted');
  });

  it('are not believed once anything of them is changed', () => {
    const shop = new JdShop();
    const context = shop.context();
    const reply = replyTo(shop, shop.signed(PAY, context));
    fc.assert(
      fc.property(fc.nat(), fc.string({ minLength: 1, maxLength: 3 }), (at, text) => {
        const place = at % reply.body.length;
        const body = reply.body.slice(0, place) + text + reply.body.slice(place + text.length);
        fc.pre(body !== reply.body);
        expectOrderlyRefusal(() => expect(believed(PAY, { ...reply, body }, context)).toBe('untrusted'));
      }),
    );
    expect(believed(PAY, { ...reply, status: 500 }, context)).toBe('untrusted');
    expect(believed(PAY, reply, context)).toMatchObject({ kind: 'paid' });
  });
});

describe('JD: faults', () => {
  it.each([
    ['dropRequest', 0],
    ['dropReply', 1_000],
  ] as const)('%s loses one message, and the query tells', (kind, paidFen) => {
    const shop = new JdShop();
    shop.jd.faults.inject({ kind });
    expect(shop.says(PAY)).toBe('silence');
    expect(shop.jd.netFen()).toBe(paidFen);
    expect(shop.says(QUERY)).toBe(paidFen === 0 ? 'notFound' : 'paid');
  });

  it.each([true, false])('systemError says nothing about the money, executed: %s', (executed) => {
    const shop = new JdShop();
    shop.jd.faults.inject({ kind: 'systemError', executed });
    expect(shop.says(PAY)).toBe('unknown');
    expect(shop.says(QUERY)).toBe(executed ? 'paid' : 'notFound');
  });

  it('spoils replies: signature, text, status, time', () => {
    const shop = new JdShop();
    shop.jd.faults.inject({ kind: 'wrongSignature' });
    expect(shop.says(QUERY)).toBe('untrusted');
    shop.jd.faults.inject({ kind: 'garbage' });
    expect(() => shop.call(QUERY)).toThrow('jd-signature');
    const answer = () => shop.jd.handle(shop.signed(QUERY, shop.context()));
    shop.jd.faults.inject({ kind: 'badGateway' });
    expect(answer()).toMatchObject({ reply: { status: 502 } });
    shop.jd.faults.inject({ kind: 'delayReply', byMs: 9_000 });
    expect(answer()).toMatchObject({ reply: { status: 200 }, afterMs: 9_250 });
  });

  it('meets only the call it was armed for, and nothing at all while JD is down', () => {
    const shop = new JdShop();
    shop.jd.faults.inject({ kind: 'dropReply', call: 'cancel' });
    expect(shop.says(PAY)).toBe('paid');
    expect(shop.says({ kind: 'cancel', order: known(ORDER) })).toBe('silence');
    shop.jd.faults.down = true;
    expect(shop.says(QUERY)).toBe('silence');
  });

  it.each(['cancel', 'refund'] as const)('wants another %s, and has done nothing then', (kind) => {
    const shop = new JdShop();
    shop.call(PAY);
    const order = known(ORDER);
    const call: WalletCall =
      kind === 'cancel' ? { kind, order } : { kind, refund: { order, refundNo: 'R1', refundFen: 1_000 } };
    shop.jd.faults.inject({ kind: 'again' }, 2);
    expect([shop.says(call), shop.says(call)]).toEqual(['retry', 'retry']);
    expect(shop.jd.netFen()).toBe(1_000);
    expect(shop.says(call)).toBe(kind === 'cancel' ? 'cancelled' : 'refunded');
    expect(shop.jd.netFen()).toBe(0);
  });

  it('answers about another order, which is no answer about ours', () => {
    const shop = new JdShop();
    shop.jd.faults.inject({ kind: 'wrongOrder' }, 3);
    const cancel: WalletCall = { kind: 'cancel', order: known(ORDER) };
    expect([PAY, QUERY, cancel].map((call) => shop.says(call))).toEqual(['mismatch', 'mismatch', 'mismatch']);
    expect(shop.says(QUERY)).toBe('closed');
  });

  it('refuses the time of a request, and has then done nothing', () => {
    const shop = new JdShop();
    shop.jd.faults.inject({ kind: 'clockSkew' });
    expect(shop.says(PAY)).toBe('JD.TIMESTAMP');
    expect(shop.jd.orders()).toEqual([]);
    shop.call(PAY);
    shop.jd.faults.inject({ kind: 'clockSkew', call: 'cancel' });
    expect(shop.says({ kind: 'cancel', order: known(ORDER) })).toBe('unknown');
    expect(shop.jd.netFen()).toBe(1_000);
  });

  it('a customer never decides, or pays at the last moment', async () => {
    const shop = new JdShop();
    shop.jd.faults.inject({ kind: 'pendingForEver' });
    expect(shop.says(PAY)).toBe('pending');
    const late = terms('T2', 1_000);
    expect(shop.says(payBy('confirmsLate', late))).toBe('pending');
    await shop.clock.advance(59_000);
    expect(shop.says(QUERY)).toBe('pending');
    expect(shop.says({ kind: 'query', order: known(late) })).toBe('paid');
  });

  it('a customer pays in the moment before the revoke, which gives it back', () => {
    const shop = new JdShop();
    shop.jd.faults.inject({ kind: 'paidBeforeCancel' }, 2);
    expect(shop.says(payBy('asksPhone', ORDER))).toBe('pending');
    const shown = terms('T2', 2_000);
    expect(shop.says({ kind: 'present', order: shown })).toBe('presented');
    for (const order of [ORDER, shown]) expect(shop.says({ kind: 'cancel', order: known(order) })).toBe('cancelled');
    expect(shop.jd.orders().map(({ state, paidAtWallMs }) => [state, typeof paidAtWallMs])).toEqual([
      ['refunded', 'number'],
      ['refunded', 'number'],
    ]);
    expect(shop.jd.netFen()).toBe(0);
  });

  it('offers no plans, or plans that do not add up', () => {
    const shop = new JdShop();
    const plans = () => shop.call({ kind: 'plans', account: phoneOf('baitiao'), amountFen: 120_000 });
    shop.jd.faults.inject({ kind: 'emptyPlans' });
    expect(plans()).toMatchObject({ kind: 'plans', plans: [] });
    shop.jd.faults.inject({ kind: 'inconsistentPlans' });
    expect(plans()).toEqual({ kind: 'mismatch', members: ['plans'] });
    expect(plans()).toMatchObject({ plans: [{ periods: 3 }, {}, {}, {}] });
  });

  it.each(['customer', 'merchant'] as const)(
    'lets the other side pay than the %s, which nobody believes',
    (feePayer) => {
      const shop = new JdShop();
      const plan = shop.plan(120_000, 6, feePayer);
      const otherwise = (call: WalletCall) => {
        shop.jd.faults.inject({ kind: 'otherPayer', call: call.kind });
        return shop.call(call);
      };
      const merchantPays = feePayer === 'merchant' ? [3, 6, 12, 24] : [];
      const plans = { kind: 'plans', account: undefined, amountFen: 120_000, merchantPays } as const;
      expect(otherwise(plans)).toEqual({ kind: 'mismatch', members: ['plans'] });
      const order = terms('T1', 120_000, plan);
      expect(otherwise(payBy('baitiao', order))).toEqual({ kind: 'mismatch', members: ['baiTiao'] });
      expect(otherwise({ kind: 'query', order: known(order) })).toEqual({ kind: 'mismatch', members: ['baiTiao'] });
      expect(shop.says({ kind: 'query', order: known(order) })).toBe('paid');
    },
  );

  it('books other numbers: a fee, a plan, an amount, a bill', () => {
    const shop = new JdShop();
    const order = terms('T1', 120_000, shop.plan(120_000, 3));
    const wrongly = (call: WalletCall) => {
      shop.jd.faults.inject({ kind: 'wrongNumbers', call: call.kind });
      return shop.call(call);
    };
    expect(wrongly(payBy('baitiao', order))).toEqual({ kind: 'mismatch', members: ['baiTiao'] });
    shop.jd.faults.inject({ kind: 'wrongPlan' });
    expect(shop.call({ kind: 'query', order: known(order) })).toEqual({ kind: 'mismatch', members: ['baiTiao'] });
    expect(wrongly({ kind: 'present', order: terms('T2', 1_000) })).toMatchObject({ members: ['amount'] });
    const subject = { kind: 'order', order: known(order) } as const;
    expect(wrongly({ kind: 'bills', subject })).toEqual({ kind: 'mismatch', members: ['bills'] });
    expect(shop.says({ kind: 'query', order: known(order) })).toBe('paid');
  });

  it('gives the same bytes for the same requests', () => {
    const run = (): unknown => {
      const shop = new JdShop();
      const proof = shop.smsProof('baitiao', 1_000);
      const charge: WalletCall = { kind: 'charge', order: ORDER, account: phoneOf('baitiao'), proof };
      return [charge, QUERY].map((call) => shop.jd.handle(shop.signed(call, shop.context())));
    };
    expect(run()).toEqual(run());
  });
});

describe('JD: outcomes by amount', () => {
  const EXPECTED: Readonly<Record<string, string>> = {
    '14': 'JD.CODE_INVALID',
    '51': 'JD.BALANCE',
    '61': 'JD.RISK',
    '64': 'untrusted',
    '65': 'mismatch',
    '66': 'garbage',
    '92': 'unknown',
    '93': 'unknown',
    '95': 'unknown',
    '96': 'unknown',
    '97': 'silence',
    '98': 'silence',
    '99': 'paid',
  };

  it.each(WALLET_AMOUNT_OUTCOMES.map((outcome) => [outcome.fenEnding, outcome.effect] as const))(
    'behaves as row .%s says',
    async (ending, effect) => {
      const shop = new JdShop();
      const order = terms('T1', 1_000 + Number(ending));
      const said = effect.kind === 'garbage' ? 'garbage' : shop.says(payBy('baitiao', order));
      if (said === 'garbage') expect(() => shop.call(payBy('baitiao', order))).toThrow('jd-signature');
      expect(said).toBe(EXPECTED[ending] ?? 'pending');
      const isPaid =
        { asksPhone: false, fails: false }[effect.kind as string] ?? (!('executed' in effect) || effect.executed);
      expect(shop.jd.netFen()).toBe(isPaid ? order.amountFen : 0);
      if (effect.kind !== 'asksPhone') return;
      await shop.clock.advance(6_000);
      const end = { confirm: 'paid', refuse: 'closed' }[effect.next?.does as string] ?? 'pending';
      expect(shop.says({ kind: 'query', order: known(order) })).toBe(end);
    },
  );

  it('is late enough to miss the deadline of any terminal', () => {
    const shop = new JdShop();
    const answer = shop.jd.handle(shop.signed(payBy('baitiao', terms('T1', 1_099)), shop.context()));
    expect(answer.kind === 'reply' && answer.afterMs).toBeGreaterThan(30_000);
  });

  it('is short of credit, not of money, by Baitiao', () => {
    const shop = new JdShop();
    expect(shop.says(payBy('baitiao', terms('T1', 1_051, shop.plan(1_051, 3))))).toBe('JD.CREDIT_LIMIT');
    expect(shop.says({ kind: 'present', order: terms('T2', 1_051) })).toBe('JD.BALANCE');
    expect(shop.says({ kind: 'present', order: terms('T3', 1_093) })).toBe('unknown');
  });
});

describe('JD: what nobody may read', () => {
  it('no reply holds the account, the SMS code or the pay code of a request', () => {
    const shop = new JdShop();
    const account = phoneOf('baitiao');
    const proof = shop.smsProof('baitiao', 1_000);
    const calls: WalletCall[] = [
      PAY,
      { kind: 'plans', account, amountFen: 1_000 },
      { kind: 'sendCode', account, amountFen: 1_000 },
      { kind: 'startFace', account, amountFen: 1_000 },
      { kind: 'charge', order: terms('T2', 1_000), account, proof },
      { kind: 'charge', order: terms('T3', 1_000), account, proof: { ...proof, code: '1' } },
      { kind: 'bills', subject: { kind: 'account', account } },
    ];
    const secrets = [account.text, proof.code, jdPerson('baitiao').code];
    for (const call of calls) {
      const { body } = replyTo(shop, shop.signed(call, shop.context()));
      for (const secret of secrets) expect(body).not.toContain(secret);
    }
  });
});
