import { describe, expect, it } from '@jest/globals';
import { hex, hexOf } from '../../../firmware/base/bytes.ts';
import { ProtocolError } from '../../../firmware/base/protocol-error.ts';
import { chipDataAfterwards } from '../../../firmware/protocol/tlv/chip-data.ts';
import {
  decodeTlv,
  issuerAnswerData,
  requestChipData,
  reversalChipData,
} from '../../../firmware/protocol/tlv/index.ts';
import { joined } from '../iso8583/samples.ts';

/** What a reader gives at the end of a chip sale, in no order of the host's, with tags that the host must not get. */
const CARD_DATA = joined(
  '5A0A62284804025648900180',
  '57146228480402564890018D3012201100000000000F',
  '8408A000000333010102',
  '9F3303E0F9C8',
  '9F2608A1B2C3D4E5F60718',
  '9F270180',
  '9F1008A2B2C3D4E5F60718',
  '9F37041A2B3C4D',
  '9F36020021',
  '9505008004E800',
  '9A03261121',
  '9C0100',
  '9F0206000000001000',
  '5F2A020156',
  '82027C00',
  '9F1A020156',
  '9F0306000000000000',
  '9F3403020300',
  '9F1E083132333435363738',
);

function tagsOf(data: Uint8Array): string {
  return decodeTlv(data)
    .map(({ tag }) => tag)
    .join(' ');
}

describe('requestChipData', () => {
  it('has the tags of the host in the order of the host and no card number', () => {
    expect(tagsOf(requestChipData(hex(CARD_DATA)))).toBe(
      '9F26 9F27 9F10 9F37 9F36 95 9A 9C 9F02 5F2A 82 9F1A 9F03 9F33 9F34 9F1E 84',
    );
  });

  it('names the tag that is missing', () => {
    const without = hex(CARD_DATA.replace('9F36020021', ''));
    expect(() => requestChipData(without)).toThrow(new ProtocolError(['55', '9F36'], 'is missing'));
  });

  it('refuses data that are not BER-TLV', () => {
    expect(() => requestChipData(hex(CARD_DATA).subarray(1))).toThrow(ProtocolError);
  });
});

describe('reversalChipData', () => {
  const withScript = hex(`${CARD_DATA}DF31052000000000`);

  it('has counter, device and script results', () => {
    expect(hexOf(reversalChipData(withScript, false))).toBe(
      joined('9F1E083132333435363738', '9F36020021', 'DF31052000000000'),
    );
    expect(tagsOf(reversalChipData(hex(CARD_DATA), false))).toBe('9F1E 9F36');
  });

  it('has also what the card says when it declined after the approval', () => {
    expect(tagsOf(reversalChipData(withScript, true))).toBe('95 9F1E 9F10 9F36 DF31');
  });

  it('is empty when there is nothing to send', () => {
    expect(reversalChipData(hex('9C0100'), true)).toHaveLength(0);
  });
});

describe('issuerAnswerData', () => {
  const SCRIPT_A = joined('720F', '9F1804000000018606842400000421');
  const SCRIPT_B = joined('7209', '860784160000041122');

  it('puts authentication first and keeps every script untouched and in order', () => {
    const answer = hex(`${SCRIPT_A}9F36020021${SCRIPT_B}910A11223344556677883030`);
    expect(hexOf(issuerAnswerData(answer))).toBe(`910A11223344556677883030${SCRIPT_A}${SCRIPT_B}`);
  });

  it('keeps a length that was longer than needed', () => {
    expect(hexOf(issuerAnswerData(hex('91810411223344')))).toBe('91810411223344');
  });

  it('is empty when the issuer sent nothing for the card', () => {
    expect(issuerAnswerData(hex('9F36020021'))).toHaveLength(0);
  });
});

describe('chipDataAfterwards', () => {
  const request = hex('9F2608A1B2C3D4E5F60718 9F270180 9F36020021');

  it('puts what the chip said last in the place of what it said first, and adds what is new', () => {
    const verdict = hex('9F270140 9F2608FFEEDDCCBBAA9988 DF31052000000000');
    expect(hexOf(chipDataAfterwards(request, verdict) ?? hex(''))).toBe(
      joined('9F2608FFEEDDCCBBAA9988', '9F270140', '9F36020021', 'DF31052000000000'),
    );
  });

  it.each(['9F270140', '9F2608FFEEDDCCBBAA9988', ''])('is nothing without a second cryptogram: "%s"', (verdict) => {
    expect(chipDataAfterwards(request, hex(verdict))).toBeUndefined();
  });
});
