import { columnsOf } from '../base/columns.ts';
import type { Key } from '../hal/index.ts';
import { eligiblePlans } from './installment/plans.ts';
import type { InstallmentSettings, PlanMethod } from './installment/settings.ts';
import type { Wallet } from './pay-code-route.ts';

/** Ways to pay that a cashier chooses before a card or a code is shown. */
export type MethodId =
  'huabei' | 'baitiao' | 'cardInstallment' | 'alipayCode' | 'wechatCode' | 'jdCode' | 'unionpayCode';

/** A colour by its name; what it looks like is the display's affair. */
export type MethodTone = 'blue' | 'red' | 'gold' | 'cyan' | 'green' | 'teal' | 'purple' | 'grey';

/** One way to pay, as a screen names it. */
export interface PaymentMethod {
  readonly id: MethodId;
  /** Instalments of a lender, or a code that the terminal shows and the customer scans. */
  readonly kind: 'installment' | 'shownCode';
  readonly zh: string;
  readonly en: string;
  /** Customers find a method by it, so that no two have the same. */
  readonly tone: MethodTone;
}

/** One enabled method; wording and colour of its own where the shop wants them. */
export interface MethodSetting {
  readonly id: MethodId;
  readonly zh?: string | undefined;
  readonly en?: string | undefined;
  readonly tone?: MethodTone | undefined;
}

/** What of a terminal's settings decides which methods it has. */
export interface MethodSettings {
  /** Enabled ones, in the order of the screen. */
  readonly methods: readonly MethodSetting[];
  /** From this amount on the cashier is told to offer instalments. */
  readonly offerInstallmentsFromFen: number;
  readonly installments: InstallmentSettings;
  readonly wallet: {
    readonly routes: Readonly<Partial<Record<Wallet, string>>>;
    readonly presents: Readonly<Partial<Record<Wallet, string>>>;
  };
}

/** A method that can be chosen now, by the digit beside it. */
export interface MenuEntry extends PaymentMethod {
  readonly key: Key;
}

export const METHOD_TONES: readonly MethodTone[] = ['blue', 'red', 'gold', 'cyan', 'green', 'teal', 'purple', 'grey'];

/** Every method with its usual wording. Baitiao is red as in JD's own shops, Huabei blue as in Alipay. */
export const PAYMENT_METHODS: Readonly<Record<MethodId, PaymentMethod>> = {
  huabei: { id: 'huabei', kind: 'installment', zh: '花呗分期', en: 'Huabei instalments', tone: 'blue' },
  baitiao: { id: 'baitiao', kind: 'installment', zh: '京东白条', en: 'JD Baitiao', tone: 'red' },
  cardInstallment: {
    id: 'cardInstallment',
    kind: 'installment',
    zh: '银行卡分期',
    en: 'Card instalments',
    tone: 'gold',
  },
  alipayCode: { id: 'alipayCode', kind: 'shownCode', zh: '出示支付宝收款码', en: 'Show an Alipay code', tone: 'cyan' },
  wechatCode: { id: 'wechatCode', kind: 'shownCode', zh: '出示微信收款码', en: 'Show a WeChat code', tone: 'green' },
  jdCode: { id: 'jdCode', kind: 'shownCode', zh: '出示京东收款码', en: 'Show a JD code', tone: 'purple' },
  unionpayCode: {
    id: 'unionpayCode',
    kind: 'shownCode',
    zh: '出示云闪付收款码',
    en: 'Show a UnionPay code',
    tone: 'teal',
  },
};

/** All but the code of JD, which few customers look for: a shop that wants it names it. */
export const DEFAULT_METHODS: readonly MethodSetting[] = [
  { id: 'huabei' },
  { id: 'baitiao' },
  { id: 'cardInstallment' },
  { id: 'alipayCode' },
  { id: 'wechatCode' },
  { id: 'unionpayCode' },
];

/** 500 yuan. */
export const DEFAULT_OFFER_FROM_FEN = 50_000;

/** What a method stands on: the plans of a lender and who charges them, or who makes the code. */
const NEEDS: Readonly<
  Record<
    MethodId,
    {
      readonly plans?: PlanMethod;
      readonly route?: Wallet;
      /** No other host than this one will do. */
      readonly routeTo?: string;
      readonly presents?: Wallet;
    }
  >
> = {
  huabei: { plans: 'huabei', route: 'alipay' },
  // Accounts, SMS codes and faces are JD's own affair; an aggregator takes codes alone.
  baitiao: { plans: 'baitiao', route: 'jd', routeTo: 'jd' },
  cardInstallment: { plans: 'card' },
  alipayCode: { presents: 'alipay' },
  wechatCode: { presents: 'wechat' },
  jdCode: { presents: 'jd' },
  unionpayCode: { presents: 'unionpay' },
};

/** The wallet whose code this method shows; `undefined` for a method that shows none. */
export function walletOfMethod(id: MethodId): Wallet | undefined {
  return NEEDS[id].presents;
}

const MENU_KEYS: readonly Key[] = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];

/** A line of the narrowest display without the key in front. */
const LABEL_COLUMNS_MAX = 30;

/**
 * What can be chosen for an amount: enabled methods in their order, without those that are not activated and without instalments
 * of which no plan takes the amount. Which card it will be is not known yet, so that an issuer's product counts.
 */
export function methodMenu(settings: MethodSettings, amountFen: number): readonly MenuEntry[] {
  return settings.methods
    .filter(({ id }) => takesAmount(id, settings.installments, amountFen) && missingOf(id, settings) === undefined)
    .slice(0, MENU_KEYS.length)
    .map((setting, index) => ({ ...methodOf(setting), key: MENU_KEYS[index] as Key }));
}

/** Whether the cashier is told to offer instalments for this amount. */
export function offersInstallment(settings: MethodSettings, amountFen: number): boolean {
  if (amountFen < settings.offerInstallmentsFromFen) return false;
  return methodMenu(settings, amountFen).some(({ kind }) => kind === 'installment');
}

/** The method with the shop's own wording and colour. */
export function methodOf({ id, zh, en, tone }: MethodSetting): PaymentMethod {
  const usual = PAYMENT_METHODS[id];
  return { ...usual, zh: zh ?? usual.zh, en: en ?? usual.en, tone: tone ?? usual.tone };
}

function takesAmount(id: MethodId, installments: InstallmentSettings, amountFen: number): boolean {
  const { plans: method } = NEEDS[id];
  if (method === undefined) return true;
  const bins = installments[method]?.offers.flatMap((offer) => offer.bins ?? []) ?? [];
  return [undefined, ...bins].some(
    (firstDigits) => !('none' in eligiblePlans(installments, { method, amountFen, firstDigits })),
  );
}

/** The setting without which a method is not there. */
function missingOf(id: MethodId, { installments, wallet }: MethodSettings): string | undefined {
  const { plans, route, routeTo, presents } = NEEDS[id];
  if (plans !== undefined && installments[plans] === undefined) return `installments.${plans}`;
  if (route !== undefined && wallet.routes[route] === undefined) return `wallet.routes.${route}`;
  if (route !== undefined && routeTo !== undefined && wallet.routes[route] !== routeTo) {
    return `wallet.routes.${route}: ${routeTo}`;
  }
  if (presents !== undefined && wallet.presents[presents] === undefined) return `wallet.presents.${presents}`;
  return undefined;
}

/** Something in the list of methods that a cashier could not use; the path begins below `methods`. */
export interface MethodProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Everything that is wrong with the list of methods; nothing wrong: an empty list. */
export function methodProblems(settings: MethodSettings): readonly MethodProblem[] {
  const { methods } = settings;
  const problems: MethodProblem[] = [];
  methods.forEach((setting, index) => {
    const missing = missingOf(setting.id, settings);
    const { zh, en, tone } = methodOf(setting);
    const before = methods.slice(0, index);
    const same = before.findIndex(({ id }) => id === setting.id);
    const sameTone = before.findIndex((other) => methodOf(other).tone === tone);
    if (same >= 0) problems.push({ path: [index], message: `is ${setting.id} once more` });
    else if (sameTone >= 0) problems.push({ path: [index], message: `has the colour of methods.${sameTone}: ${tone}` });
    if (missing !== undefined) problems.push({ path: [index], message: `is not activated: ${missing} is missing` });
    for (const [member, text] of [
      ['zh', zh],
      ['en', en],
    ] as const) {
      const columns = columnsOf(text.trim());
      if (columns < 1 || columns > LABEL_COLUMNS_MAX) {
        problems.push({ path: [index, member], message: `takes 1 to ${LABEL_COLUMNS_MAX} columns` });
      }
    }
  });
  return problems;
}
