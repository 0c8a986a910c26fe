/**
 * What the wallet does with a payment of this customer:
 * - `pays`: paid at once;
 * - `asksPhone`: pending until the customer confirms or refuses on the phone;
 * - `fails`: refused with this sub code.
 */
export type CustomerHabit =
  | { readonly kind: 'pays' }
  | {
      readonly kind: 'asksPhone';
      /** What the customer does without a script: nothing, or this after `afterMs`. */
      readonly next?: { readonly does: 'confirm' | 'refuse'; readonly afterMs: number };
    }
  | { readonly kind: 'fails'; readonly subCode: string };

/** A person with a phone in front of the simulated terminal. */
export interface WalletCustomer {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  /** The pay code that the phone shows. A real one changes every minute; these stay, so that tests can name them. */
  readonly code: string;
  readonly userId: string;
  /** Account name as the wallet masks it. */
  readonly logonId: string;
  readonly balanceFen: number;
  /** Most that one day may cost; payments beyond it are refused. */
  readonly dayLimitFen: number;
  /** Credit line of Huabei; absent when the customer has not opened it. */
  readonly huabeiLimitFen?: number;
  readonly habit: CustomerHabit;
}

const ORDINARY = { balanceFen: 5_000_000, dayLimitFen: 10_000_000, habit: { kind: 'pays' } } as const;

/** Whoever will scan a shown code. */
export const NOBODY: WalletCustomer = {
  ...ORDINARY,
  id: '',
  zh: '尚未扫码',
  en: 'Not scanned yet',
  code: '',
  userId: '',
  logonId: '',
};

/** Customers of the simulated wallet, one per situation. */
export const WALLET_CUSTOMERS: readonly WalletCustomer[] = [
  {
    ...ORDINARY,
    id: 'ordinary',
    zh: '普通用户（未开通花呗）',
    en: 'Ordinary customer without Huabei',
    code: '281000000000000101',
    userId: '2088000000000101',
    logonId: '138****0101',
  },
  {
    ...ORDINARY,
    id: 'huabei',
    zh: '花呗用户，额度 20000 元',
    en: 'Huabei customer, credit line 20,000 yuan',
    code: '281000000000000202',
    userId: '2088000000000202',
    logonId: '138****0202',
    huabeiLimitFen: 2_000_000,
  },
  {
    ...ORDINARY,
    id: 'huabeiLowLimit',
    zh: '花呗额度只有 100 元',
    en: 'Huabei customer, credit line 100 yuan',
    code: '281000000000000303',
    userId: '2088000000000303',
    logonId: '138****0303',
    huabeiLimitFen: 10_000,
  },
  {
    ...ORDINARY,
    id: 'lowBalance',
    zh: '余额只有 1 元',
    en: 'One yuan in the account',
    code: '281000000000000404',
    userId: '2088000000000404',
    logonId: '138****0404',
    balanceFen: 100,
  },
  {
    ...ORDINARY,
    id: 'dayLimit',
    zh: '单日限额 50 元',
    en: 'Day limit of 50 yuan',
    code: '281000000000000505',
    userId: '2088000000000505',
    logonId: '138****0505',
    dayLimitFen: 5_000,
  },
  {
    ...ORDINARY,
    id: 'needsConfirm',
    zh: '需在手机上确认',
    en: 'Has to confirm on the phone',
    code: '281000000000000606',
    userId: '2088000000000606',
    logonId: '138****0606',
    huabeiLimitFen: 2_000_000,
    habit: { kind: 'asksPhone' },
  },
  {
    ...ORDINARY,
    id: 'confirmsSlowly',
    zh: '6 秒后输入支付密码',
    en: 'Enters the payment password after 6 seconds',
    code: '281000000000000707',
    userId: '2088000000000707',
    logonId: '138****0707',
    huabeiLimitFen: 2_000_000,
    habit: { kind: 'asksPhone', next: { does: 'confirm', afterMs: 6_000 } },
  },
  {
    ...ORDINARY,
    id: 'refuses',
    zh: '6 秒后在手机上取消',
    en: 'Refuses on the phone after 6 seconds',
    code: '281000000000000808',
    userId: '2088000000000808',
    logonId: '138****0808',
    habit: { kind: 'asksPhone', next: { does: 'refuse', afterMs: 6_000 } },
  },
  {
    ...ORDINARY,
    id: 'expiredCode',
    zh: '付款码已过期',
    en: 'Pay code has expired',
    code: '281000000000000909',
    userId: '2088000000000909',
    logonId: '138****0909',
    habit: { kind: 'fails', subCode: 'ACQ.PAYMENT_AUTH_CODE_INVALID' },
  },
  {
    ...ORDINARY,
    id: 'blockedAccount',
    zh: '账户被冻结',
    en: 'Account is blocked',
    code: '281000000000001010',
    userId: '2088000000001010',
    logonId: '138****1010',
    habit: { kind: 'fails', subCode: 'ACQ.BUYER_ENABLE_STATUS_FORBID' },
  },
  {
    ...ORDINARY,
    id: 'risky',
    zh: '支付有风险',
    en: 'Refused by risk control',
    code: '281000000000001111',
    userId: '2088000000001111',
    logonId: '138****1111',
    habit: { kind: 'fails', subCode: 'ACQ.PAYMENT_REQUEST_HAS_RISK' },
  },
];

/** The customer of that id; an unknown id is a mistake in a script and throws `RangeError`. */
export function walletCustomer(id: string): WalletCustomer {
  const customer = WALLET_CUSTOMERS.find((candidate) => candidate.id === id);
  if (customer === undefined) throw new RangeError(`no wallet customer ${id}`);
  return customer;
}
