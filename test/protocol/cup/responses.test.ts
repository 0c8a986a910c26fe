import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { hex } from '../../../firmware/base/bytes.ts';
import { checkResponse, parseSignOnResponse, saleResponse } from '../../../firmware/protocol/cup/messages.ts';
import { createCodec, CUP_STANDARD, type IsoMessage, type IsoValue } from '../../../firmware/protocol/iso8583/index.ts';
import { expectOrderlyRefusal, expectRefusal } from './error-text.ts';
import { REFERENCE, sharedVectors } from './reference-vectors.ts';

const codec = createCodec(CUP_STANDARD);
const REQUEST: IsoMessage = {
  mti: '0200',
  fields: { 3: '000000', 4: '000000000100', 11: '000123', 41: '12345678', 42: '898310058120001' },
};
const REPLY: IsoMessage = { mti: '0210', fields: { ...REQUEST.fields, 39: '00' } };

function reply(change: Readonly<Record<number, IsoValue | undefined>>, mti = '0210'): IsoMessage {
  const fields: Record<number, IsoValue> = {};
  for (const [field, value] of Object.entries({ ...REPLY.fields, ...change })) {
    if (value !== undefined) fields[Number(field)] = value;
  }
  return { mti, fields };
}

describe('the checks of an answer', () => {
  it('an answer to the request matches', () => {
    expect(checkResponse(REQUEST, REPLY)).toBe('matches');
  });

  it.each<[string, IsoMessage, string[]]>([
    ['another message type', reply({}, '0410'), ['mti']],
    ['the request itself echoed', { ...REQUEST }, ['39', 'mti']],
    ['another processing code', reply({ 3: '200000' }), ['3']],
    ['another STAN', reply({ 11: '000124' }), ['11']],
    ['another terminal', reply({ 41: '12345679' }), ['41']],
    ['another merchant in an approval', reply({ 42: '898310058120002' }), ['42']],
    ['another amount', reply({ 4: '000000000101' }), ['4']],
    ['no amount', reply({ 4: undefined }), ['4']],
    ['no STAN', reply({ 11: undefined }), ['11']],
    ['no response code', reply({ 39: undefined }), ['39']],
    ['chip data that cannot be read', reply({ 55: hex('910A0011') }), ['55']],
    ['two differences', reply({ 3: '1', 11: '2' }), ['3', '11']],
  ])('%s does not match', (_name, response, mismatch) => {
    expect(checkResponse(REQUEST, response)).toEqual({ mismatch });
  });

  it.each<[string, IsoMessage]>([
    ['a decline that leaves the merchant out', reply({ 39: '51', 42: undefined })],
    ['a part approved: the amount is another one', reply({ 39: '10', 4: '000000000050' })],
  ])('%s matches', (_name, response) => {
    expect(checkResponse(REQUEST, response)).toBe('matches');
  });

  it('compares only what the request had: a sign-on has no amount and no processing code', () => {
    const request = { mti: '0800', fields: { 11: '000001', 41: '12345678', 42: '898310058120001' } };
    const answer = { mti: '0810', fields: { ...request.fields, 3: '000000', 39: '00' } };
    expect(checkResponse(request, answer)).toBe('matches');
  });

  it('any one changed digit of a key is noticed', () => {
    fc.assert(
      fc.property(fc.constantFrom(3, 4, 11, 41, 42), fc.nat(), (field, place) => {
        const value = String(REPLY.fields[field]);
        const at = place % value.length;
        const changed = value.slice(0, at) + ((Number(value[at]) + 1) % 10) + value.slice(at + 1);
        expect(checkResponse(REQUEST, reply({ [field]: changed }))).toEqual({ mismatch: [String(field)] });
      }),
    );
  });
});

describe('the answer to a sale', () => {
  it('V11: a refusal without MAC, ids of issuer and acquirer trimmed', () => {
    const answer = saleResponse(codec.decode(hex(REFERENCE.V11.hex)));
    expect(answer).toMatchObject({
      responseCode: 'A0',
      amountFen: 1000,
      hostTime: '162940',
      hostDate: '0918',
      settlementDate: '0918',
      issuerId: '00000000',
      acquirerId: '00000000',
      rrn: '261162073085',
      authCode: undefined,
      cardOrganisation: undefined,
      remarks: [],
    });
    expect(answer.issuerData).toHaveLength(0);
  });

  it('iso8583-cup-messages.json sale_resp_approved: a blank authorisation code is none', () => {
    const { messages } = sharedVectors('iso8583-cup-messages.json') as { messages: { id: string; iso: string }[] };
    const iso = messages.find(({ id }) => id === 'sale_resp_approved')?.iso ?? '';
    expect(saleResponse(codec.decode(hex(iso)))).toMatchObject({
      responseCode: '00',
      rrn: '022923595901',
      authCode: undefined,
      settlementDate: '0301',
      issuerId: '01030000',
      acquirerId: '48021000',
      cardOrganisation: 'CUP',
      remarks: [],
    });
  });

  it('cuts the texts of field 63 by bytes, where a Chinese character takes two', () => {
    const issuer = '发卡行提示'.padEnd(15);
    const unionPay = ' '.repeat(20);
    const acquirer = 'ACQUIRER TEXT'.padEnd(20);
    const f63 = `CUP${issuer}${unionPay}${acquirer}请保管好凭条`;
    expect(saleResponse(reply({ 63: f63 })).remarks).toEqual(['发卡行提示', 'ACQUIRER TEXT', '请保管好凭条']);
  });

  it('keeps a text of another layout whole rather than lose it', () => {
    const f63 = `CUPx${'中'.repeat(12)}`;
    expect(saleResponse(reply({ 63: f63 })).remarks).toEqual([f63.slice(3)]);
  });

  it('names of banks in Chinese also fill 11 bytes', () => {
    expect(saleResponse(reply({ 44: '建设银行   拉卡拉     ' }))).toMatchObject({
      issuerId: '建设银行',
      acquirerId: '拉卡拉',
    });
  });

  it('names no banks where a character stands across two columns', () => {
    const names = saleResponse(reply({ 44: '银'.repeat(11) }));
    expect([names.issuerId, names.acquirerId]).toEqual([undefined, undefined]);
  });

  it('hands the chip what the issuer sent for it and nothing else', () => {
    const f55 = hex('9F36020001 910A00112233445566770000 720D9F1804000000018604 84240000');
    expect(saleResponse(reply({ 55: f55 })).issuerData).toEqual(
      hex('910A00112233445566770000 720D9F1804000000018604 84240000'),
    );
  });

  it('without a response code or with broken chip data it is no answer', () => {
    expect(expectRefusal(() => saleResponse(reply({ 39: undefined }))).path).toEqual(['39']);
    expectRefusal(() => saleResponse(reply({ 55: hex('910A0011') })));
  });

  it('anything the codec can decode is read or refused in order', () => {
    const values = fc.record(
      { 37: fc.string(), 38: fc.string(), 39: fc.string(), 44: fc.string(), 63: fc.string(), 55: fc.uint8Array() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(values, (fields) => {
        expectOrderlyRefusal(() => saleResponse({ mti: '0210', fields }));
      }),
    );
  });
});

describe('the answer to a sign-on', () => {
  const ACCEPTED: IsoMessage = {
    mti: '0810',
    fields: { 11: '000001', 12: '093016', 13: '1121', 39: '00', 60: '00000042004', 62: hex(REFERENCE.V7.f62) },
  };

  it('gives batch, date, time and keys', () => {
    expect(parseSignOnResponse(ACCEPTED)).toEqual({
      kind: 'accepted',
      batch: '000042',
      date: '1121',
      time: '093016',
      keys: hex(REFERENCE.V7.f62),
    });
  });

  it.each(['97', '30', 'A0', '10'])('code %s is a refusal, whatever else is missing or there', (responseCode) => {
    const refused = { kind: 'refused', responseCode };
    expect(parseSignOnResponse({ mti: '0810', fields: { 39: responseCode } })).toEqual(refused);
    expect(parseSignOnResponse({ ...ACCEPTED, fields: { ...ACCEPTED.fields, 39: responseCode } })).toEqual(refused);
  });

  it.each([39, 60, 62])('accepted without field %i is an error', (field) => {
    const fields = Object.fromEntries(Object.entries(ACCEPTED.fields).filter(([number]) => Number(number) !== field));
    expect(expectRefusal(() => parseSignOnResponse({ mti: '0810', fields })).path[0]).toBe(String(field));
  });
});
