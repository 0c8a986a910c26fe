import { describe, expect, it } from '@jest/globals';
import { NEVER_CANCELLED } from '../../../firmware/base/cancel.ts';
import type { CardInterface } from '../../../firmware/hal/index.ts';
import { authorizeCard, type CardAnswer } from '../../../firmware/effects/authorize-card.ts';
import { completeChip } from '../../../firmware/effects/complete-chip.ts';
import { openReversal } from '../../../firmware/effects/open-reversal.ts';
import { sendReversal } from '../../../firmware/effects/send-reversal.ts';
import { afterExchange } from '../../../firmware/rules/after-exchange.ts';
import { createCodec, CUP_STANDARD, packFrame, unpackFrame } from '../../../firmware/protocol/iso8583/index.ts';
import { testCard } from '../../../hal-mock/cards/test-cards.ts';
import { stripeTrack2 } from '../../../hal-mock/cards/tracks.ts';
import type { HostFault } from '../../../simulator/acquirer/host-state.ts';
import { rowsOf } from '../../rules/text-table.ts';
import { settingsWith, Shop } from '../shop.ts';

const codec = createCodec(CUP_STANDARD);

interface Sale {
  readonly card?: string;
  readonly how?: CardInterface;
  readonly amountFen?: number;
  readonly pin?: string;
}

async function authorize(shop: Shop, sale: Sale = {}): Promise<CardAnswer> {
  const { card: cardId = 'contactless', how = 'tap', amountFen = 10_000, pin } = sale;
  const card = await shop.read(cardId, how, amountFen);
  const verification = pin === undefined ? ({ kind: 'none' } as const) : await enteredPin(shop, card.panRef, pin);
  const payer = { kind: 'card', entry: how, card, verification } as const;
  const answer = authorizeCard(shop.services, { amountFen, payer, quote: undefined }, NEVER_CANCELLED);
  return shop.clock.resolve(answer);
}

async function enteredPin(shop: Shop, panRef: Parameters<Shop['vault']['reveal']>[0], pin: string) {
  const request = { panRef, amountFen: 1, digitsMin: 4, digitsMax: 12, timeoutMs: 60_000 };
  const entry = shop.pinPad.enterPin(request, () => undefined, NEVER_CANCELLED);
  await shop.clock.settle();
  shop.pinPad.typeDigits(pin);
  shop.pinPad.press('confirm');
  const entered = await entry;
  if (entered.kind !== 'entered') throw new Error('no PIN was entered');
  return { kind: 'pin', pinBlockRef: entered.pinBlockRef, format: entered.format } as const;
}

/** What the rules make of an answer, in words. */
function stepOf({ exchange }: CardAnswer): string {
  const step = afterExchange(exchange);
  if (step.do === 'reverse') return `reverse ${step.reason}`;
  return step.do === 'stop' ? step.outcome : step.do;
}

describe('authorizeCard', () => {
  it('has the intent durable before the first byte leaves, and the result before it is told', async () => {
    const shop = await new Shop().signedOn();
    const answer = await authorize(shop);
    expect(stepOf(answer)).toBe('complete');
    expect(shop.tape).toEqual(['cardIntent', 'acquirer 0200', 'cardResult approved', 'saleApproved']);
    expect(shop.acquirer.netFen()).toBe(10_000);
  });

  it('leaves a chip sale open until the chip has agreed', async () => {
    const shop = await new Shop().signedOn();
    const answer = await authorize(shop, { card: 'debit', how: 'chip', pin: '123456' });
    expect(shop.tape).toEqual(['cardIntent', 'acquirer 0200', 'cardResult approved']);
    expect(shop.services.journal.sale(answer.key).status).toBe('authorized');
    const input = { ...answer, approved: true, chipDataRef: undefined, offline: false };
    const completion = await shop.clock.resolve(completeChip(shop.services, input, NEVER_CANCELLED));
    expect([completion.kind, shop.services.journal.sale(answer.key).status]).toEqual(['accepted', 'approved']);
  });

  it('sends nothing when the intent cannot be made durable', async () => {
    const shop = await new Shop().signedOn();
    shop.failingAppend = shop.appends;
    await expect(authorize(shop)).rejects.toMatchObject({ name: 'HalError', device: 'journal' });
    expect(shop.acquirerRequests().map(({ mti }) => mti)).toEqual(['0800']);
    expect(shop.acquirer.entries()).toEqual([]);
  });

  it('notes nothing as sent when the MAC cannot be made', async () => {
    const shop = await new Shop().signedOn();
    await shop.pinPad.eraseWorkingKeys();
    expect(await authorize(shop)).toMatchObject({
      exchange: { kind: 'notSent' },
      missing: { device: 'keyStore', kind: 'security' },
    });
    expect(shop.tape).toEqual([]);
    expect(shop.acquirer.entries()).toEqual([]);
  });

  it('says that a sale was not sent only when no byte of it left', async () => {
    const shop = await new Shop().signedOn();
    shop.life.acquirerLink.goDown();
    expect(stepOf(await authorize(shop))).toBe('notSent');
    expect(shop.tape).toEqual(['cardIntent', 'cardResult notSent']);
  });

  it.each(
    rowsOf(`
      wrongMac          | reverse A0
      noMac             | reverse A0
      wrongStan         | reverse 06
      wrongAmount       | reverse 06
      wrongTerminal     | reverse 06
      garbageFrame      | reverse 06
      dropRequest       | reverse 98
      dropReply         | reverse 98
      closeAfterRequest | reverse 98
    `),
  )('an approval spoiled by %s is not believed: %s', async (fault, expected) => {
    const shop = await new Shop().signedOn();
    shop.acquirer.faults.inject({ kind: fault, mti: '0200' } as HostFault);
    const answer = await authorize(shop);
    expect(stepOf(answer)).toBe(expected);
    expect(answer).toMatchObject({ responseCode: '', issuerData: '' });
    expect(shop.services.journal.sale(answer.key).status).toBe('sent');
  });

  it('believes a signed refusal', async () => {
    const shop = await new Shop().signedOn();
    const answer = await authorize(shop, { amountFen: 10_051 });
    expect([stepOf(answer), answer.responseCode]).toEqual(['declined', '51']);
    expect(shop.services.journal.sale(answer.key).status).toBe('declined');
  });

  it('does not believe a refusal that nobody signed: what refused may have been changed on its way', async () => {
    const shop = await new Shop().signedOn();
    shop.onAcquirer = (request) => {
      const [answer] = shop.acquirer.receive(request.message);
      if (answer?.kind !== 'frame') throw new Error('the host answers a sale with a frame');
      const { tpdu, header, iso } = unpackFrame(answer.frame);
      const { mti, fields } = codec.decode(iso);
      const { 64: _mac, ...unsigned } = fields;
      request.reply(packFrame({ tpdu, header }, codec.encode({ mti, fields: { ...unsigned, 39: '51' } })));
    };
    const answer = await authorize(shop);
    expect(shop.acquirer.netFen()).toBe(10_000);
    expect(stepOf(answer)).toBe('reverse A0');
  });

  it('reverses when a refusal means that the request came twice: the first one may have been executed', async () => {
    const shop = await new Shop().signedOn();
    shop.onAcquirer = (request, pass) => {
      shop.acquirer.receive(request.message);
      pass();
    };
    const answer = await authorize(shop);
    expect(shop.acquirer.netFen()).toBe(10_000);
    expect([stepOf(answer), answer.responseCode]).toEqual(['reverse 06', '94']);
    expect(shop.services.journal.sale(answer.key).status).toBe('sent');
  });

  it.each(['09', '94', 'A0'])(
    'keeps a sale answered by a signed %s open, should the power fail at once',
    async (code) => {
      const shop = await new Shop().signedOn();
      shop.acquirer.faults.inject({ kind: 'respond', mti: '0200', responseCode: code });
      const answer = await authorize(shop);
      expect(stepOf(answer)).toMatch(/^reverse/);
      shop.powerCut();
      await shop.services.journal.open();
      expect(shop.services.journal.sale(answer.key).status).toBe('sent');
    },
  );

  it('takes a new number for every sale', async () => {
    const shop = await new Shop().signedOn();
    const first = await authorize(shop);
    const second = await authorize(shop);
    expect([first.key.stan, second.key.stan]).toEqual([2, 3]);
  });

  it.each(['004', '006'] as const)('sends PIN and track enciphered under scheme %s', async (signOnScheme) => {
    const macAlgorithm = signOnScheme === '006' ? 'cup-sm4' : 'cup-ecb';
    const shop = await new Shop(settingsWith({ signOnScheme, macAlgorithm })).signedOn();
    const answer = await authorize(shop, { card: 'magstripe-only', how: 'swipe', pin: '123456' });
    expect(answer.responseCode).toBe('00');
    const sent = String(shop.acquirerRequests().at(-1)?.fields[35]);
    const clear = stripeTrack2(testCard('magstripe-only'));
    expect(sent).toHaveLength(clear.length);
    // The enciphered blocks end one digit before the end and take in expiry, service code and verification value.
    expect(sent.slice(-15, -1)).not.toBe(clear.slice(-15, -1));
  });
});

describe('sendReversal', () => {
  async function unanswered(shop: Shop, sale: Sale = {}): Promise<CardAnswer> {
    shop.acquirer.faults.inject({ kind: 'dropReply', mti: '0200' });
    const answer = await authorize(shop, sale);
    await openReversal(shop.services, { key: answer.key, reason: '98' }, NEVER_CANCELLED);
    shop.tape.length = 0;
    return answer;
  }

  const reverse = (shop: Shop, { key }: CardAnswer) =>
    shop.clock.resolve(sendReversal(shop.services, { key }, NEVER_CANCELLED));

  it.each([
    ['contactless', 'tap', undefined],
    ['debit', 'chip', '123456'],
    ['magstripe-only', 'swipe', '123456'],
  ] as const)('repeats the keys of the original of a %s by %s, and no secret of it', async (card, how, pin) => {
    const shop = await new Shop().signedOn();
    const answer = await unanswered(shop, { card, how, ...(pin === undefined ? {} : { pin }) });
    expect(await reverse(shop, answer)).toEqual({ kind: 'reversed' });
    const [, original, reversal] = shop.acquirerRequests();
    for (const field of [3, 4, 11, 14, 22, 23, 25, 41, 42, 49, 60]) {
      expect([field, reversal?.fields[field]]).toEqual([field, original?.fields[field]]);
    }
    expect(reversal).toMatchObject({ mti: '0400', fields: { 39: '98' } });
    for (const field of [35, 36, 37, 52, 53, 59]) expect(reversal?.fields[field]).toBeUndefined();
    expect(shop.acquirer.netFen()).toBe(0);
  });

  it('waits for the device that makes the MAC, and signs on when that has no key', async () => {
    const shop = await new Shop().signedOn();
    const answer = await unanswered(shop);
    shop.pinPad.unplug();
    expect(await reverse(shop, answer)).toEqual({ kind: 'unanswered' });
    shop.pinPad.replug();
    await shop.pinPad.eraseWorkingKeys();
    expect(await reverse(shop, answer)).toEqual({ kind: 'signOnNeeded' });
    expect(shop.tape).toEqual([]);
  });

  it('is rebuilt from the journal after a power cut', async () => {
    const shop = await new Shop().signedOn();
    const answer = await unanswered(shop);
    shop.powerCut();
    await shop.signedOn();
    expect(await reverse(shop, answer)).toEqual({ kind: 'reversed' });
    expect(shop.acquirer.netFen()).toBe(0);
    expect(shop.vault.count()).toBe(0);
  });

  it.each(
    rowsOf(`
      respond 00   | reversed
      respond 12   | reversed
      respond 25   | reversed
      respond 96   | unanswered
      respond 64   | unanswered
      respond A0   | signOnNeeded
      respond 77   | signOnNeeded
      wrongMac     | signOnNeeded
      noMac        | signOnNeeded
      wrongStan    | unanswered
      dropReply    | unanswered
      dropRequest  | unanswered
      garbageFrame | unanswered
    `),
  )('answered by %s: %s', async (fault, expected) => {
    const shop = await new Shop().signedOn();
    const answer = await unanswered(shop);
    const [kind = '', responseCode] = fault?.split(' ') ?? [];
    shop.acquirer.faults.inject({ kind, mti: '0400', ...(responseCode && { responseCode }) } as HostFault);
    expect((await reverse(shop, answer)).kind).toBe(expected);
    const { status, reversalTries } = shop.services.journal.sale(answer.key);
    expect([status, reversalTries]).toEqual([expected === 'reversed' ? 'reversed' : 'reversing', 1]);
  });

  it('stays open until the host answers, and takes the money back once however often it is sent', async () => {
    const shop = await new Shop().signedOn();
    const answer = await unanswered(shop);
    shop.acquirer.faults.inject({ kind: 'dropReply', mti: '0400' }, 2);
    const kinds: string[] = [];
    for (let tries = 0; tries < 3; tries++) kinds.push((await reverse(shop, answer)).kind);
    expect(kinds).toEqual(['unanswered', 'unanswered', 'reversed']);
    expect(shop.acquirer.netFen()).toBe(0);
    const stans = shop.acquirerRequests().map(({ fields }) => fields[11]);
    expect(new Set(stans.slice(1)).size).toBe(1);
  });

  it('carries the authorisation code where an answer brought one', async () => {
    const shop = await new Shop().signedOn();
    const answer = await authorize(shop, { card: 'debit', how: 'chip', pin: '123456' });
    await openReversal(shop.services, { key: answer.key, reason: '06' }, NEVER_CANCELLED);
    await reverse(shop, answer);
    const reversal = shop.acquirerRequests().at(-1);
    expect(reversal?.fields[38]).toBe(shop.acquirer.entries()[0]?.authorizationCode);
  });
});
