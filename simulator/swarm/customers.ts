import type { Wallet } from '../../firmware/protocol/wallet/wallet-api.ts';
import type { WalletHost } from '../../firmware/protocol/wallet/web-message.ts';
import { WALLET_CUSTOMERS, type WalletCustomer } from '../wallet/customers.ts';
import { JD_PEOPLE, type JdPerson } from '../wallet/jd/people.ts';
import { payCodeOf, WEB_PEOPLE, type WebPerson } from '../wallet/web-people.ts';

/** Enough for the longest run, in the twelve digits of a host; refusals for want of money come from people made for it. */
export const PLENTY_FEN = 900_000_000_000;

/** Somebody with a phone in one shop, as one host knows them. */
export interface SwarmCustomer {
  readonly host: WalletHost;
  readonly id: string;
  /** What they are like: the id in the host's own table of customers. */
  readonly kind: string;
  /** What the phone shows, by wallet. */
  readonly codes: Readonly<Partial<Record<Wallet, string>>>;
  readonly hasCredit: boolean;
  /** Names the account at JD. */
  readonly phone: string | undefined;
}

/** Pay codes and phone numbers of a swarm, wherever they stand in a text. */
export const CUSTOMER_SECRETS =
  '(?<!\\d)(?:2810\\d{14}|(?:13|18|28)0{6}\\d{10}|62(?:0{7}\\d{10}|20{13}1\\d{2})|139\\d{4}00[01]\\d)(?!\\d)';

function shopOf(terminal: number): string {
  return terminal.toString().padStart(6, '0');
}

/** Alipay's customers of one shop: codes of their own, so that no shop confirms another's order. */
export function alipayCustomersOf(terminal: number): WalletCustomer[] {
  const shop = shopOf(terminal);
  return WALLET_CUSTOMERS.map((customer, index) => ({
    ...customer,
    id: `${customer.id}-${shop}`,
    code: `2810${shop}${index.toString().padStart(8, '0')}`,
    balanceFen: customer.id === 'lowBalance' ? customer.balanceFen : PLENTY_FEN,
    dayLimitFen: customer.id === 'dayLimit' ? customer.dayLimitFen : PLENTY_FEN,
    ...(customer.huabeiLimitFen === undefined || customer.id === 'huabeiLowLimit'
      ? {}
      : { huabeiLimitFen: PLENTY_FEN }),
  }));
}

/** Those of the hosts that speak for several wallets. */
export function webPeopleOf(terminal: number): WebPerson[] {
  const shop = shopOf(terminal);
  return WEB_PEOPLE.map((person, index) => ({
    ...person,
    id: `${person.id}-${shop}`,
    number: `${shop}${index.toString().padStart(4, '0')}`,
    balanceFen: person.id === 'lowBalance' ? person.balanceFen : PLENTY_FEN,
    ...(person.creditFen === undefined || person.id === 'creditLowLimit' ? {} : { creditFen: PLENTY_FEN }),
  }));
}

export function jdPeopleOf(terminal: number): JdPerson[] {
  const shop = shopOf(terminal);
  return JD_PEOPLE.map((person, index) => {
    const ending = index.toString().padStart(4, '0');
    return {
      ...person,
      id: `${person.id}-${shop}`,
      code: `18000000${shop}${ending}`,
      phone: `139${shop.slice(-4)}${ending}`,
      account: `jd_${shop}_${ending}`,
      balanceFen: person.id === 'lowBalance' ? person.balanceFen : PLENTY_FEN,
      ...(person.baitiaoLimitFen === undefined || person.id === 'lowLimit' ? {} : { baitiaoLimitFen: PLENTY_FEN }),
    };
  });
}

/** Everybody who may come to this shop with a phone. */
export function customersOf(terminal: number): readonly SwarmCustomer[] {
  return [
    ...alipayCustomersOf(terminal).map(({ id, code, huabeiLimitFen }) =>
      customer('alipay', id, { alipay: code }, huabeiLimitFen !== undefined),
    ),
    ...webPeopleOf(terminal).flatMap((person) => {
      const [alipay, wechat, jd, unionpay] = (['alipay', 'wechat', 'jd', 'unionpay'] as const).map((wallet) =>
        payCodeOf(person, wallet),
      ) as [string, string, string, string];
      return [
        customer('wechat', person.id, { wechat }, false),
        customer('lakala', person.id, { alipay, wechat, jd, unionpay }, person.creditFen !== undefined),
      ];
    }),
    ...jdPeopleOf(terminal).map(({ id, code, phone, baitiaoLimitFen }) => ({
      ...customer('jd', id, { jd: code }, baitiaoLimitFen !== undefined),
      phone,
    })),
  ];
}

function customer(host: WalletHost, id: string, codes: SwarmCustomer['codes'], hasCredit: boolean): SwarmCustomer {
  return { host, id, codes, hasCredit, kind: id.split('-')[0] ?? '', phone: undefined };
}
