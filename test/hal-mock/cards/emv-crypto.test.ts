import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { CIPHERS } from '../../../drivers/crypto/ciphers.ts';
import { concatBytes, hex, hexOf } from '../../../firmware/base/bytes.ts';
import {
  applicationCryptogram,
  arpcMethod1,
  arpcMethod2,
  type CardKeyOption,
  cardVerificationValue,
  deriveCardKey,
  deriveCryptogramKey,
  deriveScriptKey,
  scriptMac,
} from '../../../hal-mock/cards/emv-crypto.ts';

interface CryptogramVector {
  readonly imk: string;
  readonly pan: string;
  readonly psn: string;
  readonly option: CardKeyOption;
  readonly atc: string;
  readonly un: string;
  readonly iccMk: string;
  readonly skCommon_atc: string;
  readonly skCommon_atc_un: string;
  readonly data: string;
  readonly arqc_pad1: string;
  readonly arqc_pad2: string;
  readonly arc: string;
  readonly arpc1: string;
  readonly csu: string;
  readonly arpc2: string;
  readonly smMac: string;
}

interface Vectors {
  readonly emv_ac: readonly CryptogramVector[];
  readonly cvv: readonly { cvk: string; pan: string; exp: string; svc: string; cvv: string }[];
}

const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/emv-crypto.json', import.meta.url), 'utf8'),
) as unknown as Vectors;

describe('EMV cryptography', () => {
  it.each(vectors.emv_ac)('derives card and session keys, option $option, PAN $pan', (vector) => {
    const cardKey = deriveCardKey(CIPHERS, hex(vector.imk), vector.pan, vector.psn, vector.option);
    expect(hexOf(cardKey)).toBe(vector.iccMk);
    expect(hexOf(deriveCryptogramKey(CIPHERS, cardKey, hex(vector.atc)))).toBe(vector.skCommon_atc);
    expect(hexOf(deriveCryptogramKey(CIPHERS, cardKey, hex(vector.atc), hex(vector.un)))).toBe(vector.skCommon_atc_un);
  });

  it.each(vectors.emv_ac)('makes ARQC and ARPC, PAN $pan', (vector) => {
    const key = hex(vector.skCommon_atc);
    const arqc = applicationCryptogram(CIPHERS, key, hex(vector.data));
    expect(hexOf(arqc)).toBe(vector.arqc_pad2);
    expect(hexOf(applicationCryptogram(CIPHERS, key, hex(vector.data), 1))).toBe(vector.arqc_pad1);
    expect(hexOf(arpcMethod1(CIPHERS, key, arqc, hex(vector.arc)))).toBe(vector.arpc1);
    expect(hexOf(arpcMethod2(CIPHERS, key, arqc, hex(vector.csu)))).toBe(vector.arpc2);
  });

  it.each(vectors.emv_ac)('authenticates an issuer script, PAN $pan', (vector) => {
    const cryptogram = hex(vector.arqc_pad2);
    const key = deriveScriptKey(CIPHERS, hex(vector.iccMk), cryptogram);
    const command = { header: hex('84 24 00 00 08'), atc: hex(vector.atc), cryptogram };
    expect(hexOf(scriptMac(CIPHERS, key, command))).toBe(vector.smMac);
    const withData = { ...command, data: hex('01') };
    const sameBytes = { ...command, cryptogram: concatBytes(cryptogram, hex('01')) };
    expect(scriptMac(CIPHERS, key, withData)).toEqual(scriptMac(CIPHERS, key, sameBytes));
    expect(hexOf(scriptMac(CIPHERS, key, withData))).not.toBe(vector.smMac);
  });

  it.each(vectors.cvv)('computes CVV $cvv', ({ cvk, pan, exp, svc, cvv }) => {
    expect(cardVerificationValue(CIPHERS, hex(cvk), pan, exp, svc)).toBe(cvv);
  });

  it('takes option A for a PAN of up to 16 digits whatever was asked', () => {
    const key = hex('9E15204313F7318ACB79B90BD986AD29');
    const pan = '6299992000000013';
    expect(deriveCardKey(CIPHERS, key, pan, '01', 'B')).toEqual(deriveCardKey(CIPHERS, key, pan, '01', 'A'));
  });
});
