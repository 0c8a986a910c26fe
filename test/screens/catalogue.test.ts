import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { columnsOf } from '../../firmware/base/columns.ts';
import type { ScreenModel } from '../../firmware/hal/display.ts';
import { type Language, renderScreen, SCREEN_IDS, type ScreenId } from '../../firmware/screens/catalogue.ts';
import { huabeiQuote, SAMPLES } from './samples.ts';

const DISPLAY_COLUMNS = 40;
const KEYS: Readonly<Record<Language, readonly string[]>> = {
  zh: ['确认', '取消', '清除', '功能', '数字'],
  en: ['Confirm', 'Cancel', 'Clear', 'Function', 'Digits'],
};

function rendered(id: ScreenId, language: Language): ScreenModel[] {
  return SAMPLES[id].map((params) => renderScreen(id, params as never, language));
}

const textsOf = (screen: ScreenModel): string[] => [
  screen.title,
  screen.hint,
  ...screen.lines,
  ...screen.options.map((option) => option.label),
];

const EVERY = SCREEN_IDS.flatMap((id) => (['zh', 'en'] as const).map((language) => [id, language] as const));

describe.each(EVERY)('screen %s in %s', (id, language) => {
  const screens = rendered(id, language);

  it('has a title and something to read, all within the display', () => {
    for (const screen of screens) {
      expect(screen.title).not.toBe('');
      expect(screen.lines.length).toBeGreaterThan(0);
      for (const text of textsOf(screen)) expect([text, columnsOf(text) <= DISPLAY_COLUMNS]).toEqual([text, true]);
    }
  });

  it('is written in its language, with no gap where a value belongs', () => {
    for (const screen of screens) {
      const all = textsOf(screen).join('\n');
      expect(all).not.toMatch(/undefined|null|NaN|\[object/);
      if (language === 'zh') expect(screen.title).toMatch(/[\u4e00-\u9fff]/);
      else if (!all.includes('有限公司') && !all.includes('商店') && !all.includes('白条'))
        expect(all).not.toMatch(/[\u4e00-\u9fff]/);
    }
  });

  it('hints at keys that the terminal has', () => {
    for (const { hint } of screens) {
      if (hint === '') continue;
      for (const part of hint.split(' · ')) expect(KEYS[language]).toContain(part.split(' ')[0]);
    }
  });

  it('says of a failure what happened, what to do, and which key goes on', () => {
    for (const screen of screens.filter(({ tone }) => tone === 'failure')) {
      expect(screen.lines.length).toBeGreaterThanOrEqual(2);
      expect(screen.hint).not.toBe('');
    }
  });

  it('means the same in the other language', () => {
    const others = rendered(id, language === 'zh' ? 'en' : 'zh');
    for (const [index, { params, options, tone }] of screens.entries()) {
      const other = others[index];
      expect(other?.params).toEqual(params);
      expect(other?.tone).toBe(tone);
      expect(other?.options.map((option) => [option.key, option.id])).toEqual(
        options.map((option) => [option.key, option.id]),
      );
    }
  });

  it('travels as JSON', () => {
    for (const screen of screens) expect(JSON.parse(JSON.stringify(screen))).toEqual(screen);
  });
});

describe('instalment screens', () => {
  const quotes = [huabeiQuote(3, 23_000, 120_000), huabeiQuote(6, 45_000, 120_000), huabeiQuote(12, 75_000, 120_000)];

  it('offer one payment and every plan with its amount per period and its fee', () => {
    const { options, params } = renderScreen('choosePlan', { amountFen: 120_000, quotes }, 'zh');
    expect(options).toEqual([
      { key: '0', id: '0', label: '一次付清' },
      { key: '1', id: '3', label: '3期 每期¥409.20 手续费¥27.60' },
      { key: '2', id: '6', label: '6期 每期¥209.00 手续费¥54.00' },
      { key: '3', id: '12', label: '12期 每期¥107.50 手续费¥90.00' },
    ]);
    expect(params).toEqual({
      amountFen: 120_000,
      plans: [3, 6, 12],
      perPeriodFen: [40_920, 20_900, 10_750],
      feeFen: [2760, 5400, 9000],
    });
  });

  it('never offer more than there are keys, and each key once', () => {
    const many = Array.from({ length: 12 }, (_, index) => huabeiQuote(index + 1, 0, 120_000));
    const { options } = renderScreen('choosePlan', { amountFen: 120_000, quotes: many }, 'en');
    expect(options).toHaveLength(10);
    expect(new Set(options.map((option) => option.key)).size).toBe(10);
  });

  it('show fee, amount per period, first due date and total before anybody agrees', () => {
    const quote = huabeiQuote(6, 45_000, 120_000);
    const screen = renderScreen('confirmPlan', { amountFen: 120_000, quote }, 'zh');
    expect(screen.lines).toEqual([
      '花呗分期 6期',
      '消费金额 ¥1,200.00',
      '每期还款 ¥209.00',
      '首期还款 ¥209.00',
      '首期还款日 2026-12-09',
      '手续费 ¥54.00 (顾客承担)',
      '还款总额 ¥1,254.00',
    ]);
    expect(screen.params).toMatchObject({ periods: 6, perPeriodFen: 20_900, feeFen: 5400, firstDueDate: '2026-12-09' });
    expect(renderScreen('confirmPlan', { amountFen: 120_000, quote }, 'en').lines).toContain(
      'Fee ¥54.00 (paid by the customer)',
    );
  });

  it('say that the merchant pays the fee, and that a card is due with its statement', () => {
    const free = huabeiQuote(3, 18_000, 120_000, { feePayer: 'merchant' });
    expect(renderScreen('confirmPlan', { amountFen: 120_000, quote: free }, 'zh').lines).toContain(
      '手续费 ¥0.00 (商户承担)',
    );
    const card = huabeiQuote(3, 18_000, 120_000, { method: 'card' });
    const screen = renderScreen('confirmPlan', { amountFen: 120_000, quote: card }, 'zh');
    expect(screen.lines).toContain('首期还款日 以账单为准');
    expect(screen.params).not.toHaveProperty('firstDueDate');
  });
});

describe('outcome screens', () => {
  it('give the reason of the issuer and what comes next', () => {
    expect(renderScreen('declined', { responseCode: '51' }, 'zh')).toMatchObject({
      tone: 'failure',
      lines: ['51 余额不足', '未扣款，请换卡或换支付方式'],
    });
    expect(renderScreen('declined', { responseCode: '41' }, 'en').lines).toEqual([
      '41 Lost card, keep it',
      'Not charged. Keep card, call acquirer',
    ]);
    expect(renderScreen('declined', { responseCode: 'ACQ.BUYER_BALANCE_NOT_ENOUGH' }, 'zh').lines[0]).toBe(
      '顾客余额不足',
    );
  });

  it('promise nothing about money while the outcome is unknown', () => {
    for (const id of ['outcomeUnknown', 'reversing'] as const) {
      const zh = renderScreen(id, { amountFen: 8800 }, 'zh').lines.join('');
      const en = renderScreen(id, { amountFen: 8800 }, 'en').lines.join(' ');
      expect(zh).toMatch(/请勿交货/);
      expect(zh).not.toMatch(/未扣款|成功/);
      expect(en).not.toMatch(/not charged|nothing|approved/i);
    }
  });

  it('only a sale that stands, and money that has gone back, wear the colour of success', () => {
    const green = SCREEN_IDS.filter((id) => rendered(id, 'zh').some(({ tone }) => tone === 'success'));
    expect(green).toEqual(['approved', 'lateApproval', 'saleTruth', 'refundDone', 'refundConfirmed']);
  });

  it('say that the sale stands when only the printer failed', () => {
    expect(renderScreen('printerProblem', { reason: 'paperOut', copy: 'merchant' }, 'zh')).toMatchObject({
      title: '交易成功，打印未完成',
      lines: ['打印机缺纸', '请装纸后按确认'],
    });
  });

  it('tell the shop what is still owed', () => {
    const screen = renderScreen(
      'idle',
      { merchantName: '店', openItems: 1, copiesOwed: 2, mustSettle: false, stored: 0, online: true },
      'zh',
    );
    expect(screen.tone).toBe('attention');
    expect(screen.lines).toEqual(['店', '请输入金额', '未完成交易 1 笔', '待补打签购单 2 张']);
    expect(screen.hint).toBe('数字 输入金额 · 功能 菜单');
  });
});

describe('what must not be shown', () => {
  const digits = (min: number, max: number) =>
    fc.array(fc.integer({ min: 0, max: 9 }), { minLength: min, maxLength: max }).map((values) => values.join(''));
  const longNumbers = digits(12, 19);
  const grouped = longNumbers.chain((number) =>
    fc.constantFrom('', ' ', '-').map((gap) => number.replace(/.{4}(?=.)/g, `$&${gap}`)),
  );

  it('a card number or a pay code in any text is masked, also in groups, in params and lines', () => {
    fc.assert(
      fc.property(grouped, fc.constantFrom<Language>('zh', 'en'), (number, language) => {
        const screens = [
          renderScreen(
            'idle',
            { merchantName: `店 ${number} A`, openItems: 0, copiesOwed: 0, mustSettle: false, stored: 0, online: true },
            language,
          ),
          renderScreen('enterPin', { amountFen: 1, maskedPan: number, digits: 0, tryNumber: 1 }, language),
          renderScreen('approved', { amountFen: 1, method: 'card', maskedPan: number, authCode: number }, language),
          renderScreen('declined', { responseCode: number }, language),
          renderScreen('configurationDamaged', { problems: [`path: ${number}`] }, language),
        ];
        const shown = JSON.stringify(screens).replace(/[ -]/g, '');
        expect(shown).not.toMatch(/\d{11,}/);
        expect(shown).not.toContain(number.replace(/[ -]/g, '').slice(0, 11));
      }),
    );
  });

  it('a masked card number stays as it is', () => {
    const maskedPan = '622202*********6789';
    const screen = renderScreen('enterPin', { amountFen: 1, maskedPan, digits: 4, tryNumber: 1 }, 'zh');
    expect(screen.params['maskedPan']).toBe(maskedPan);
    expect(screen.lines).toContain(maskedPan);
  });

  it('a PIN is stars, as many as digits stand', () => {
    const screen = renderScreen('enterPin', { amountFen: 1, maskedPan: '', digits: 4, tryNumber: 1 }, 'en');
    expect(screen.lines).toContain('PIN ****');
  });

  it('control characters of a foreign text do not reach a console', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (merchantName) => {
        const screen = renderScreen(
          'idle',
          { merchantName, openItems: 0, copiesOwed: 0, mustSettle: false, stored: 0, online: true },
          'zh',
        );
        const shown = [...screen.lines, String(screen.params['merchantName'])].join('');
        expect(shown).not.toMatch(/\p{Cc}/u);
        for (const line of screen.lines) expect(columnsOf(line)).toBeLessThanOrEqual(DISPLAY_COLUMNS);
      }),
    );
  });
});
