/** The phones of the customers at the console, wallet by wallet. */
import type { WalletHost } from '../../firmware/protocol/wallet/web-message.ts';
import { CODE_CUSTOMERS } from '../../simulator/acquirer/code-customers.ts';
import { WALLET_CUSTOMERS } from '../../simulator/wallet/customers.ts';
import { JD_PEOPLE } from '../../simulator/wallet/jd/people.ts';
import { payCodeOf, WEB_PEOPLE } from '../../simulator/wallet/web-people.ts';

export interface Phone {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  /** What it shows to the scanner. */
  readonly code: string;
  /** Whose app is on it; `undefined` for a code of UnionPay, which asks nothing. */
  readonly host: WalletHost | undefined;
  /** Number that names the account at JD. */
  readonly number?: string;
}

export interface PhoneWallet {
  readonly zh: string;
  readonly en: string;
  readonly phones: readonly Phone[];
}

export const PHONE_WALLETS: readonly PhoneWallet[] = [
  {
    zh: '支付宝',
    en: 'Alipay',
    phones: WALLET_CUSTOMERS.map(({ id, zh, en, code }) => ({ id, zh, en, code, host: 'alipay' })),
  },
  {
    zh: '微信',
    en: 'WeChat',
    phones: WEB_PEOPLE.map((person) => {
      const { id, zh, en } = person;
      return { id, zh, en, code: payCodeOf(person, 'wechat'), host: 'wechat' };
    }),
  },
  {
    zh: '京东',
    en: 'JD',
    phones: JD_PEOPLE.map(({ id, zh, en, code, phone }) => ({ id, zh, en, code, host: 'jd', number: phone })),
  },
  {
    zh: '云闪付',
    en: 'UnionPay',
    phones: CODE_CUSTOMERS.map(({ id, zh, en, code }) => ({ id, zh, en, code, host: undefined })),
  },
];
