/** Whose code it is, as the classification of its digits says. */
export type PayCodeClass = 'alipay' | 'wechat' | 'unionpay' | 'jd' | 'unknown';

export type Wallet = 'alipay' | 'wechat' | 'unionpay' | 'jd';

/** Instalment credit that comes with a wallet. */
export type WalletCredit = 'huabei' | 'baitiao';

/** Where a pay code goes. */
export type PayCodeRoute =
  /** `credit` is the instalment credit that can come with this wallet. */
  | { readonly kind: 'wallet'; readonly wallet: Wallet; readonly credit: WalletCredit | undefined }
  /** `wrongWallet`: a code of another wallet than the method that was chosen. */
  | { readonly kind: 'refused'; readonly reason: 'notSupported' | 'notAPayCode' | 'wrongWallet' };

const CREDIT_OF_WALLET: Readonly<Record<Wallet, WalletCredit | undefined>> = {
  alipay: 'huabei',
  wechat: undefined,
  unionpay: undefined,
  jd: 'baitiao',
};

/** Codes that a chosen credit takes, and who charges them. JD shows codes of UnionPay's form too, which only the choice tells apart. */
const WALLETS_OF_CREDIT: Readonly<Record<WalletCredit, Readonly<Partial<Record<PayCodeClass, Wallet>>>>> = {
  huabei: { alipay: 'alipay' },
  baitiao: { jd: 'jd', unionpay: 'jd' },
};

/**
 * Finds the wallet of a code class among those that the merchant has activated.
 *
 * @param chosen the credit that was chosen before the code was shown; then a code of another wallet is refused
 */
export function walletFor(codeClass: PayCodeClass, activated: readonly Wallet[], chosen?: WalletCredit): PayCodeRoute {
  if (codeClass === 'unknown') return { kind: 'refused', reason: 'notAPayCode' };
  const wallet = chosen === undefined ? codeClass : WALLETS_OF_CREDIT[chosen][codeClass];
  if (wallet === undefined) return { kind: 'refused', reason: 'wrongWallet' };
  if (!activated.includes(wallet)) return { kind: 'refused', reason: 'notSupported' };
  return { kind: 'wallet', wallet, credit: CREDIT_OF_WALLET[wallet] };
}
