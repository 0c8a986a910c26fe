/** Whose code it is, as the classification of its digits says. */
export type PayCodeClass = 'alipay' | 'wechat' | 'unionpay' | 'unknown';

export type Wallet = 'alipay' | 'wechat' | 'unionpay';

/** Where a pay code goes. */
export type PayCodeRoute =
  /** `credit` is the instalment credit that can come with this wallet. */
  | { readonly kind: 'wallet'; readonly wallet: Wallet; readonly credit: 'huabei' | 'baitiao' | undefined }
  | { readonly kind: 'refused'; readonly reason: 'notSupported' | 'notAPayCode' };

/** Wallets that the terminal speaks to without an aggregator. */
export const DEFAULT_WALLETS: readonly Wallet[] = ['alipay'];

/** Baitiao pays by codes of the UnionPay form (62, 19 digits), so its plans belong to that class. */
const CREDIT_OF_WALLET: Readonly<Record<Wallet, 'huabei' | 'baitiao' | undefined>> = {
  alipay: 'huabei',
  wechat: undefined,
  unionpay: 'baitiao',
};

/** Finds the wallet of a code class among those that the merchant has activated. */
export function walletFor(codeClass: PayCodeClass, activated = DEFAULT_WALLETS): PayCodeRoute {
  if (codeClass === 'unknown') return { kind: 'refused', reason: 'notAPayCode' };
  if (!activated.includes(codeClass)) return { kind: 'refused', reason: 'notSupported' };
  return { kind: 'wallet', wallet: codeClass, credit: CREDIT_OF_WALLET[codeClass] };
}
