import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { hexOf } from '../../../firmware/base/bytes.ts';
import { AMOUNT_MAX_FEN } from '../../../firmware/base/fen.ts';
import { parseUpload, type RefundDetail, uploadRequest } from '../../../firmware/protocol/cup/messages.ts';
import { createCodec, CUP_STANDARD, type IsoValue } from '../../../firmware/protocol/iso8583/index.ts';
import { expectRefusal } from './error-text.ts';

const codec = createCodec(CUP_STANDARD);
const HEAD = { stan: 3, terminalId: '12345678', merchantId: '898310058120001', batch: '000001' } as const;
const REFUND: RefundDetail = {
  fields: {
    processingCode: '200000',
    amountFen: 4_000,
    stan: 3,
    expiry: '4912',
    entryMode: '072',
    cardSequence: '001',
    conditionCode: '00',
    terminalId: '12345678',
    merchantId: '898310058120001',
    reserved60: '2500000100060',
  },
  original: { batch: '000001', stan: 12, retrievalReference: '632512000001', hostDate: '1121' },
  pan: '6222021234567890128',
};

const known = fc.boolean();
const refund = fc
  .record({ amountFen: fc.integer({ min: 0, max: AMOUNT_MAX_FEN }), stan: fc.integer({ min: 1, max: 999_999 }) })
  .chain(({ amountFen, stan }) =>
    fc.tuple(known, known, known, known, known).map(([hasCard, hasKey, hasDay, hasVoucher, byPlan]): RefundDetail => {
      const installment = byPlan ? ({ periods: 6, productCode: 'FQ06', feeMode: 'once' } as const) : undefined;
      const card = hasCard ? {} : { expiry: undefined, cardSequence: undefined };
      const conditionCode = byPlan ? '64' : '00';
      return {
        fields: { ...REFUND.fields, ...card, amountFen, stan, installment, conditionCode },
        original: {
          retrievalReference: '632512000001',
          batch: hasKey ? '000001' : undefined,
          stan: hasKey ? 12 : undefined,
          hostDate: hasDay ? '1121' : undefined,
          authorizationCode: hasDay ? '123456' : undefined,
          voucher: hasVoucher ? '20261121632512000001' : undefined,
          cardOrganisation: hasVoucher ? 'CUP' : undefined,
        },
        pan: hasCard ? REFUND.pan : undefined,
      };
    }),
  );

describe('batch upload 0320 of a refund', () => {
  it('is its 0220 under code 201, to the byte', () => {
    expect(hexOf(codec.encode(uploadRequest(HEAD, { kind: 'refund', ...REFUND })))).toBe(
      [
        '0320 702406 8008C0801A',
        '19 62220212345678901280',
        '200000 000000004000 000003 4912 0720 0001 00',
        '363332353132303030303031',
        '3132333435363738 383938333130303538313230303031 313536',
        '0013 25000001201600 0016 0000010000121121 0003 303030',
      ]
        .join('')
        .replaceAll(' ', ''),
    );
  });

  it('is read by the host as the terminal meant it', () => {
    fc.assert(
      fc.property(refund, (said) => {
        const { stan } = said.fields;
        const message = codec.decode(codec.encode(uploadRequest({ ...HEAD, stan }, { kind: 'refund', ...said })));
        expect(parseUpload(message)).toEqual({ batch: '000001', stan, upload: { kind: 'refund', ...said } });
      }),
    );
  });

  it.each<[string, number, IsoValue | undefined]>([
    ['nothing', 4, undefined],
    ['something that is no refund', 3, '000000'],
    ['no sale', 61, '000001000012'],
    ['a sale without a reference', 37, undefined],
    ['instalments that are missing', 25, '64'],
    ['no batch', 60, undefined],
  ])('is refused for %s', (_what, field, value) => {
    const { mti, fields } = uploadRequest(HEAD, { kind: 'refund', ...REFUND });
    const { [field]: _, ...others } = fields;
    expectRefusal(() => parseUpload({ mti, fields: value === undefined ? others : { ...others, [field]: value } }));
  });
});
