/** What the wallet makes of an amount, beyond paying it. `executed` says what the ledger holds afterwards. */
export type WalletAmountEffect =
  | { readonly kind: 'fails'; readonly subCode: string }
  | {
      readonly kind: 'asksPhone';
      readonly next?: { readonly does: 'confirm' | 'refuse'; readonly afterMs: number };
    }
  | { readonly kind: 'systemError'; readonly code: '20000' | '40004'; readonly executed: boolean }
  | { readonly kind: 'silent'; readonly executed: boolean }
  | { readonly kind: 'late' }
  | { readonly kind: 'wrongSignature' }
  | { readonly kind: 'garbage' }
  | { readonly kind: 'wrongAmount' };

export interface WalletAmountOutcome {
  /** The last two digits of the amount in fen. */
  readonly fenEnding: string;
  readonly zh: string;
  readonly en: string;
  readonly effect: WalletAmountEffect;
}

/** How long a pending customer takes when the amount decides; long enough for two polls (3 to 6 s each). */
const PHONE_DELAY_MS = 6_000;

/** Amounts that make the simulated wallet misbehave; every other amount, whole yuan above all, is the customer's affair. */
export const WALLET_AMOUNT_OUTCOMES: readonly WalletAmountOutcome[] = [
  {
    fenEnding: '10',
    zh: '等待用户确认，一直不确认',
    en: 'Pending until the phone is used',
    effect: { kind: 'asksPhone' },
  },
  {
    fenEnding: '12',
    zh: '等待用户确认，6 秒后支付成功',
    en: 'Pending, paid after 6 seconds',
    effect: { kind: 'asksPhone', next: { does: 'confirm', afterMs: PHONE_DELAY_MS } },
  },
  {
    fenEnding: '13',
    zh: '等待用户确认，6 秒后用户取消',
    en: 'Pending, refused after 6 seconds',
    effect: { kind: 'asksPhone', next: { does: 'refuse', afterMs: PHONE_DELAY_MS } },
  },
  {
    fenEnding: '14',
    zh: '付款码无效',
    en: 'Pay code not valid',
    effect: { kind: 'fails', subCode: 'ACQ.PAYMENT_AUTH_CODE_INVALID' },
  },
  {
    fenEnding: '51',
    zh: '余额不足',
    en: 'Balance too low',
    effect: { kind: 'fails', subCode: 'ACQ.BUYER_BALANCE_NOT_ENOUGH' },
  },
  {
    fenEnding: '61',
    zh: '超过单日限额',
    en: 'Over the day limit',
    effect: { kind: 'fails', subCode: 'ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR' },
  },
  {
    fenEnding: '64',
    zh: '应答签名错误（已扣款）',
    en: 'Reply with a wrong signature; paid',
    effect: { kind: 'wrongSignature' },
  },
  {
    fenEnding: '65',
    zh: '应答金额不符（已扣款）',
    en: 'Reply with another amount; paid',
    effect: { kind: 'wrongAmount' },
  },
  {
    fenEnding: '66',
    zh: '应答乱码（已扣款）',
    en: 'Reply that is no JSON; paid',
    effect: { kind: 'garbage' },
  },
  {
    fenEnding: '92',
    zh: '服务不可用（已扣款）',
    en: 'Service unavailable (20000); paid',
    effect: { kind: 'systemError', code: '20000', executed: true },
  },
  {
    fenEnding: '93',
    zh: '服务不可用（未扣款）',
    en: 'Service unavailable (20000); not paid',
    effect: { kind: 'systemError', code: '20000', executed: false },
  },
  {
    fenEnding: '95',
    zh: '系统错误（已扣款）',
    en: 'ACQ.SYSTEM_ERROR; paid',
    effect: { kind: 'systemError', code: '40004', executed: true },
  },
  {
    fenEnding: '96',
    zh: '系统错误（未扣款）',
    en: 'ACQ.SYSTEM_ERROR; not paid',
    effect: { kind: 'systemError', code: '40004', executed: false },
  },
  {
    fenEnding: '97',
    zh: '无应答（未扣款）',
    en: 'No answer; not paid',
    effect: { kind: 'silent', executed: false },
  },
  {
    fenEnding: '98',
    zh: '无应答（已扣款）',
    en: 'No answer; paid',
    effect: { kind: 'silent', executed: true },
  },
  {
    fenEnding: '99',
    zh: '应答超时后才到（已扣款）',
    en: 'Answer after the deadline; paid',
    effect: { kind: 'late' },
  },
];

/** The effect of an amount, `undefined` for an ordinary one. */
export function walletAmountEffect(amountFen: number): WalletAmountEffect | undefined {
  const ending = (amountFen % 100).toString().padStart(2, '0');
  return WALLET_AMOUNT_OUTCOMES.find(({ fenEnding }) => fenEnding === ending)?.effect;
}

/** An order number that is as long and not the same, for answers about another order. */
export function otherNumber(outTradeNo: string): string {
  return `${outTradeNo.slice(0, -1)}${outTradeNo.endsWith('9') ? '0' : '9'}`;
}
