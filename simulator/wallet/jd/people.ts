import { LAST_MOMENT_MS } from '../web-people.ts';
import type { FaceHabit } from './proofs.ts';

/**
 * What JD does with a payment of this customer:
 * - `pays`: paid at once;
 * - `asksPhone`: pending until the customer confirms or refuses on the phone, by itself where `next` says so;
 * - `fails`: refused with this code.
 */
export type JdHabit =
  | { readonly kind: 'pays' }
  | {
      readonly kind: 'asksPhone';
      readonly next?: { readonly does: 'confirm' | 'refuse'; readonly afterMs: number };
    }
  | { readonly kind: 'fails'; readonly code: string };

/** A person with JD's app in front of the simulated terminal. */
export interface JdPerson {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  /** The pay code that the phone shows. A real one changes every minute; these stay, so that tests can name them. */
  readonly code: string;
  /** Both name the account. */
  readonly phone: string;
  readonly account: string;
  /** As JD masks it. */
  readonly maskedName: string;
  readonly balanceFen: number;
  /** Credit line of Baitiao; absent when the customer has not activated it. */
  readonly baitiaoLimitFen?: number;
  /** Periods that JD does not grant this customer. */
  readonly deniedPeriods?: readonly number[];
  /** JD lets the account pay nothing. */
  readonly isRestricted?: boolean;
  readonly habit: JdHabit;
  readonly face: FaceHabit;
  /** Leaves bills unpaid. */
  readonly paysLate?: boolean;
}

interface PersonRow extends Partial<JdPerson> {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  /** Four digits in which code, phone and name end. */
  readonly ending: string;
}

function person({ ending, ...row }: PersonRow): JdPerson {
  return {
    code: `18000000000000${ending}`,
    phone: `1391000${ending}`,
    account: `jd_user_${ending}`,
    maskedName: `139****${ending}`,
    balanceFen: 5_000_000,
    habit: { kind: 'pays' },
    face: { kind: 'passes', afterMs: 4_000 },
    ...row,
  };
}

const LIMIT = { baitiaoLimitFen: 2_000_000 } as const;

/** Customers of the simulated JD, one per situation. */
export const JD_PEOPLE: readonly JdPerson[] = [
  person({
    ...LIMIT,
    id: 'baitiao',
    zh: '白条用户，额度 20000 元',
    en: 'Baitiao, credit line 20,000 yuan',
    ending: '0101',
  }),
  person({ id: 'noBaitiao', zh: '未开通白条', en: 'Has not activated Baitiao', ending: '0202' }),
  person({
    id: 'lowLimit',
    zh: '白条额度只有 100 元',
    en: 'Credit line of 100 yuan',
    ending: '0303',
    baitiaoLimitFen: 10_000,
  }),
  person({
    ...LIMIT,
    id: 'shortPeriods',
    zh: '不能分 12 和 24 期',
    en: 'Not granted 12 and 24 periods',
    ending: '0404',
    deniedPeriods: [12, 24],
  }),
  person({
    ...LIMIT,
    id: 'restricted',
    zh: '账户被限制',
    en: 'Account is restricted',
    ending: '0505',
    isRestricted: true,
  }),
  person({
    ...LIMIT,
    id: 'risky',
    zh: '支付有风险',
    en: 'Refused by risk control',
    ending: '0606',
    habit: { kind: 'fails', code: 'JD.RISK' },
  }),
  person({ id: 'lowBalance', zh: '余额只有 1 元', en: 'One yuan in the account', ending: '0707', balanceFen: 100 }),
  person({
    id: 'expiredCode',
    zh: '付款码已过期',
    en: 'Pay code has expired',
    ending: '0808',
    habit: { kind: 'fails', code: 'JD.CODE_EXPIRED' },
  }),
  person({
    ...LIMIT,
    id: 'asksPhone',
    zh: '需在手机上确认',
    en: 'Has to confirm on the phone',
    ending: '0909',
    habit: { kind: 'asksPhone' },
    face: { kind: 'ignores' },
  }),
  person({
    ...LIMIT,
    id: 'confirmsSlowly',
    zh: '6 秒后在手机上确认',
    en: 'Confirms on the phone after 6 seconds',
    ending: '1010',
    habit: { kind: 'asksPhone', next: { does: 'confirm', afterMs: 6_000 } },
  }),
  person({
    ...LIMIT,
    id: 'refuses',
    zh: '6 秒后在手机上取消，刷脸不通过',
    en: 'Refuses on the phone after 6 seconds, and the face',
    ending: '1111',
    habit: { kind: 'asksPhone', next: { does: 'refuse', afterMs: 6_000 } },
    face: { kind: 'refuses', afterMs: 4_000 },
  }),
  person({
    ...LIMIT,
    id: 'confirmsLate',
    zh: '最后一刻才确认',
    en: 'Confirms at the last moment',
    ending: '1313',
    habit: { kind: 'asksPhone', next: { does: 'confirm', afterMs: LAST_MOMENT_MS } },
  }),
  person({ ...LIMIT, id: 'paysLate', zh: '白条账单逾期', en: 'Leaves bills unpaid', ending: '1212', paysLate: true }),
];

/** The person of that id; an unknown id is a mistake in a script and throws `RangeError`. */
export function jdPerson(id: string): JdPerson {
  const found = JD_PEOPLE.find((candidate) => candidate.id === id);
  if (found === undefined) throw new RangeError(`no JD customer ${id}`);
  return found;
}
