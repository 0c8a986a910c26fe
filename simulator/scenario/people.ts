import * as v from 'valibot';
import { CODE_CUSTOMERS } from '../acquirer/code-customers.ts';
import { WALLET_CUSTOMERS } from '../wallet/customers.ts';
import { JD_PEOPLE } from '../wallet/jd/people.ts';
import type { WalletHost } from '../../firmware/protocol/wallet/web-message.ts';
import { payCodeOf, WEB_PEOPLE } from '../wallet/web-people.ts';

/** Wallets whose codes the aggregator charges. */
const AGGREGATED = ['alipay', 'wechat', 'jd', 'unionpay'] as const;

const alipayIds = WALLET_CUSTOMERS.map(({ id }) => id);
const webIds = WEB_PEOPLE.map(({ id }) => id);
const unionpayIds = CODE_CUSTOMERS.map(({ id }) => id);
const jdIds = JD_PEOPLE.map(({ id }) => id);

/** Whose phone it is. */
export interface PhoneOwner {
  readonly host: WalletHost;
  readonly id: string;
}

const PHONES: ReadonlyMap<string, PhoneOwner> = new Map([
  ...alipayIds.flatMap((id): [string, PhoneOwner][] => [
    [id, { host: 'alipay', id }],
    [`alipay/${id}`, { host: 'alipay', id }],
  ]),
  ...webIds.map((id): [string, PhoneOwner] => [`wechat/${id}`, { host: 'wechat', id }]),
  ...jdIds.map((id): [string, PhoneOwner] => [`jd/${id}`, { host: 'jd', id }]),
  ...webIds.map((id): [string, PhoneOwner] => [`lakala/${id}`, { host: 'lakala', id }]),
]);

/** What the scanner reads off somebody's phone, by the name of the code. */
const CODES: ReadonlyMap<string, string> = new Map([
  ...WALLET_CUSTOMERS.flatMap(({ id, code }): [string, string][] => [
    [id, code],
    [`alipay/${id}`, code],
  ]),
  ...WEB_PEOPLE.map((person): [string, string] => [`wechat/${person.id}`, payCodeOf(person, 'wechat')]),
  ...JD_PEOPLE.flatMap(({ id, code, account }): [string, string][] => [
    [`jd/${id}`, code],
    [`jd/${id}/account`, account],
  ]),
  ...CODE_CUSTOMERS.map(({ id, code }): [string, string] => [`unionpay/${id}`, code]),
  ...AGGREGATED.flatMap((wallet) =>
    WEB_PEOPLE.map((person): [string, string] => [`lakala/${wallet}/${person.id}`, payCodeOf(person, wallet)]),
  ),
]);

/** Beginnings of names; any other text stands for itself, also one with a slash in it, such as an address. */
const NAMED = /^(?:alipay|wechat|jd|unionpay|lakala)\//;

/** The text of a code: of the person who is named, or the text itself. */
export function scannedText(named: string): string {
  return CODES.get(named) ?? named;
}

const NAMES: ReadonlyMap<string, string> = new Map([...CODES].map(([name, code]) => [code, name]));

/** The name of the person whose code it is; `undefined` for the code of nobody. */
export function codeName(text: string): string | undefined {
  return NAMES.get(text);
}

/** The phone of somebody whose name the format has taken. */
export function phoneOwner(named: string): PhoneOwner {
  const owner = PHONES.get(named);
  if (owner === undefined) throw new RangeError(`no phone of ${named}`);
  return owner;
}

/** What must stand nowhere in clear, whoever pays. */
export function secretsOfPeople(): readonly string[] {
  return [...CODES.values(), ...JD_PEOPLE.map(({ phone }) => phone)];
}

const CODE_HINT =
  `a code is an id of Alipay (${alipayIds.join(', ')}), wechat/ID or lakala/WALLET/ID (ID: ${webIds.join(', ')}; ` +
  `WALLET: ${AGGREGATED.join(', ')}), jd/ID or jd/ID/account (${jdIds.join(', ')}), ` +
  `unionpay/ID (${unionpayIds.join(', ')}), ` +
  'or the text of the code itself';

/** Somebody's code, or any text that a code could hold. */
export const scannable = v.pipe(
  v.string('a code is written in quotes'),
  v.nonEmpty('a code has characters'),
  v.check((text) => !NAMED.test(text) || CODES.has(text), CODE_HINT),
);

/** Whoever has a phone with a wallet. */
export const withPhone = v.picklist([...PHONES.keys()], `a customer is one of ${[...PHONES.keys()].join(', ')}`);

const jdNames = jdIds.map((id) => `jd/${id}`);

/** Whoever has an account at JD. */
export const withAccount = v.picklist(jdNames, `an account is that of one of ${jdNames.join(', ')}`);
