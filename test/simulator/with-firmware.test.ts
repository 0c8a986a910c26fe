import { afterEach, describe, expect, it } from '@jest/globals';
import { HttpsWalletLink } from '../../drivers/host-link/https-link.ts';
import { LengthFramedLink } from '../../drivers/host-link/length-framed-link.ts';
import { SystemClock } from '../../drivers/linux/clock.ts';
import { tcpDial } from '../../drivers/linux/tcp-dial.ts';
import type { Exchange } from '../../firmware/hal/index.ts';
import { iso0PinBlock, sm4PinBlock } from '../../firmware/protocol/crypto/pin-block.ts';
import { encryptTrack } from '../../firmware/protocol/crypto/track-cipher.ts';
import {
  checkResponse,
  type OriginalSale,
  refundRequest,
  returnFieldsOf,
  reversalFieldsOf,
  reversalRequest,
  type SaleFields,
  saleRequest,
  saleResponse,
  voidRequest,
} from '../../firmware/protocol/cup/messages.ts';
import type { IsoMessage } from '../../firmware/protocol/iso8583/index.ts';
import { testCard } from '../../hal-mock/cards/test-cards.ts';
import { stripeTrack2 } from '../../hal-mock/cards/tracks.ts';
import { CODE_CUSTOMERS } from '../../simulator/acquirer/code-customers.ts';
import { TEST_TERMINAL } from '../../simulator/acquirer/terminals.ts';
import type { ListeningHost } from '../../simulator/listening.ts';
import { memoryDial } from '../../simulator/network.ts';
import { listenWallets } from '../../simulator/wallet/http-server.ts';
import { Wallet } from '../../simulator/wallet/wallet.ts';
import { alipayAlone } from '../../simulator/wallet/web-host.ts';
import { decodeWebReply, encodeWebRequest } from '../../firmware/protocol/wallet/web-message.ts';
import { Merchant, verified } from './merchant.ts';
import { testHost, TestTerminal } from './terminal.ts';

const card = testCard('magstripe-only');

function saleFields(terminal: TestTerminal, cipher: 'tdes' | 'sm4', stan: number, amountFen: number): SaleFields {
  const clearBlock = cipher === 'sm4' ? sm4PinBlock('123456', card.pan) : iso0PinBlock('123456', card.pan);
  return {
    terminalId: TEST_TERMINAL.terminalId,
    merchantId: TEST_TERMINAL.merchantId,
    batch: terminal.batch,
    readCapability: '6',
    stan,
    amountFen,
    entry: 'swipe',
    expiry: card.expiry,
    track2: encryptTrack(stripeTrack2(card), terminal.cipher('track')),
    trackEncrypted: true,
    cipher,
    pinBlock: { format: cipher === 'sm4' ? 'sm4' : 'iso0', block: terminal.cipher('pin').encrypt(clearBlock) },
  };
}

describe('simulated acquirer and the firmware’s own messages', () => {
  it.each([
    ['004', 'tdes'],
    ['006', 'sm4'],
  ] as const)('agree on a sale and its reversal under scheme %s', (scheme, cipher) => {
    const { host } = testHost();
    const terminal = new TestTerminal(host);
    terminal.signOn(scheme);
    const fields = saleFields(terminal, cipher, 77, 12_300);
    const request = saleRequest(fields);
    const sale = terminal.exchange(request.mti, request.fields, 'good');
    expect(sale).toMatchObject({ code: '00', mac: 'good' });
    expect(checkResponse(request, sale.reply!)).toBe('matches');
    expect(saleResponse(sale.reply!)).toMatchObject({
      responseCode: '00',
      issuerId: '09990001',
      acquirerId: '48999999',
      cardOrganisation: 'CUP',
      remarks: [],
      settlementDate: '1121',
    });
    const reversal = reversalRequest({ ...reversalFieldsOf(fields, true), pan: card.pan }, '98');
    const reversed = terminal.exchange(reversal.mti, reversal.fields, 'good');
    expect(reversed).toMatchObject({ code: '00', mac: 'good' });
    expect(checkResponse(reversal, reversed.reply!)).toBe('matches');
    expect(host.netFen()).toBe(0);
  });

  it.each([
    ['004', 'tdes'],
    ['006', 'sm4'],
  ] as const)('agree on a void with PIN and track, its reversal and a refund under scheme %s', (scheme, cipher) => {
    const { host } = testHost();
    const terminal = new TestTerminal(host);
    terminal.signOn(scheme);
    const fields = saleFields(terminal, cipher, 77, 12_300);
    const send = (request: IsoMessage) => {
      const { reply, mac } = terminal.exchange(request.mti, request.fields, 'good');
      expect([checkResponse(request, reply!), mac]).toEqual(['matches', 'good']);
      return saleResponse(reply!);
    };
    const { rrn, authCode, hostDate, cardOrganisation } = send(saleRequest(fields));
    const original: OriginalSale = {
      batch: terminal.batch,
      stan: 77,
      retrievalReference: rrn ?? '',
      authorizationCode: authCode,
      hostDate,
      cardOrganisation,
    };
    const back = returnFieldsOf('void', { ...fields, stan: 78 }, original, true);
    expect(send(voidRequest(back, original, fields)).responseCode).toBe('00');
    expect(host.netFen()).toBe(0);
    expect(send(reversalRequest({ ...back, pan: card.pan }, '98')).responseCode).toBe('00');
    expect(host.netFen()).toBe(12_300);
    const part = returnFieldsOf('refund', { ...fields, stan: 79, amountFen: 2_300 }, original, false);
    expect(send(refundRequest(part, original, card.pan)).responseCode).toBe('00');
    expect(host.netFen()).toBe(10_000);
  });

  it('agree on a sale by code, its void and the refund of another', () => {
    const { host } = testHost();
    const terminal = new TestTerminal(host);
    terminal.signOn();
    const { terminalId, merchantId } = TEST_TERMINAL;
    const common = { terminalId, merchantId, batch: terminal.batch, readCapability: '6', entry: 'code' } as const;
    const sell = (stan: number): OriginalSale => {
      const payCode = CODE_CUSTOMERS[0]?.code;
      const request = saleRequest({
        ...common,
        stan,
        amountFen: 10_000,
        trackEncrypted: false,
        cipher: 'tdes',
        payCode,
      });
      const { reply } = terminal.exchange(request.mti, request.fields, 'good');
      const { rrn, voucher, hostDate } = saleResponse(reply!);
      return { batch: terminal.batch, stan, retrievalReference: rrn ?? '', voucher, hostDate };
    };
    const [voided, refunded] = [sell(1), sell(2)];
    const all = returnFieldsOf('void', { ...common, stan: 3, amountFen: 10_000 }, voided, false);
    const part = returnFieldsOf('refund', { ...common, stan: 4, amountFen: 1_000 }, refunded, false);
    const requests = [voidRequest(all, voided, { cipher: 'tdes' }), refundRequest(part, refunded, undefined)];
    const answers = requests.map(({ mti, fields }) => terminal.exchange(mti, fields, 'good').code);
    expect([answers, host.netFen('code')]).toEqual([['00', '00'], 9_000]);
  });

  it('put the issuer’s reason on the slip', () => {
    const { host } = testHost();
    const terminal = new TestTerminal(host);
    terminal.signOn();
    const refused = terminal.sale('low-balance', 100_000, { entry: 'chip', pin: '123456' });
    expect(saleResponse(refused.reply!)).toMatchObject({
      responseCode: '51',
      remarks: ['余额不足'],
      authCode: undefined,
    });
  });
});

describe('simulated acquirer behind the terminal’s own link', () => {
  function linked() {
    const { host, clock } = testHost();
    const terminal = new TestTerminal(host);
    terminal.signOn();
    const dial = memoryDial(host, clock, 40);
    const link = new LengthFramedLink({ dial, clock, connectTimeoutMs: 5_000, keepOpen: true });
    const late: string[] = [];
    const codeOf = (frame: Uint8Array): string => terminal.readAnswers([{ kind: 'frame', afterMs: 0, frame }]).code;
    link.onLateReply((reply) => late.push(codeOf(reply)));
    const sell = async (amountFen: number): Promise<string> => {
      const frame = terminal.frame(terminal.saleRequest('debit', amountFen, { entry: 'chip', pin: '123456' }));
      const exchange: Exchange = await clock.resolve(link.exchange(frame, 30_000));
      return exchange.kind === 'replied' ? codeOf(exchange.reply) : `${exchange.kind} ${exchange.reason}`;
    };
    return { host, clock, late, sell };
  }

  it('answers in time, too late, twice, with garbage, not at all', async () => {
    const { host, clock, late, sell } = linked();
    expect([await sell(1000), await sell(1051)]).toEqual(['00', '51']);
    expect(await sell(1098)).toBe('unknown deadline');
    expect(await sell(1099)).toBe('unknown deadline');
    expect(await sell(1000)).toBe('00');
    await clock.advance(60_000);
    expect(late).toEqual(['00']);
    expect(await sell(1068)).toBe('00');
    await clock.advance(1_000);
    expect(late).toEqual(['00', '00']);
    host.faults.inject({ kind: 'garbageFrame' });
    expect(await sell(1000)).toMatch(/^unknown/);
    host.faults.inject({ kind: 'closeAfterRequest' });
    expect(await sell(1000)).toBe('unknown disconnected');
    host.faults.inject({ kind: 'refuseConnect' });
    expect([await sell(1000), await sell(1000)]).toEqual(['notSent refused', '00']);
  });
});

describe('simulated wallet behind the terminal’s own link', () => {
  let server: ListeningHost | undefined;
  afterEach(async () => server?.close());

  it('answers over real HTTP', async () => {
    const clock = new SystemClock();
    server = await listenWallets(alipayAlone(new Wallet({ clock, processingMs: 0 })), clock, { port: 0 });
    const { port } = server;
    const url = `http://127.0.0.1:${port}/alipay`;
    const link = new HttpsWalletLink({
      hosts: { alipay: { url, dial: tcpDial({ host: '127.0.0.1', port }) } },
      clock,
      connectTimeoutMs: 5_000,
    });
    const shop = new Merchant();
    const body = shop.body(shop.payParams('huabei', 1000));
    const request = { host: 'alipay', method: 'POST', path: '/gateway.do', headers: {}, body } as const;
    const exchange = await link.exchange(encodeWebRequest(request), 10_000);
    const reply = exchange.kind === 'replied' ? decodeWebReply(exchange.reply).body : '';
    expect(verified(reply, 'alipay.trade.pay')).toMatchObject({ code: '10000', total_amount: '10.00' });
    link.close();
  });
});
