import type { Wallet } from '../../firmware/protocol/wallet/wallet-api.ts';
import type { HostRefusal } from './host-words.ts';
import type { PhonePlan } from './orders.ts';

/** What the host does with a payment of this customer; as `CustomerHabit`, in words of no host. */
export type PersonHabit =
  | { readonly kind: 'pays' }
  | { readonly kind: 'asksPhone'; readonly next?: PhonePlan }
  | { readonly kind: 'fails'; readonly why: HostRefusal };

/** A person with a phone that holds every wallet. */
export interface WebPerson {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  /** Four digits, in which the person's codes end. */
  readonly number: string;
  /** For payments in full, over all wallets. */
  readonly balanceFen: number;
  /** For instalments; absent where none were granted. */
  readonly creditFen?: number;
  readonly habit: PersonHabit;
}

/** Just before a terminal of the default settings gives an order up, which it does after 60 s. */
export const LAST_MOMENT_MS = 59_000;

const ORDINARY = { balanceFen: 5_000_000, habit: { kind: 'pays' } } as const;

/** Customers of the hosts that speak for several wallets, one for each situation. */
export const WEB_PEOPLE: readonly WebPerson[] = [
  { ...ORDINARY, id: 'ordinary', zh: '普通用户', en: 'Ordinary customer', number: '0101' },
  {
    ...ORDINARY,
    id: 'credit',
    zh: '分期用户，额度 20000 元',
    en: 'Customer with a credit of 20,000 yuan',
    number: '0202',
    creditFen: 2_000_000,
  },
  {
    ...ORDINARY,
    id: 'creditLowLimit',
    zh: '分期额度只有 100 元',
    en: 'Credit of 100 yuan',
    number: '0303',
    creditFen: 10_000,
  },
  {
    ...ORDINARY,
    id: 'lowBalance',
    zh: '余额只有 1 元',
    en: 'One yuan in the account',
    number: '0404',
    balanceFen: 100,
  },
  {
    ...ORDINARY,
    id: 'dayLimit',
    zh: '单日限额已用完',
    en: 'Has used up the day limit',
    number: '0505',
    habit: { kind: 'fails', why: 'overLimit' },
  },
  {
    ...ORDINARY,
    id: 'needsConfirm',
    zh: '需在手机上确认',
    en: 'Has to confirm on the phone',
    number: '0606',
    habit: { kind: 'asksPhone' },
  },
  {
    ...ORDINARY,
    id: 'confirmsSlowly',
    zh: '6 秒后输入支付密码',
    en: 'Enters the payment password after 6 seconds',
    number: '0707',
    habit: { kind: 'asksPhone', next: { does: 'confirm', afterMs: 6_000 } },
  },
  {
    ...ORDINARY,
    id: 'refuses',
    zh: '6 秒后在手机上取消',
    en: 'Refuses on the phone after 6 seconds',
    number: '0808',
    habit: { kind: 'asksPhone', next: { does: 'refuse', afterMs: 6_000 } },
  },
  {
    ...ORDINARY,
    id: 'expiredCode',
    zh: '付款码已过期',
    en: 'Pay code has expired',
    number: '0909',
    habit: { kind: 'fails', why: 'codeInvalid' },
  },
  {
    ...ORDINARY,
    id: 'blockedAccount',
    zh: '账户被冻结',
    en: 'Account is blocked',
    number: '1010',
    habit: { kind: 'fails', why: 'accountBlocked' },
  },
  {
    ...ORDINARY,
    id: 'risky',
    zh: '支付有风险',
    en: 'Refused by risk control',
    number: '1111',
    habit: { kind: 'fails', why: 'risk' },
  },
  {
    ...ORDINARY,
    id: 'confirmsLate',
    zh: '最后一刻才确认',
    en: 'Confirms at the last moment',
    number: '1212',
    habit: { kind: 'asksPhone', next: { does: 'confirm', afterMs: LAST_MOMENT_MS } },
  },
];

/** First digits and length of a wallet's pay codes (reference B.1). */
const CODES: Readonly<Record<Wallet, readonly [string, number]>> = {
  wechat: ['13', 18],
  alipay: ['28', 18],
  unionpay: ['62', 19],
  jd: ['18', 18],
};

/** The pay code that a person shows in one wallet. A real one changes every minute; these stay. */
export function payCodeOf({ number }: WebPerson, wallet: Wallet): string {
  const [prefix, length] = CODES[wallet];
  return prefix + number.padStart(length - prefix.length, '0');
}
