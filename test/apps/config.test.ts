import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readConfigFile } from '../../apps/config-file.ts';
import { parseConfig, type ReadBeside } from '../../apps/config.ts';
import { bytesOfLatin1 } from '../../firmware/base/bytes.ts';
import { DEFAULT_INSTALLMENTS } from '../../firmware/rules/installment/settings.ts';
import type { TerminalSettings } from '../../firmware/settings.ts';

function settingsOf(text: string, readBeside?: ReadBeside): TerminalSettings {
  const checked = parseConfig(text, readBeside);
  if (checked.kind === 'invalid') throw new Error(checked.problems.join('\n'));
  return checked.value;
}

function problemsOf(text: string, readBeside?: ReadBeside): readonly string[] {
  const checked = parseConfig(text, readBeside);
  return checked.kind === 'invalid' ? checked.problems : [];
}

describe('a configuration of instalments', () => {
  it('leaves what it does not name as it was, and switches off what it says is nothing', () => {
    const { installments } = settingsOf('installments:\n  baitiao: null\n');
    expect(installments).toEqual({ huabei: DEFAULT_INSTALLMENTS.huabei, card: DEFAULT_INSTALLMENTS.card });
  });

  it('takes every member of an offer', () => {
    const { installments } = settingsOf(`
installments:
  card:
    amountMinFen: 60000
    amountMaxFen: 900000
    offers:
      - periods: 18
        feeRatePpm: 90000
        feePayer: customer
        amountMinFen: 70000
        amountMaxFen: 800000
        product: "B018"
        bins: ["622588"]
        issuer: 示范银行
        terms: { remainderIn: last, feeIn: firstPeriod, due: { kind: dayOfMonth, day: 20 } }
`);
    expect(installments.card?.offers).toEqual([
      {
        periods: 18,
        feeRatePpm: 90_000,
        feePayer: 'customer',
        amountMinFen: 70_000,
        amountMaxFen: 800_000,
        product: 'B018',
        bins: ['622588'],
        issuer: '示范银行',
        terms: { remainderIn: 'last', feeIn: 'firstPeriod', due: { kind: 'dayOfMonth', day: 20 } },
      },
    ]);
  });

  it('names line and reason of everything in it that contradicts itself', () => {
    expect(
      problemsOf(`
installments:
  huabei:
    amountMinFen: 5000
    amountMaxFen: 4000
    offers: []
  card:
    amountMinFen: 1
    amountMaxFen: 4000
    offers:
      - { periods: 3, feeRatePpm: 2000000, feePayer: customer, product: A }
      - { periods: 3, feeRatePpm: 1000, feePayer: customer, product: B }
      - { periods: 99, feeRatePpm: 1000, feePayer: customer }
      - { periods: 6, feeRatePpm: 1000, feePayer: customer, product: C, bins: ["1234"] }
`),
    ).toEqual([
      'line 4: installments.huabei.amountMinFen: is above amountMaxFen',
      'line 6: installments.huabei.offers: is empty: a method without plans is left out',
      'line 11: installments.card.offers.0.feeRatePpm: is a whole number from 0 to 1000000 (100 %)',
      'line 12: installments.card.offers.1: repeats offers.0',
      'line 13: installments.card.offers.2.periods: is a whole number from 2 to 60',
      'line 13: installments.card.offers.2.product: is missing: an issuer knows a plan by it',
      'line 14: installments.card.offers.3.bins: are 6 to 8 digits each',
    ]);
  });

  it('says what is of a wrong kind before it asks whether the plans agree', () => {
    expect(
      problemsOf(`
installments:
  huabei: { amountMinFen: 1, amountMaxFen: 9, offers: [{ periods: 3.5, feeRatePpm: 1, feePayer: bank }] }
`),
    ).toEqual([
      'line 3: installments.huabei.offers.0.periods: is a whole number',
      'line 3: installments.huabei.offers.0.feePayer: is customer or merchant',
    ]);
  });
});

describe('a configuration of payment methods', () => {
  it('names them by id, or with words and a colour of the shop', () => {
    const { methods, offerInstallmentsFromFen } = settingsOf(`
methods: [baitiao, { id: huabei, zh: 花呗免息, en: Huabei, tone: purple }]
offerInstallmentsFromFen: 100000
`);
    expect(methods).toEqual([{ id: 'baitiao' }, { id: 'huabei', zh: '花呗免息', en: 'Huabei', tone: 'purple' }]);
    expect(offerInstallmentsFromFen).toBe(100_000);
  });

  it('names line and reason of what cannot be chosen', () => {
    expect(
      problemsOf(`
methods:
  - huabei
  - huabei
  - { id: baitiao, tone: blue, zh: '' }
  - cash
`),
    ).toEqual([
      'line 6: methods.3: is one of huabei, baitiao, cardInstallment, alipayCode, wechatCode, jdCode, unionpayCode, or { id, zh, en, tone }',
    ]);
    expect(
      problemsOf(`
installments: { card: null }
methods:
  - huabei
  - huabei
  - { id: baitiao, tone: blue, zh: '' }
  - cardInstallment
`),
    ).toEqual([
      'line 5: methods.1: is huabei once more',
      'line 6: methods.2: has the colour of methods.0: blue',
      'line 6: methods.2.zh: takes 1 to 30 columns',
      'line 7: methods.3: is not activated: installments.card is missing',
    ]);
  });

  it('does not mind a usual method that is switched off', () => {
    expect(problemsOf('installments: { card: null }')).toEqual([]);
  });
});

describe('a configuration with a seal', () => {
  const PICTURE = 'P1\n8 2\n1111111100000001';
  const SEAL = { widthDots: 8, heightDots: 2, bits: '/wE=' };

  it('has its dots in it', () => {
    expect(settingsOf('seal: { widthDots: 8, heightDots: 2, bits: "/wE=" }').seal).toEqual(SEAL);
  });

  it('or names a file, by its path from the configuration', () => {
    const asked: string[] = [];
    const settings = settingsOf('sealFile: seals/mine.pbm', (path) => {
      asked.push(path);
      return bytesOfLatin1(PICTURE);
    });
    expect(asked).toEqual(['seals/mine.pbm']);
    expect(settings.seal).toEqual(SEAL);
    expect(settings).not.toHaveProperty('sealFile');
  });

  it('or has none', () => {
    expect(settingsOf('language: en')).not.toHaveProperty('seal');
  });

  it.each<[string, string, readonly string[]]>([
    ['seal: { widthDots: 8, heightDots: 2, bits: "/w==" }', '', ['seal.bits: has 1 bytes where the dots take 2']],
    [
      'seal: { widthDots: 300, heightDots: 2, bits: "" }',
      '',
      ['seal.widthDots: is a whole number of dots from 1 to 200'],
    ],
    ['seal: { widthDots: 200, heightDots: 200, bits: "" }', '', ['seal: has 5000 bytes of dots, more than 4096']],
    ['seal: { widthDots: 8 }', '', ['seal.heightDots: is missing', 'seal.bits: is missing']],
    ['sealFile: x.pbm', 'GIF89a', ['sealFile: is no PBM picture (P1 or P4)']],
    ['sealFile: 7', PICTURE, ['sealFile: is the path of a PBM file']],
    [
      'seal: { widthDots: 8, heightDots: 2, bits: "/wE=" }\nsealFile: x.pbm',
      PICTURE,
      ['sealFile: stands beside seal: one of the two is enough'],
    ],
  ])('%s is refused: %s', (text, picture, problems) => {
    const found = problemsOf(text, () => bytesOfLatin1(picture));
    expect(found.map((line) => line.replace(/^line \d+: /, ''))).toEqual(problems);
  });

  it('names no file when it is no file itself', () => {
    expect(problemsOf('sealFile: x.pbm')).toEqual(['line 1: sealFile: is no file: the configuration stands alone']);
  });

  it('finds the file beside itself, wherever the program runs, and says when it cannot', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fenqi-config-'));
    try {
      mkdirSync(join(folder, 'seals'));
      writeFileSync(join(folder, 'seals/mine.pbm'), PICTURE);
      const config = join(folder, 'shop.yaml');
      writeFileSync(config, 'sealFile: seals/mine.pbm\n');
      expect(await readConfigFile(config)).toMatchObject({ kind: 'valid', value: { seal: SEAL } });
      writeFileSync(config, 'training: false\nsealFile: seals/yours.pbm\n');
      expect(await readConfigFile(config)).toEqual({
        kind: 'invalid',
        problems: ['line 2: sealFile: cannot be read (ENOENT)'],
      });
      expect(await readConfigFile(join(folder, 'none.yaml'))).toMatchObject({ kind: 'invalid' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
