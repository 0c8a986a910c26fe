import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { WALLET_AMOUNT_OUTCOMES } from '../../simulator/wallet/outcomes.ts';
import { Merchant, verified } from './merchant.ts';

describe('wallet: signatures and faults', () => {
  it('refuses what the merchant did not sign', () => {
    const shop = new Merchant();
    const body = shop.body(shop.payParams('ordinary', 1000));
    const changed = body.replace('10.00', '10.01');
    expect(changed).not.toBe(body);
    for (const forged of [changed, body.replace(/sign=[^&]*/, 'sign=AAAA'), body.replace(/&sign=[^&]*/, '')]) {
      const answer = shop.wallet.handle(forged);
      expect(answer.kind === 'reply' && answer.body).toContain('isv.invalid-signature');
    }
    expect(shop.wallet.orders()).toEqual([]);
  });

  it.each([
    ['another application', { app_id: '2026000000000000' }, 'isv.invalid-app-id'],
    ['an unknown method', { method: 'alipay.trade.close' }, 'isv.invalid-method'],
    ['content that is no object', { biz_content: '[]' }, 'isv.invalid-parameter'],
    ['content that is no JSON', { biz_content: '{' }, 'isv.invalid-parameter'],
  ])('turns away %s', (_, change, subCode) => {
    const shop = new Merchant();
    const answer = shop.wallet.handle(shop.body({ ...shop.payParams('ordinary', 1000), ...change }));
    expect(answer.kind === 'reply' && JSON.stringify(JSON.parse(answer.body))).toContain(subCode);
  });

  it('never throws for nonsense, signed or not, and charges nobody for it', () => {
    const shop = new Merchant();
    const member = fc.oneof(
      fc.jsonValue({ maxDepth: 1 }),
      fc.constantFrom('bar_code', '281000000000000202', '10.00', '3'),
    );
    const biz = fc.dictionary(
      fc.constantFrom(
        'out_trade_no',
        'auth_code',
        'total_amount',
        'scene',
        'subject',
        'extend_params',
        'timeout_express',
      ),
      member,
    );
    const methods = fc.constantFrom('alipay.trade.pay', 'alipay.trade.query', 'alipay.trade.cancel');
    fc.assert(
      fc.property(methods, biz, fc.string(), (method, content, text) => {
        const params = { ...shop.payParams('huabei', 1000), method, biz_content: JSON.stringify(content) };
        expect(shop.wallet.handle(shop.body(params)).kind).toBe('reply');
        expect(shop.wallet.handle(text).kind).toBe('reply');
      }),
      { numRuns: 200 },
    );
    expect(shop.wallet.netFen()).toBe(0);
  });

  it('turns away an empty body', () => {
    expect(new Merchant().wallet.handle('')).toMatchObject({
      kind: 'reply',
      body: expect.stringContaining('error_response'),
    });
  });
});

describe('wallet: faults', () => {
  it.each([
    ['dropRequest', 0],
    ['dropReply', 1000],
  ] as const)('%s loses one message', (kind, paidFen) => {
    const shop = new Merchant();
    shop.wallet.faults.inject({ kind });
    expect(shop.pay('ordinary', 1000)).toBe('silence');
    expect(shop.wallet.netFen()).toBe(paidFen);
  });

  it.each([true, false])('cannot say what happened, executed: %s', (executed) => {
    const shop = new Merchant();
    shop.wallet.faults.inject({ kind: 'systemError', executed });
    expect(shop.pay('ordinary', 1000)).toMatchObject({ code: '20000' });
    expect(shop.wallet.netFen()).toBe(executed ? 1000 : 0);
  });

  it('spoils replies: signature, text, status, time', () => {
    const shop = new Merchant();
    shop.wallet.faults.inject({ kind: 'wrongSignature' });
    expect(() => shop.query('T0001')).toThrow('wrong signature');
    shop.wallet.faults.inject({ kind: 'garbage' });
    expect(() => shop.query('T0001')).toThrow('reply');
    const answer = (): unknown => shop.wallet.handle(shop.body(shop.payParams('ordinary', 100)));
    shop.wallet.faults.inject({ kind: 'badGateway' });
    expect(answer()).toMatchObject({ status: 502 });
    shop.wallet.faults.inject({ kind: 'delayReply', byMs: 9000 });
    expect(answer()).toMatchObject({ status: 200, afterMs: 9250 });
  });

  it('meets only the method it was armed for, and nothing at all while the wallet is down', () => {
    const shop = new Merchant();
    shop.wallet.faults.inject({ kind: 'dropReply', method: 'alipay.trade.cancel' });
    expect(shop.pay('ordinary', 1000)).toMatchObject({ code: '10000' });
    expect(shop.cancel('T0001')).toBe('silence');
    shop.wallet.faults.down = true;
    expect(shop.query('T0001')).toBe('silence');
  });

  it('gives the same bytes for the same requests', () => {
    const run = (): unknown => {
      const shop = new Merchant();
      return ['huabei', 'needsConfirm', 'risky'].map((customer) =>
        shop.wallet.handle(shop.body(shop.payParams(customer, 1000))),
      );
    };
    expect(run()).toEqual(run());
  });
});

describe('wallet: outcomes by amount', () => {
  it('has no two rows for one ending and none for whole yuan', () => {
    const endings = WALLET_AMOUNT_OUTCOMES.map(({ fenEnding }) => fenEnding);
    expect(new Set(endings).size).toBe(endings.length);
    expect(endings).not.toContain('00');
  });

  it.each(WALLET_AMOUNT_OUTCOMES.map((outcome) => [outcome.fenEnding, outcome] as const))(
    'behaves as row .%s says',
    async (ending, { effect }) => {
      const shop = new Merchant();
      const amountFen = 1000 + Number(ending);
      const answer = shop.wallet.handle(shop.body(shop.payParams('ordinary', amountFen)));
      const body = answer.kind === 'reply' ? answer.body : '';
      const isPaid =
        { asksPhone: false, fails: false }[effect.kind as string] ?? (!('executed' in effect) || effect.executed);
      expect(shop.wallet.netFen()).toBe(isPaid ? amountFen : 0);
      switch (effect.kind) {
        case 'fails':
          expect(body).toContain(effect.subCode);
          break;
        case 'asksPhone':
          expect(body).toContain('"10003"');
          await shop.clock.advance(6_000);
          expect(shop.wallet.order('T0001')?.state).toBe(
            { confirm: 'paid', refuse: 'closed' }[effect.next?.does as string] ?? 'waiting',
          );
          break;
        case 'systemError':
          expect(body).toContain(`"code":"${effect.code}"`);
          break;
        case 'silent':
          expect(answer).toEqual({ kind: 'silent' });
          break;
        case 'late':
          expect(answer.kind === 'reply' && answer.afterMs).toBeGreaterThan(30_000);
          break;
        case 'wrongAmount':
          expect(body).toContain('"total_amount":"0.01"');
          break;
        case 'garbage':
          expect(body).toMatch(/^</);
          break;
        case 'wrongSignature':
          expect(() => verified(body, 'alipay.trade.pay')).toThrow('wrong signature');
          break;
      }
    },
  );
});
