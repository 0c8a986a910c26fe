/** What a configuration says about wallets: the shop's contracts, and which host charges and shows the codes of each wallet. */
import * as v from 'valibot';
import { DEFAULT_SETTINGS, type WalletSettings } from '../firmware/settings.ts';
import type { YamlPath } from '../yaml/checked-yaml.ts';

const name = v.pipe(v.string('write it in quotes'), v.regex(/^[\w-]{1,64}$/, 'is 1 to 64 letters, digits, - and _'));
const url = v.pipe(v.string(), v.url('is an address as https://shop.example/notify'));
const duration = v.pipe(v.number('is a number of milliseconds'), v.integer(), v.minValue(1, 'is more than 0'));

/** `null` for a host that the shop has no contract with. */
const contract = <Members extends v.ObjectEntries>(entries: Members) =>
  v.nullable(v.partial(v.strictObject({ ...entries, notifyUrl: url })));

/** Who may stand for a wallet; `null` switches the wallet off. */
const oneOf = <const Choices extends readonly [string, ...string[]]>(...choices: Choices) =>
  v.nullable(v.picklist(choices, `is ${choices.join(', ')} or null`));

export const walletMembers = v.partial(
  v.strictObject({
    hosts: v.partial(
      v.strictObject({
        alipay: contract({ appId: name, merchantId: name }),
        wechat: contract({ appId: name, merchantId: name, serialNumber: name }),
        jd: contract({ merchantId: name }),
        lakala: contract({ appId: name, merchantId: name, serialNumber: name }),
      }),
    ),
    routes: v.partial(
      v.strictObject({
        alipay: oneOf('alipay', 'lakala'),
        wechat: oneOf('wechat', 'lakala'),
        jd: oneOf('jd', 'lakala'),
        unionpay: oneOf('acquirer', 'lakala'),
      }),
    ),
    presents: v.partial(
      v.strictObject({
        alipay: oneOf('alipay', 'lakala'),
        wechat: oneOf('wechat', 'lakala'),
        jd: oneOf('jd', 'lakala'),
        unionpay: oneOf('lakala'),
      }),
    ),
    subject: v.pipe(v.string(), v.nonEmpty('is empty')),
    pollEveryMs: duration,
    decideWithinMs: duration,
    replyDeadlineMs: duration,
  }),
);

type Said = v.InferOutput<typeof walletMembers>;

/** The defaults with what was said; what is `null` goes. */
function merged(usual: Readonly<Record<string, unknown>>, said: Readonly<Record<string, unknown>> = {}) {
  const entries = Object.entries({ ...usual, ...said }).map(([key, value]) => [key, withDefaults(usual[key], value)]);
  return Object.fromEntries(entries.filter(([, value]) => value !== null && value !== undefined));
}

function withDefaults(usual: unknown, said: unknown): unknown {
  return typeof usual === 'object' && typeof said === 'object' && said !== null ? { ...usual, ...said } : said;
}

/** The settings of a terminal whose file says this of wallets. */
export function walletSettingsOf(said: Said = {}): WalletSettings {
  const { hosts, routes, presents, ...rest } = DEFAULT_SETTINGS.wallet;
  return {
    ...rest,
    ...said,
    hosts: merged(hosts, said.hosts),
    routes: merged(routes, said.routes),
    presents: merged(presents, said.presents),
  } as WalletSettings;
}

/** A wallet must not be sent to a host that has no contract. */
export function walletProblems({ hosts, routes, presents }: WalletSettings): { path: YamlPath; message: string }[] {
  return Object.entries({ routes, presents }).flatMap(([part, table]) =>
    Object.entries(table)
      .filter(([, host]) => host !== 'acquirer' && hosts[host] === undefined)
      .map(([wallet, host]) => ({
        path: ['wallet', part, wallet],
        message: `goes to ${host}, with which hosts has no contract: name another, or null`,
      })),
  );
}
