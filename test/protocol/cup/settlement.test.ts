import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Fault } from '../../../firmware/base/invariant.ts';
import { bytesOfLatin1, hex, hexOf, latin1Of } from '../../../firmware/base/bytes.ts';
import {
  type ChipDetail,
  judgedTotals,
  needsMac,
  type NetTotals,
  parseScriptNotice,
  parseSettlementAnswer,
  parseSettlementRequest,
  parseUpload,
  scriptNotice,
  type ScriptNoticeFields,
  type SettlementFields,
  settlementRequest,
  type SettlementTotals,
  type Upload,
  uploadRequest,
} from '../../../firmware/protocol/cup/messages.ts';
import { createCodec, CUP_STANDARD, type IsoMessage, type IsoValue } from '../../../firmware/protocol/iso8583/index.ts';
import { expectOrderlyRefusal, expectRefusal } from './error-text.ts';
import { sharedVectors } from './reference-vectors.ts';

const codec = createCodec(CUP_STANDARD);

/** Own vector V9e: one debit of 100.00, recomputed from the tables by hand. */
const V9E =
  '05000020000000C1801200000331323334353637383839383331303035383132303030310062' +
  '0000000100000010000000000000000000000000000000000000000000000031353600110000' +
  '000120100003303120';

const NONE: NetTotals = { debitFen: 0, debitCount: 0, creditFen: 0, creditCount: 0 };
const ONE_SALE: SettlementTotals = { domestic: { ...NONE, debitFen: 10_000, debitCount: 1 }, foreign: NONE };
const HEAD = { stan: 3, terminalId: '12345678', merchantId: '898310058120001', batch: '000001' } as const;
const SETTLEMENT: SettlementFields = { ...HEAD, operator: '01', totals: ONE_SALE };

const changed = (message: IsoMessage, fields: Readonly<Record<number, IsoValue | undefined>>, mti = message.mti) => ({
  mti,
  fields: Object.fromEntries(
    Object.entries({ ...message.fields, ...fields }).filter(
      (entry): entry is [string, IsoValue] => entry[1] !== undefined,
    ),
  ),
});
const decoded = (message: IsoMessage): IsoMessage => codec.decode(codec.encode(message));

const fen = fc.integer({ min: 0, max: 999_999_999_999 });
const count = fc.integer({ min: 0, max: 999 });
const half = fc.record({ debitFen: fen, debitCount: count, creditFen: fen, creditCount: count });
const totals = fc.record({ domestic: half, foreign: half });
const balance = fc.constantFrom('balanced', 'unbalanced', 'error');

describe('settlement 0500', () => {
  it('is built byte for byte as V9e', () => {
    expect(hexOf(codec.encode(settlementRequest(SETTLEMENT)))).toBe(V9E);
  });

  it('is built byte for byte as the shared vector with a credit', () => {
    const { messages } = sharedVectors('iso8583-cup-messages.json') as { messages: { id: string; iso: string }[] };
    const domestic = { debitFen: 123_456, debitCount: 3, creditFen: 100, creditCount: 1 };
    const message = settlementRequest({
      ...SETTLEMENT,
      stan: 134,
      batch: '000002',
      totals: { domestic, foreign: NONE },
    });
    expect(hexOf(codec.encode(message))).toBe(messages.find(({ id }) => id === 'settle')?.iso);
  });

  it('carries no MAC, and neither does an upload; a script notice does', () => {
    expect(['0500', '0510', '0320', '0330', '0620', '0630'].map(needsMac)).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
    ]);
  });

  it('is read by the host as the terminal meant it, whatever the totals', () => {
    fc.assert(
      fc.property(totals, (said) => {
        const message = decoded(settlementRequest({ ...SETTLEMENT, totals: said }));
        expect(parseSettlementRequest(message)).toEqual({ batch: '000001', totals: said });
      }),
    );
  });

  it.each([
    ['totals that are judged already', { 48: judgedTotals(ONE_SALE, 'balanced', 'balanced') }],
    ['a totals field that is too short', { 48: '0'.repeat(60) }],
    ['no totals', { 48: undefined }],
    ['the code of an upload end', { 60: '00000001207' }],
    ['no batch', { 60: '0000' }],
    ['no field 60', { 60: undefined }],
  ])('is refused with %s', (_what, fields) => {
    expectRefusal(() => parseSettlementRequest(changed(settlementRequest(SETTLEMENT), fields)));
  });

  it('is no other message', () => {
    const message = settlementRequest(SETTLEMENT);
    expect(expectRefusal(() => parseSettlementRequest({ ...message, mti: '0320' })).path).toEqual(['mti']);
  });

  it('cannot say more than 999 sales of a kind', () => {
    const tooMany = { domestic: { ...NONE, debitCount: 1000 }, foreign: NONE };
    expect(() => settlementRequest({ ...SETTLEMENT, totals: tooMany })).toThrow(Fault);
  });
});

describe('answer 0510', () => {
  const request = settlementRequest(SETTLEMENT);
  const answer = (fields: Readonly<Record<number, IsoValue | undefined>> = {}, mti = '0510') =>
    changed(request, { 48: judgedTotals(ONE_SALE, 'balanced', 'balanced'), ...fields }, mti);

  it('is read with the totals and the word of the host on each half, and has no response code', () => {
    fc.assert(
      fc.property(totals, balance, balance, (own, domestic, foreign) => {
        const message = decoded(answer({ 48: judgedTotals(own, domestic, foreign) }));
        expect(parseSettlementAnswer(request, message)).toEqual({ kind: 'answered', domestic, foreign, totals: own });
      }),
    );
  });

  it('says by digits 31 and 62 that a half balances (1), does not (2) or is wrong (3)', () => {
    const digits = judgedTotals(ONE_SALE, 'unbalanced', 'error');
    expect([digits.length, digits[30], digits[61]]).toEqual([62, '2', '3']);
  });

  it('with a response code is a refusal to settle', () => {
    const refusal = answer({ 39: '77', 42: undefined, 48: undefined });
    expect(parseSettlementAnswer(request, refusal)).toEqual({ kind: 'refused', responseCode: '77' });
  });

  it.each([
    ['11', { 11: '000004' }, '0510'],
    ['41', { 41: '12345679' }, '0510'],
    ['42', { 42: '898310058120002' }, '0510'],
    ['mti', {}, '0330'],
  ])('to something else is told by %s', (field, fields, mti) => {
    expect(parseSettlementAnswer(request, answer(fields, mti))).toEqual({ kind: 'mismatch', fields: [field] });
  });

  it.each([
    ['nobody has judged', { 48: `${judgedTotals(ONE_SALE, 'balanced', 'balanced').slice(0, 61)}0` }],
    [
      'are judged in a way that is not defined',
      { 48: `${judgedTotals(ONE_SALE, 'balanced', 'balanced').slice(0, 61)}7` },
    ],
    ['are missing', { 48: undefined }],
  ])('is not believed when its totals %s', (_how, fields) => {
    expectRefusal(() => parseSettlementAnswer(request, answer(fields)));
  });
});

const CERTIFICATE_DATA = hex('9F2608AABBCCDDEEFF0011 9F270140');
const CHIP: ChipDetail = {
  balanced: true,
  network: 'domestic',
  pan: '6222021234567890128',
  amountFen: 10_000,
  entryMode: '051',
  cardSequence: '001',
  chipData: CERTIFICATE_DATA,
};

const network = fc.constantFrom('domestic' as const, 'foreign' as const);
const pan = fc.stringMatching(/^[1-9]\d{11,18}$/);
const stan = fc.integer({ min: 1, max: 999_999 });
const detail = fc.record({ network, stan, pan: fc.option(pan, { nil: undefined }), amountFen: fen });
const chip = fc.record({
  balanced: fc.boolean(),
  network,
  pan,
  amountFen: fen,
  entryMode: fc.constantFrom('051', '052', '071'),
  cardSequence: fc.constantFrom('000', '001', undefined),
});
const upload: fc.Arbitrary<Upload> = fc.oneof(
  fc.array(detail, { minLength: 1, maxLength: 8 }).map((details) => ({ kind: 'details', details }) as const),
  chip.map((each) => ({ kind: 'certificate', ...each, chipData: CERTIFICATE_DATA }) as const),
  fc
    .tuple(chip, fc.constantFrom('refusedOffline', 'couldNotGoOnline', 'issuerNotAuthenticated'))
    .map(([each, failure]) => ({ kind: 'failure', failure, ...each, chipData: hex('9F270100') }) as const),
  fc
    .record({ balanced: fc.boolean(), count: fc.integer({ min: 0, max: 9999 }) })
    .map((each) => ({ kind: 'end', ...each }) as const),
);

describe('batch upload 0320', () => {
  const fieldsOf = (message: Upload) => uploadRequest(HEAD, message).fields;

  it('of swiped sales is a count and 40 digits for each', () => {
    const details = [
      { network: 'domestic', stan: 12, pan: '6222021234567890128', amountFen: 10_000 },
      { network: 'foreign', stan: 13, pan: '4500000000000015', amountFen: 1 },
    ] as const;
    expect(fieldsOf({ kind: 'details', details })).toEqual({
      11: '000003',
      41: '12345678',
      42: '898310058120001',
      48: [
        '02',
        '00000012',
        '06222021234567890128',
        '000000010000',
        '01000013',
        '00004500000000000015',
        '000000000001',
      ].join(''),
      60: '00000001201',
    });
  });

  it('takes the 322 digits of field 48 with eight details, and no more', () => {
    const one = { network: 'domestic', stan: 1, pan: '6222021234567890128', amountFen: 1 } as const;
    const eight = uploadRequest(HEAD, { kind: 'details', details: Array.from({ length: 8 }, () => one) });
    expect(String(decoded(eight).fields[48])).toHaveLength(322);
    expect(() => fieldsOf({ kind: 'details', details: Array.from({ length: 9 }, () => one) })).toThrow(Fault);
  });

  it.each([
    [true, '00000001203'],
    [false, '00000001205'],
  ])('of a chip carries its certificate, balanced %s', (balanced, f60) => {
    const { 62: mark, ...fields } = fieldsOf({ kind: 'certificate', ...CHIP, balanced });
    expect(fields).toMatchObject({ 2: CHIP.pan, 22: '051', 23: '001', 55: CERTIFICATE_DATA, 60: f60 });
    expect(latin1Of(mark as Uint8Array)).toBe('610000000000010000156');
  });

  it.each([
    ['refusedOffline', true, '710111000000010000156', '00000001204'],
    ['couldNotGoOnline', false, '710113000000010000156', '00000001206'],
    ['issuerNotAuthenticated', false, '710105000000010000156', '00000001206'],
  ] as const)('of a chip without a good certificate says %s', (failure, balanced, mark, f60) => {
    const fields = fieldsOf({ kind: 'failure', failure, ...CHIP, network: 'foreign', balanced });
    expect([latin1Of(fields[62] as Uint8Array), fields[60]]).toEqual([mark, f60]);
  });

  it.each([
    [true, '00000001207'],
    [false, '00000001202'],
  ])('ends with the number of sales, balanced %s', (balanced, f60) => {
    expect(fieldsOf({ kind: 'end', balanced, count: 12 })).toMatchObject({ 48: '0012', 60: f60 });
  });

  it('is read by the host as the terminal meant it, in every form', () => {
    fc.assert(
      fc.property(upload, stan, (said, number) => {
        const message = decoded(uploadRequest({ ...HEAD, stan: number }, said));
        expect(parseUpload(message)).toEqual({ batch: '000001', stan: number, upload: said });
      }),
    );
  });

  const details = uploadRequest(HEAD, {
    kind: 'details',
    details: [{ network: 'domestic', stan: 12, pan: CHIP.pan, amountFen: 1 }],
  });
  const certificate = uploadRequest(HEAD, { kind: 'certificate', ...CHIP });
  const end = uploadRequest(HEAD, { kind: 'end', balanced: true, count: 1 });

  it.each([
    ['another count than details', changed(details, { 48: `02${String(details.fields[48]).slice(2)}` })],
    ['a network that is not defined', changed(details, { 48: `0107${String(details.fields[48]).slice(4)}` })],
    ['trace number 0', changed(details, { 48: `0100000000${String(details.fields[48]).slice(10)}` })],
    ['a card number of 20 digits', changed(details, { 48: `0100000012${'6'.repeat(20)}000000000001` })],
    ['half a detail', changed(details, { 48: String(details.fields[48]).slice(0, -2) })],
    ['no number of its own', changed(details, { 11: undefined })],
    ['a code of no upload', changed(details, { 60: '00000001208' })],
    ['a cryptogram that is no certificate', changed(certificate, { 55: hex('9F270180') })],
    ['chip data that are no TLV', changed(certificate, { 55: hex('9F27') })],
    ['the mark of a failure', changed(certificate, { 62: bytesOfLatin1('710011000000010000156') })],
    ['a certificate with a cause', changed(certificate, { 62: bytesOfLatin1('610011000000010000156') })],
    ['another currency', changed(certificate, { 62: bytesOfLatin1('610000000000010000840') })],
    ['a certificate without the kind of cryptogram', changed(certificate, { 55: hex('9F2608AABBCCDDEEFF0011') })],
    ['no details', changed(details, { 48: undefined })],
    ['no card number', changed(certificate, { 2: undefined })],
    ['no entry mode', changed(certificate, { 22: undefined })],
    ['no chip data', changed(certificate, { 55: undefined })],
    ['no mark', changed(certificate, { 62: undefined })],
    [
      'a cause that is not defined',
      changed(certificate, { 60: '00000001204', 62: bytesOfLatin1('710077000000010000156') }),
    ],
    ['a count of another length', changed(end, { 48: '001' })],
    ['no count', changed(end, { 48: undefined })],
    ['another message type', { ...end, mti: '0500' }],
  ])('is refused with %s', (_what, message) => {
    expectRefusal(() => parseUpload(message));
  });

  it('is read or refused in good order whatever its digits are', () => {
    const digits = fc.stringMatching(/^\d{0,90}$/);
    fc.assert(
      fc.property(digits, fc.constantFrom('201', '202', '203', '206', '207', '999'), (f48, net) => {
        expectOrderlyRefusal(() => parseUpload(changed(certificate, { 48: f48, 60: `00000001${net}` })));
      }),
    );
  });
});

const NOTICE: ScriptNoticeFields = {
  ...HEAD,
  batch: '000002',
  pan: CHIP.pan,
  processingCode: '000000',
  amountFen: 10_000,
  entryMode: '051',
  cardSequence: '001',
  conditionCode: '00',
  retrievalReference: '612612000001',
  authorizationCode: '123456',
  reserved60: '2200000100060',
  original: { batch: '000001', stan: 12, date: '1121' },
  chipData: hex(
    '9F2608AABBCCDDEEFF0011 9F2701409F360200019505000000000057136222021234567890128D49122010000012345F DF31052000000001',
  ),
};

describe('script notice 0620', () => {
  it('names the sale and what its terminal could read, and holds the tags of the rules alone', () => {
    expect(scriptNotice(NOTICE)).toEqual({
      mti: '0620',
      fields: {
        2: CHIP.pan,
        3: '000000',
        4: '000000010000',
        11: '000003',
        22: '051',
        23: '001',
        25: '00',
        37: '612612000001',
        38: '123456',
        41: '12345678',
        42: '898310058120001',
        49: '156',
        55: hex('9505 0000000000 9F2608AABBCCDDEEFF0011 9F36020001 DF31052000000001'),
        60: '0000000295160',
        61: '0000010000121121',
      },
    });
  });

  it('is read by the host with the result of the script', () => {
    expect(parseScriptNotice(decoded(scriptNotice(NOTICE)))).toEqual({
      original: { batch: '000001', stan: 12 },
      pan: CHIP.pan,
      scriptResult: hex('2000000001'),
    });
  });

  it('leaves the day open where the host has not told it', () => {
    const original = { ...NOTICE.original, date: undefined };
    expect(scriptNotice({ ...NOTICE, original }).fields[61]).toBe('0000010000120000');
  });

  it('is not made without a script', () => {
    expectRefusal(() => scriptNotice({ ...NOTICE, chipData: CERTIFICATE_DATA }));
  });

  it.each([
    ['no sale', { 61: undefined }],
    ['no card number', { 2: undefined }],
    ['no script result', { 55: CERTIFICATE_DATA }],
    ['no chip data', { 55: undefined }],
    ['the code of a settlement', { 60: '00000002201' }],
  ])('is refused with %s', (_what, fields) => {
    expectRefusal(() => parseScriptNotice(changed(scriptNotice(NOTICE), fields)));
  });

  it('is no other message', () => {
    expect(expectRefusal(() => parseScriptNotice({ ...scriptNotice(NOTICE), mti: '0320' })).path).toEqual(['mti']);
  });
});
