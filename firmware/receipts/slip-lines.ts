import { columnsOf } from '../base/columns.ts';
import { invariant } from '../base/invariant.ts';
import type { SlipLine } from '../hal/slip.ts';
import { yuan } from '../screens/amounts.ts';
import { safeText } from '../screens/safe-text.ts';
import { PAID_WITH } from '../screens/words.ts';
import type { SlipCopy, SlipOptions, SlipOrigin, SlipPlan } from './slip-data.ts';

/** Columns of normal text on 58 mm paper, the narrowest in use. */
const NARROWEST_COLUMNS = 32;

/** Where nobody signed on a panel. */
const ROOM_FOR_A_PEN: SlipLine = { kind: 'feed', lines: 3 };

/** Builds the lines that all slips share, in the language of the options. */
export class SlipWriter {
  private readonly options: SlipOptions;

  constructor(options: SlipOptions) {
    this.options = options;
  }

  /** One of the two. */
  pick(zh: string, en: string): string {
    return this.options.language === 'zh' ? zh : en;
  }

  /** `商户号(MERCHANT NO.)`, or the English alone. */
  label(zh: string, en: string): string {
    return this.pick(`${zh}(${en})`, en);
  }

  /** `免密免签 NO PIN NO SIGNATURE`, or the English alone. */
  say(zh: string, en: string): string {
    return this.pick(`${zh} ${en}`, en);
  }

  /** A sentence in both languages, one below the other. */
  sentence(zh: string, en: string, align: 'left' | 'center' = 'left'): SlipLine[] {
    const texts = this.options.language === 'zh' ? [zh, en] : [en];
    return texts.map((text) => ({ kind: 'text', text, align }));
  }

  pair(zh: string, en: string, value: string): SlipLine {
    return { kind: 'pair', label: this.label(zh, en), value };
  }

  /** No line at all for a value that the sale does not have. */
  pairIf(zh: string, en: string, value: string | undefined): SlipLine[] {
    return value === undefined || value === '' ? [] : [this.pair(zh, en, value)];
  }

  /** Text from a host or a contract: long numbers masked, control characters gone. */
  foreign(text: string): string {
    return safeText(text).trim();
  }

  title(zh: string, en: string): SlipLine[] {
    const english: SlipLine = { kind: 'text', text: en, align: 'center' };
    if (this.options.language === 'en') return [{ ...english, bold: true }];
    return [{ kind: 'text', text: zh, align: 'center', size: 'large' }, english];
  }

  /** What makes this paper no ordinary first copy. */
  marks(): SlipLine[] {
    return [
      ...(this.options.reprint ? [this.mark('重打印', 'DUPLICATED')] : []),
      ...(this.options.training ? [this.mark('测试', 'TESTING')] : []),
    ];
  }

  mark(zh: string, en: string): SlipLine {
    return { kind: 'text', text: this.say(zh, en), align: 'center', bold: true };
  }

  origin(data: SlipOrigin): SlipLine[] {
    return [
      this.pair('商户名称', 'MERCHANT', this.foreign(data.merchantName)),
      this.pair('商户号', 'MERCHANT NO.', data.merchantId),
      this.pair('终端号', 'TERMINAL NO.', data.terminalId),
      this.pair('操作员', 'OPERATOR', data.operator),
    ];
  }

  copy(copy: SlipCopy): SlipLine {
    const text =
      copy === 'merchant' ? this.say('商户存根', 'MERCHANT COPY') : this.say('持卡人存根', 'CARDHOLDER COPY');
    return { kind: 'text', text, align: 'center' };
  }

  /** A plan as it was confirmed. */
  plan(plan: SlipPlan): SlipLine[] {
    const { zh, en } = PAID_WITH[plan.method === 'card' ? 'cardInstallment' : plan.method];
    const payer = plan.feePayer === 'customer' ? this.pick('顾客', 'CUSTOMER') : this.pick('商户', 'MERCHANT');
    return [
      { kind: 'rule' },
      this.pair('分期方式', 'PLAN', this.pick(zh, en)),
      this.pair('分期期数', 'PERIODS', this.pick(`${plan.periods}期`, `${plan.periods}`)),
      this.pair('每期还款', 'EACH PERIOD', yuan(plan.perPeriodFen)),
      this.pair('首期还款', 'FIRST PAYMENT', yuan(plan.firstPaymentFen)),
      this.pair('首期还款日', 'FIRST DUE', plan.firstDueDate ?? this.pick('以账单为准', 'BY STATEMENT')),
      this.pair('手续费', 'FEE', yuan(plan.feeFen)),
      this.pair('手续费承担', 'FEE PAID BY', payer),
      this.pair('还款总额', 'TOTAL', yuan(plan.totalFen)),
    ];
  }

  /** A signature, or room for one, and what is signed. */
  signature(zh: string, en: string, signed: readonly SlipLine[] = []): SlipLine[] {
    return [
      { kind: 'text', text: this.label('持卡人签名', 'SIGNATURE') },
      ...(signed.length === 0 ? [ROOM_FOR_A_PEN] : signed),
      { kind: 'rule' },
      ...this.sentence(zh, en),
    ];
  }

  /** Who keeps this copy, and how every slip ends. */
  foot(copy: SlipCopy): SlipLine[] {
    return [
      ...(copy === 'merchant'
        ? this.sentence('请商户妥善保管', 'SHOP KEEPS THIS SLIP', 'center')
        : this.sentence('请妥善保管此单', 'PLEASE KEEP THIS SLIP', 'center')),
      ...this.service(),
    ];
  }

  /** Whom to call, and once more that no real money moved. */
  service(): SlipLine[] {
    const { servicePhone, training } = this.options;
    return [
      ...(servicePhone === undefined ? [] : [this.pair('客服电话', 'SERVICE', servicePhone)]),
      ...(training ? [this.mark('测试', 'TESTING')] : []),
    ];
  }

  numbers(data: SlipOrigin): SlipLine[] {
    return [this.pair('批次号', 'BATCH NO.', data.batch), this.pair('凭证号', 'VOUCHER NO.', data.voucher)];
  }

  /** In large type when it fits unbroken into half the columns, else bold beside its label. */
  amount(amountFen: number): SlipLine[] {
    const label = this.label('金额', 'AMOUNT');
    const value = yuan(amountFen);
    const columns = this.options.columns ?? NARROWEST_COLUMNS;
    if (2 * columnsOf(value) > columns) return [{ kind: 'pair', label, value, bold: true }];
    return [
      { kind: 'pair', label, value: 'RMB' },
      { kind: 'text', text: value, align: 'right', size: 'large', bold: true },
    ];
  }
}

/** `622202******1234` → `6222 02** **** 1234`. A number that shows more than ten digits is our bug and never printed. */
export function groupedPan(maskedPan: string): string {
  invariant(maskedPan.replace(/[^0-9]/g, '').length <= 10, 'a slip shows ten digits of a card number at most');
  return maskedPan.replace(/.{4}(?=.)/g, '$& ');
}
