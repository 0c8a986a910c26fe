import type { Ledger } from './ledger.ts';

/** A customer who pays by a code of UnionPay's wallet. Synthetic. */
export interface CodeCustomer {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  /** 62 and 17 digits; the wallet shows another every minute, here it stays so that tests can name it. */
  readonly code: string;
  /** The account behind the code, as the host's books name it. */
  readonly maskedAccount: string;
  readonly status: 'active' | 'codeExpired' | 'frozen';
  readonly balanceFen: number;
  /** Most that the issuer lets through in one sale. */
  readonly saleLimitFen: number;
  /** As with real wallets, a code that has paid pays no second time. */
  readonly codeIsSingleUse: boolean;
}

const ORDINARY = {
  status: 'active',
  balanceFen: 2_000_000,
  saleLimitFen: 500_000,
  codeIsSingleUse: false,
} as const satisfies Partial<CodeCustomer>;

/** The customers of every simulation. */
export const CODE_CUSTOMERS: readonly CodeCustomer[] = [
  {
    ...ORDINARY,
    id: 'code',
    zh: '云闪付用户',
    en: 'UnionPay customer',
    code: '6220000000000000101',
    maskedAccount: '629993******0101',
  },
  {
    ...ORDINARY,
    id: 'code-low-balance',
    zh: '余额不足的云闪付用户',
    en: 'UnionPay customer with little money',
    code: '6220000000000000102',
    maskedAccount: '629993******0102',
    balanceFen: 1_000,
  },
  {
    ...ORDINARY,
    id: 'code-expired',
    zh: '付款码已过期',
    en: 'Customer with an old code',
    code: '6220000000000000103',
    maskedAccount: '629993******0103',
    status: 'codeExpired',
  },
  {
    ...ORDINARY,
    id: 'code-frozen',
    zh: '账户被冻结',
    en: 'Customer with a frozen account',
    code: '6220000000000000104',
    maskedAccount: '629993******0104',
    status: 'frozen',
  },
  {
    ...ORDINARY,
    id: 'code-single-use',
    zh: '付款码只能用一次',
    en: 'Customer whose code pays once',
    code: '6220000000000000105',
    maskedAccount: '629993******0105',
    codeIsSingleUse: true,
  },
];

const STATUS_CODES: Readonly<Record<CodeCustomer['status'], string | undefined>> = {
  active: undefined,
  codeExpired: '54',
  frozen: '62',
};

/** What the wallet's issuer says to a code: field 39, and whose it is where anybody's. */
export interface CodeDecision {
  readonly responseCode: string;
  readonly customer: CodeCustomer | undefined;
}

/** The issuer behind all codes. Balances follow from the ledger; only which codes have paid is remembered here. */
export class CodeIssuer {
  readonly #customers: readonly CodeCustomer[];
  readonly #ledger: Ledger;
  readonly #used = new Set<string>();

  constructor(ledger: Ledger, customers: readonly CodeCustomer[]) {
    this.#ledger = ledger;
    this.#customers = customers;
  }

  /** For scripts; `undefined` for an id that is no customer's. */
  customer(id: string): CodeCustomer | undefined {
    return this.#customers.find((each) => each.id === id);
  }

  /**
   * 14 for a code that nobody has, 12 for one that has paid and pays once: 94 would say that the same message came twice,
   * which makes a terminal reverse the sale that stands.
   */
  decide(code: string, amountFen: number): CodeDecision {
    const customer = this.#customers.find((each) => each.code === code);
    if (customer === undefined) return { responseCode: '14', customer };
    const refusal = STATUS_CODES[customer.status] ?? this.#moneyRefusal(customer, amountFen);
    return { responseCode: refusal ?? '00', customer };
  }

  /** An approval went into the books. */
  markUsed({ code }: CodeCustomer): void {
    this.#used.add(code);
  }

  #moneyRefusal(customer: CodeCustomer, amountFen: number): string | undefined {
    if (customer.codeIsSingleUse && this.#used.has(customer.code)) return '12';
    if (amountFen < 1) return '13';
    if (amountFen > customer.saleLimitFen) return '61';
    return amountFen > customer.balanceFen - this.#ledger.netFen(customer.maskedAccount) ? '51' : undefined;
  }
}
