/** Presets that a configuration can start from; what the file says itself goes before them. */

/** A configuration as it stands in YAML. */
export type Members = Readonly<Record<string, unknown>>;

export const PROFILES: Readonly<
  Record<string, { readonly zh: string; readonly en: string; readonly members: Members }>
> = {
  standard: { zh: '全部支付方式', en: 'every way to pay', members: {} },
  instalments: {
    zh: '分期优先',
    en: 'instalments first, offered from 100 yuan on',
    members: { methods: ['huabei', 'baitiao', 'cardInstallment'], offerInstallmentsFromFen: 10_000 },
  },
  cards: {
    zh: '只收银行卡和云闪付',
    en: 'bank cards and UnionPay codes alone',
    members: { methods: ['cardInstallment', 'unionpayCode'] },
  },
  counter: {
    zh: '收银台：等待时间较短',
    en: 'a busy counter: short waits',
    members: { timing: { operatorMs: 30_000, cardMs: 45_000, resultMs: 3_000, tearMs: 5_000 } },
  },
};

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One configuration over another, member by member; lists and single values are replaced as a whole. */
export function mergedMembers(below: Members, above: Members): Members {
  const merged: Record<string, unknown> = { ...below };
  for (const [name, value] of Object.entries(above)) {
    const under = below[name];
    merged[name] = isMembers(under) && isMembers(value) ? mergedMembers(under, value) : value;
  }
  return merged;
}
