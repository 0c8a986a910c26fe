import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { columnsOf, wrapText } from '../../firmware/base/columns.ts';
import { AMOUNT_MAX_FEN, formatYuan } from '../../firmware/base/fen.ts';
import { Fault } from '../../firmware/base/invariant.ts';
import { maskPan } from '../../firmware/base/masked.ts';
import type { SlipLine } from '../../firmware/hal/slip.ts';
import { buildSaleSlip } from '../../firmware/receipts/sale-slip.ts';
import type { CardPayment, SaleSlipData, SlipOptions } from '../../firmware/receipts/slip-data.ts';
import { layOut } from './lay-out.ts';
import { cardSale, HUABEI_PLAN, walletSale } from './sales.ts';

const FIRST: SlipOptions = { language: 'zh', reprint: false, training: false };
const COPIES = ['merchant', 'cardholder'] as const;

/** The paper as one text, without the padding that the layout adds. */
function textOf(lines: readonly SlipLine[]): string {
  return layOut(lines).join('\n');
}

function pairsOf(lines: readonly SlipLine[]): Record<string, string> {
  return Object.fromEntries(lines.flatMap((line) => (line.kind === 'pair' ? [[line.label, line.value]] : [])));
}

describe('card slip', () => {
  it.each([
    ['zh', '支付方式(PAID WITH)', '云闪付'],
    ['en', 'PAID WITH', 'UnionPay'],
  ] as const)('of a pay code names the wallet in %s, and no card', (language, label, wallet) => {
    const sale = cardSale({ entry: 'code', maskedPan: '****', verification: 'none' });
    const pairs = pairsOf(buildSaleSlip(sale, 'merchant', { ...FIRST, language }));
    expect(pairs[label]).toContain(wallet);
    expect(Object.keys(pairs).join()).not.toMatch(/卡号|CARD NO/);
  });

  it('of the merchant, in Chinese with English labels', () => {
    const sale = cardSale({ verification: 'signature' }, { remarks: ['CUP 谢谢惠顾'] });
    expect(layOut(buildSaleSlip(sale, 'merchant', FIRST))).toEqual([
      ' 银联POS签购单#',
      '         POS SALES SLIP',
      '     商户存根 MERCHANT COPY',
      '--------------------------------',
      '商户名称(MERCHANT)  分期示范商店',
      '商户号(MERCHANT NO.)',
      '                 898310058120001',
      '终端号(TERMINAL NO.)    10000001',
      '操作员(OPERATOR)              01',
      '发卡行(ISSUER)          01020000',
      '收单行(ACQUIRER)        48213310',
      '卡号(CARD NO.)',
      '      6222 02** **** ***6 789 /I',
      '交易类型(TYPE)         消费 SALE',
      '批次号(BATCH NO.)         000001',
      '凭证号(VOUCHER NO.)       000123',
      '授权码(AUTH CODE)         482913',
      '参考号(REF. NO.)    142509000123',
      '日期时间(DATE/TIME)',
      '             2026/11/21 14:05:09',
      '金额(AMOUNT)                 RMB',
      '         ¥88.00#',
      '--------------------------------',
      'ARQC            8F3A1C2244D0B7E9',
      'TVR                   0000000000',
      'TSI                         E800',
      'ATC                         0012',
      'AID             A000000333010102',
      'PAN SN                       001',
      'APP LABEL        UnionPay Credit',
      '备注(REMARKS)',
      'CUP 谢谢惠顾',
      '--------------------------------',
      '持卡人签名(SIGNATURE)',
      '',
      '',
      '',
      '--------------------------------',
      '本人同意支付以上金额',
      'I AGREE TO PAY THE AMOUNT ABOVE',
      '         请商户妥善保管',
      '      SHOP KEEPS THIS SLIP',
    ]);
  });

  it('of the customer, in English alone, on 48 columns', () => {
    const lines = buildSaleSlip(cardSale({ entry: 'tap', verification: 'none' }), 'cardholder', {
      ...FIRST,
      language: 'en',
      columns: 48,
    });
    const paper = layOut(lines, 48);
    expect(paper.slice(0, 4)).toEqual([
      '                 POS SALES SLIP',
      '                CARDHOLDER COPY',
      '------------------------------------------------',
      'MERCHANT                            分期示范商店',
    ]);
    expect(paper).toContain('CARD NO.              6222 02** **** ***6 789 /C');
    expect(paper).toContain('NO PIN, NO SIGNATURE');
    expect(paper.join('').replaceAll('分期示范商店', '')).not.toMatch(/[\u4e00-\u9fff]/);
  });

  it.each([
    ['pin', 'chip', 'merchant', '已验密码，无需签名'],
    ['pin', 'swipe', 'cardholder', '已验密码，无需签名'],
    ['none', 'tap', 'merchant', '免密免签'],
    ['none', 'tap', 'cardholder', '免密免签'],
    ['none', 'chip', 'merchant', '无需签名'],
    ['signature', 'chip', 'merchant', '持卡人签名'],
    ['signature', 'chip', 'cardholder', undefined],
  ] as const)('verified by %s, read by %s, %s copy: %s', (verification, entry, copy, expected) => {
    const paper = textOf(buildSaleSlip(cardSale({ verification, entry }), copy, FIRST));
    for (const text of ['已验密码，无需签名', '免密免签', '持卡人签名']) {
      expect([text, paper.includes(text)]).toEqual([text, text === expected]);
    }
    if (expected !== undefined) expect(paper).toContain(expected);
    expect(paper.includes('本人同意支付')).toBe(verification === 'signature' && copy === 'merchant');
  });

  it.each([
    ['swipe', 'S'],
    ['chip', 'I'],
    ['tap', 'C'],
    ['fallback', 'F'],
  ] as const)('marks a card read by %s with %s', (entry, letter) => {
    const pairs = pairsOf(buildSaleSlip(cardSale({ entry }), 'merchant', FIRST));
    expect(pairs['卡号(CARD NO.)']).toBe(`6222 02** **** ***6 789 /${letter}`);
  });

  it('says TC where the card approved by itself, and prints no chip lines for a stripe', () => {
    const { payment } = cardSale();
    const chip = payment.kind === 'card' ? payment.chip : undefined;
    const offline = chip === undefined ? undefined : { ...chip, cryptogramType: 'tc' as const };
    expect(pairsOf(buildSaleSlip(cardSale({ chip: offline }), 'merchant', FIRST))).toHaveProperty(
      'TC',
      '8F3A1C2244D0B7E9',
    );
    const stripe = pairsOf(buildSaleSlip(cardSale({ chip: undefined, entry: 'swipe' }), 'merchant', FIRST));
    for (const label of ['ARQC', 'TC', 'TVR', 'AID']) expect(stripe).not.toHaveProperty(label);
  });

  it('leaves out what the host did not send', () => {
    const bare = cardSale({
      issuer: undefined,
      acquirer: '',
      authorizationCode: undefined,
      retrievalReference: undefined,
    });
    const paper = textOf(buildSaleSlip(bare, 'merchant', FIRST));
    for (const label of ['ISSUER', 'ACQUIRER', 'AUTH CODE', 'REF. NO.', 'REMARKS', 'undefined']) {
      expect(paper).not.toContain(label);
    }
  });
});

describe('wallet slip', () => {
  it('of a Huabei plan says everything that was agreed, and ends in the code of the order', () => {
    const lines = buildSaleSlip(walletSale(), 'cardholder', FIRST);
    expect(layOut(lines).slice(10)).toEqual([
      '        分期消费 INSTALMENT SALE',
      '支付方式(PAID WITH)       支付宝',
      '批次号(BATCH NO.)         000001',
      '凭证号(VOUCHER NO.)       000123',
      '日期时间(DATE/TIME)',
      '             2026/11/21 14:05:09',
      '金额(AMOUNT)                 RMB',
      '      ¥1,200.00#',
      '--------------------------------',
      '分期方式(PLAN)          花呗分期',
      '分期期数(PERIODS)            6期',
      '每期还款(EACH PERIOD)   ¥209.00',
      '首期还款(FIRST PAYMENT) ¥209.00',
      '首期还款日(FIRST DUE) 2026-12-09',
      '手续费(FEE)              ¥54.00',
      '手续费承担(FEE PAID BY)     顾客',
      '还款总额(TOTAL)       ¥1,254.00',
      '--------------------------------',
      '商户订单号(ORDER NO.)',
      '    1000000120261121000001000123',
      '交易号(TRADE NO.)',
      '    2026112122001400001234567890',
      '付款账户(PAID BY)    159****5620',
      '--------------------------------',
      '[QR 1000000120261121000001000123]',
      '         请妥善保管此单',
      '     PLEASE KEEP THIS SLIP',
    ]);
  });

  it('has the code on the customer copy only, and no card lines on either', () => {
    for (const copy of COPIES) {
      const lines = buildSaleSlip(walletSale(), copy, FIRST);
      expect(lines.some((line) => line.kind === 'qr')).toBe(copy === 'cardholder');
      expect(textOf(lines)).not.toMatch(/CARD NO\.|签名|SIGNATURE|签购单POS/);
    }
  });

  it('says who pays the fee, and when a card plan is due', () => {
    const merchantPays = walletSale(
      {},
      { plan: { ...HUABEI_PLAN, feePayer: 'merchant', feeFen: 0, totalFen: 120_000 } },
    );
    expect(pairsOf(buildSaleSlip(merchantPays, 'merchant', FIRST))).toMatchObject({
      '手续费(FEE)': '¥0.00',
      '手续费承担(FEE PAID BY)': '商户',
    });
    const cardPlan = cardSale({}, { plan: { ...HUABEI_PLAN, method: 'card', firstDueDate: undefined } });
    expect(pairsOf(buildSaleSlip(cardPlan, 'merchant', { ...FIRST, language: 'en' }))).toMatchObject({
      PLAN: 'Card instalments',
      'FIRST DUE': 'BY STATEMENT',
      TYPE: 'INSTALMENT SALE',
    });
  });

  it('is a plain sale without a plan', () => {
    const paper = textOf(buildSaleSlip(walletSale({}, { plan: undefined }), 'cardholder', FIRST));
    expect(paper).toContain('消费 SALE');
    expect(paper).not.toMatch(/分期方式|PERIODS/);
  });
});

describe('pictures', () => {
  const signature = { widthDots: 9, heightDots: 1, bits: Uint8Array.of(0xff, 0x80) };
  const seal = { widthDots: 8, heightDots: 2, bits: Uint8Array.of(0x18, 0x24) };
  const signed = cardSale({ verification: 'signature' }, { signature, seal });
  const kindsOf = (lines: readonly SlipLine[]): string[] => lines.map(({ kind }) => kind);

  it('a signature from a panel stands where a pen would write, on the copy that the merchant keeps', () => {
    const lines = buildSaleSlip(signed, 'merchant', FIRST);
    const at = lines.findIndex((line) => line.kind === 'text' && line.text.startsWith('持卡人签名'));
    expect(lines[at + 1]).toEqual({ kind: 'image', ...signature });
    expect(lines[at + 2]).toEqual({ kind: 'rule' });
    expect(kindsOf(lines)).not.toContain('feed');
  });

  it('the seal stands last before the foot of the copy that the customer takes, and no signature does', () => {
    const lines = buildSaleSlip(signed, 'cardholder', FIRST);
    expect(lines.filter(({ kind }) => kind === 'image')).toEqual([{ kind: 'image', ...seal }]);
    expect(kindsOf(lines).slice(-3)).toEqual(['image', 'text', 'text']);
    expect(kindsOf(buildSaleSlip(walletSale({}, { seal }), 'cardholder', FIRST)).slice(-4, -2)).toEqual([
      'qr',
      'image',
    ]);
  });

  it('neither is on a slip that has no place for it', () => {
    for (const verification of ['pin', 'none'] as const) {
      const sale = cardSale({ verification }, { signature, seal });
      expect(kindsOf(buildSaleSlip(sale, 'merchant', FIRST))).not.toContain('image');
    }
    expect(kindsOf(buildSaleSlip(cardSale(), 'cardholder', FIRST))).not.toContain('image');
  });
});

describe('marks', () => {
  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('reprint %p, training %p', (reprint, training) => {
    for (const copy of COPIES) {
      for (const sale of [cardSale(), walletSale()]) {
        const paper = textOf(buildSaleSlip(sale, copy, { ...FIRST, reprint, training }));
        expect(paper.includes('重打印 DUPLICATED')).toBe(reprint);
        expect(paper.match(/测试 TESTING/g)?.length ?? 0).toBe(training ? 2 : 0);
      }
    }
  });
});

describe('amount', () => {
  it.each([
    [1, 32, 'large'],
    [10_000_000_000, 32, 'large'],
    [100_000_000_000, 32, 'normal'],
    [AMOUNT_MAX_FEN, 32, 'normal'],
    [AMOUNT_MAX_FEN, 48, 'large'],
  ])('of %d fen on %d columns stands in %s type and is never broken', (amountFen, columns, size) => {
    const lines = buildSaleSlip(cardSale({}, { amountFen }), 'merchant', { ...FIRST, columns });
    const value = `¥${formatYuan(amountFen)}`;
    const large = lines.find((line) => line.kind === 'text' && line.text === value);
    expect(large === undefined ? 'normal' : 'large').toBe(size);
    if (large === undefined) expect(lines).toContainEqual({ kind: 'pair', label: '金额(AMOUNT)', value, bold: true });
    else expect(wrapText(value, Math.floor(columns / 2))).toEqual([value]);
    expect(layOut(lines, columns).some((line) => line.includes(value))).toBe(true);
  });
});

describe('what the slip says is what the journal says', () => {
  const text = fc.stringMatching(/^[A-Z0-9]{1,8}$/);
  const pan = fc.stringMatching(/^62\d{14,17}$/);
  const payment = fc.record({
    kind: fc.constant('card' as const),
    maskedPan: pan.map(maskPan),
    entry: fc.constantFrom<CardPayment['entry']>('swipe', 'chip', 'tap', 'fallback'),
    verification: fc.constantFrom<CardPayment['verification']>('pin', 'signature', 'none'),
    issuer: text,
    acquirer: text,
    authorizationCode: fc.stringMatching(/^\d{6}$/),
    retrievalReference: fc.stringMatching(/^\d{12}$/),
    chip: fc.constant(undefined),
  });
  const sales: fc.Arbitrary<SaleSlipData> = fc
    .record({
      payment,
      amountFen: fc.integer({ min: 1, max: AMOUNT_MAX_FEN }),
      voucher: fc.stringMatching(/^\d{6}$/),
      batch: fc.stringMatching(/^\d{6}$/),
      remarks: fc.array(fc.string(), { maxLength: 3 }),
    })
    .map((sale) => ({ ...cardSale(), ...sale }));

  it('every value is on both copies, and each line fits the paper', () => {
    fc.assert(
      fc.property(
        sales,
        fc.constantFrom(...COPIES),
        fc.constantFrom('zh' as const, 'en' as const),
        (sale, copy, language) => {
          const paper = layOut(buildSaleSlip(sale, copy, { ...FIRST, language }));
          const all = paper.join('\n');
          const card = sale.payment as CardPayment;
          for (const value of [
            `¥${formatYuan(sale.amountFen)}`,
            sale.voucher,
            sale.batch,
            sale.merchantId,
            sale.terminalId,
            sale.at,
            card.authorizationCode,
            card.retrievalReference,
            card.issuer,
          ]) {
            expect(all).toContain(value);
          }
          expect(all.replace(/[ \n]/g, '')).toContain(card.maskedPan);
          for (const line of paper) expect(columnsOf(line.replace(/#$/, ''))).toBeLessThanOrEqual(32);
        },
      ),
    );
  });

  it('no long number is on it but those that are no secret: merchant, reference, order and application', () => {
    const secret = fc.stringMatching(/^62\d{14,17}$/);
    const gap = fc.constantFrom('', ' ', '-');
    fc.assert(
      fc.property(secret, gap, fc.constantFrom(...COPIES), (number, between, copy) => {
        const leaked = number.replace(/.{4}(?=.)/g, `$&${between}`);
        const lines = [
          ...buildSaleSlip(
            cardSale(
              { issuer: leaked, acquirer: leaked },
              { merchantName: leaked, remarks: [leaked, `卡号${leaked}`] },
            ),
            copy,
            FIRST,
          ),
          ...buildSaleSlip(walletSale({ maskedBuyer: leaked }, { remarks: [leaked] }), copy, FIRST),
        ];
        const allowed = [
          '商户号(MERCHANT NO.)',
          '参考号(REF. NO.)',
          '商户订单号(ORDER NO.)',
          '交易号(TRADE NO.)',
          'AID',
        ];
        for (const line of lines) {
          if (line.kind === 'pair' && !allowed.includes(line.label)) expect(line.value).not.toMatch(/\d([ -]?\d){11}/);
          if (line.kind === 'text') expect(line.text).not.toMatch(/\d([ -]?\d){11}/);
        }
      }),
    );
  });

  it('a card number that is not masked is never printed: that is our bug', () => {
    expect(() => buildSaleSlip(cardSale({ maskedPan: '6222021234567890123' }), 'merchant', FIRST)).toThrow(Fault);
    expect(() => buildSaleSlip(cardSale({ maskedPan: '62220212****6789012' }), 'merchant', FIRST)).toThrow(Fault);
  });
});
