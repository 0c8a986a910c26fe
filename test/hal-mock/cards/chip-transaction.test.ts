import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { concatBytes, hex, hexOf, latin1Of } from '../../../firmware/base/bytes.ts';
import { ProtocolError } from '../../../firmware/base/protocol-error.ts';
import { encodeTlv } from '../../../firmware/protocol/tlv/index.ts';
import { ChipCard, ChipCards } from '../../../hal-mock/cards/chip-card.ts';
import { arqcInput, chipDataOf, chipTags, type ChipTags } from '../../../hal-mock/cards/chip-data.ts';
import { chinaDateAndTime, type ChipTerms, ChipTransaction } from '../../../hal-mock/cards/chip-transaction.ts';
import { cryptogramIsGenuine, issuerAuthenticationData, issuerScript } from '../../../hal-mock/cards/issuer.ts';
import { testCard } from '../../../hal-mock/cards/test-cards.ts';
import { chipTrack2 } from '../../../hal-mock/cards/tracks.ts';

const TERMS: ChipTerms = {
  interface: 'chip',
  amountFen: 8800,
  date: '261121',
  unpredictableNumber: hex('01 23 45 67'),
  sequenceCounter: 42,
  serialNumber: 'NEO2TEST',
  noPinLimitFen: 100_000,
};

function open(id: string, terms: Partial<ChipTerms> = {}) {
  const card = testCard(id);
  const chip = new ChipCard(card);
  const transaction = new ChipTransaction(chip, { ...TERMS, ...terms });
  return { card, chip, transaction };
}

function hexTag(tags: ChipTags, tag: string): string | undefined {
  const value = tags.get(tag);
  return value === undefined ? undefined : hexOf(value);
}

/** What an approving issuer answers, by the card data it got. */
function approval(id: string, transaction: ChipTransaction): Uint8Array {
  const value = issuerAuthenticationData(testCard(id), chipDataOf(transaction.tags), '00');
  return encodeTlv([{ tag: '91', value }]);
}

describe('chip transaction', () => {
  it('gives every tag of field 55 and a cryptogram that the issuer recognises', () => {
    const { card, transaction } = open('credit');
    const requestTags = '9F26 9F27 9F10 9F37 9F36 95 9A 9C 9F02 5F2A 82 9F1A 9F03 9F33 9F34 9F35 9F1E 84 9F09 9F41';
    for (const tag of requestTags.split(' '))
      expect([tag, transaction.tags.get(tag)?.length]).not.toEqual([tag, undefined]);
    expect(hexTag(transaction.tags, '9F02')).toBe('000000008800');
    expect(hexTag(transaction.tags, '9A')).toBe('261121');
    expect(hexTag(transaction.tags, '57')).toBe(chipTrack2(card));
    expect(transaction.cryptogramType).toBe('arqc');
    expect(cryptogramIsGenuine(card, chipDataOf(transaction.tags))).toBe(true);
  });

  it('covers amounts, country, results, currency, date, type, number, profile, counter and card results, in this order', () => {
    const { transaction } = open('credit');
    expect(hexOf(arqcInput(transaction.tags))).toBe(
      '000000008800' +
        '000000000000' +
        '0156' +
        '0000048000' +
        '0156' +
        '261121' +
        '00' +
        '01234567' +
        '7C00' +
        '0001' +
        '03A00000',
    );
  });

  it('changes the cryptogram with anything it covers', () => {
    const { card, transaction } = open('debit');
    fc.assert(
      fc.property(
        fc.constantFrom('9F02', '9F03', '9F1A', '95', '5F2A', '9A', '9C', '9F37', '82', '9F36', '9F26'),
        (tag) => {
          const value = Uint8Array.from(transaction.tags.get(tag) ?? []);
          value[value.length - 1] = (value.at(-1) ?? 0) ^ 1;
          const forged = new Map([...transaction.tags, [tag, value]]);
          expect(cryptogramIsGenuine(card, chipDataOf(forged))).toBe(false);
        },
      ),
    );
    expect(cryptogramIsGenuine(testCard('credit'), chipDataOf(transaction.tags))).toBe(false);
  });

  it('names the missing tag and nothing else', () => {
    const { transaction } = open('debit');
    const tags = new Map(transaction.tags);
    tags.delete('9F37');
    expect(() => arqcInput(tags)).toThrow(new ProtocolError(['55', '9F37'], 'is missing'));
  });

  it('counts its transactions for as long as the card lives', () => {
    const cards = new ChipCards();
    const counters = [1, 2, 3].map(() => {
      const transaction = new ChipTransaction(cards.of(testCard('debit')), TERMS);
      return hexTag(transaction.tags, '9F36');
    });
    expect(counters).toEqual(['0001', '0002', '0003']);
  });

  it('accepts an authentic approval and says so in the transaction status', () => {
    const { transaction } = open('credit');
    const completed = transaction.complete('00', approval('credit', transaction));
    expect(completed.accepted).toBe(true);
    expect(transaction.cryptogramType).toBe('tc');
    expect(hexTag(completed.tags, '9B')).toBe('F800');
    expect(hexTag(completed.tags, '95')).toBe('0000048000');
    expect(cryptogramIsGenuine(testCard('credit'), chipDataOf(completed.tags))).toBe(true);
  });

  it('accepts an approval without issuer data', () => {
    const { transaction } = open('credit');
    expect(transaction.complete('00', new Uint8Array()).accepted).toBe(true);
  });

  it.each(['51', 'Z3', '05'])('refuses when the host said %s', (responseCode) => {
    const { transaction } = open('credit');
    expect(transaction.complete(responseCode, new Uint8Array()).accepted).toBe(false);
    expect(transaction.cryptogramType).toBe('aac');
  });

  it.each([0, 7, 8, 9])('refuses an approval whose issuer data was changed in byte %i', (at) => {
    const { transaction } = open('credit');
    const answer = approval('credit', transaction);
    answer[2 + at] = (answer[2 + at] ?? 0) ^ 0x80;
    const completed = transaction.complete('00', answer);
    expect(completed.accepted).toBe(false);
    expect(hexTag(completed.tags, '95')).toBe('0000048040');
  });

  it('refuses an approval made for an earlier transaction', () => {
    const { chip, transaction } = open('credit');
    const stale = approval('credit', transaction);
    expect(new ChipTransaction(chip, TERMS).complete('00', stale).accepted).toBe(false);
  });

  it('refuses after approval when the card is of that kind, and offline when it is of the other', () => {
    const { transaction } = open('refuses-after-approval');
    expect(transaction.complete('00', approval('refuses-after-approval', transaction)).accepted).toBe(false);
    expect(open('refuses-offline').transaction.cryptogramType).toBe('aac');
  });

  it('notices that the application has expired, and only then', () => {
    expect(hexTag(open('expired').transaction.tags, '95')).toBe('0040048000');
    expect(hexTag(open('credit', { date: '290930' }).transaction.tags, '95')).toBe('0000048000');
    expect(hexTag(open('credit', { date: '291001' }).transaction.tags, '95')).toBe('0040048000');
    expect(hexTag(open('credit').transaction.tags, '5F24')).toBe('290930');
  });

  it.each([
    ['credit', 'chip', 8800, '020300', undefined],
    ['credit-signature', 'chip', 8800, '1E0300', undefined],
    ['debit', 'tap', 99_999, '1F0002', '0000'],
    ['debit', 'tap', 100_000, '020300', '8000'],
    ['phone', 'tap', 100_000, '1F0002', '0080'],
  ] as const)('asks the holder of %s by %s over %i fen for %s', (id, cardInterface, amountFen, results, qualifiers) => {
    const { transaction } = open(id, { interface: cardInterface, amountFen });
    expect(hexTag(transaction.tags, '9F34')).toBe(results);
    expect(hexTag(transaction.tags, '9F6C')).toBe(qualifiers);
  });

  it('runs a script of its issuer after the second cryptogram and reports it', () => {
    const { card, chip, transaction } = open('credit');
    const chipData = chipDataOf(transaction.tags);
    const script = issuerScript(card, chipData, 'blockApplication', hex('11 22 33 44'));
    const completed = transaction.complete('00', concatBytes(approval('credit', transaction), script));
    expect(completed.accepted).toBe(true);
    expect(hexTag(completed.tags, 'DF31')).toBe('2011223344');
    expect(hexTag(completed.tags, '9B')).toBe('FC00');
    expect(chip.blocked).toBe(true);
  });

  it('reports which command of a forged script failed, and stays as it was', () => {
    const { card, chip, transaction } = open('credit');
    const script = issuerScript(card, chipDataOf(transaction.tags), 'blockApplication', hex('11 22 33 44'), '71');
    script[script.length - 1] = (script.at(-1) ?? 0) ^ 1;
    const completed = transaction.complete('00', script);
    expect(hexTag(completed.tags, 'DF31')).toBe('1111223344');
    expect(hexTag(completed.tags, '95')).toBe('0000048020');
    expect(chip.blocked).toBe(false);
  });

  it('answers issuer data that are no TLV with an error', () => {
    const { transaction } = open('credit');
    expect(() => transaction.complete('00', hex('91 0A 00'))).toThrow(ProtocolError);
  });

  it('keeps field 55 readable: what is written is what is read', () => {
    const { transaction } = open('debit');
    expect(chipTags(chipDataOf(transaction.tags))).toEqual(transaction.tags);
    expect(latin1Of(transaction.tags.get('50') ?? hex(''))).toBe('UNIONPAY DEBIT');
  });
});

describe('terminal time', () => {
  it('is China time, across midnight and years', () => {
    expect(chinaDateAndTime(Date.UTC(2026, 10, 21, 4, 0, 5))).toEqual({ date: '261121', time: '120005' });
    expect(chinaDateAndTime(Date.UTC(2026, 11, 31, 16, 0, 0))).toEqual({ date: '270101', time: '000000' });
  });
});
