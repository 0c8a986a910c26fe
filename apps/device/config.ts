/** The configuration of a device, `terminal.yaml`: the settings of the terminal, and what the machine around it is. */
import * as v from 'valibot';
import type { WalletHost } from '../../firmware/hal/index.ts';
import { WALLET_HOSTS } from '../../firmware/protocol/wallet/web-message.ts';
import { DEFAULT_SETTINGS, type TerminalSettings } from '../../firmware/settings.ts';
import type { SealedSupervisor } from '../../drivers/linux/supervisors.ts';
import {
  type CheckedYaml,
  explained,
  pathOf,
  yamlDocument,
  type YamlPath,
  type YamlProblem,
} from '../../yaml/checked-yaml.ts';
import {
  completedSettings,
  NOTHING_BESIDE,
  type ReadBeside,
  ruled,
  type SaidSettings,
  settingsEntries,
  settingsProblems,
} from '../config.ts';
import { DRIVERS, SERIAL_DEVICES, type SerialDevice } from './device-table.ts';
import { type HostAddresses, hostsSchema, type UpdateSettings, updatesSchema } from './host-config.ts';
import { keyProblems } from './no-keys.ts';
import { type Members, mergedMembers, PROFILES } from './profiles.ts';
import { both } from './words.ts';

/** One device: which driver, and behind which serial port. */
export interface DevicePort {
  readonly driver: string;
  /** A path that udev keeps for it, as `/dev/pos-reader`. */
  readonly port: string;
}

export interface DeviceConfig {
  readonly settings: TerminalSettings;
  readonly devices: Readonly<Record<SerialDevice, DevicePort>>;
  readonly hosts: HostAddresses;
  readonly supervisors: readonly SealedSupervisor[];
  readonly profile: string;
  /** Absent where the terminal asks nobody for updates. */
  readonly updates?: UpdateSettings;
}

function device(name: SerialDevice) {
  const drivers = Object.keys(DRIVERS[name]);
  const choices = drivers.join(', ');
  return v.strictObject({
    driver: v.picklist(drivers, both(`is one of ${choices}`, `须为 ${choices} 之一`)),
    port: v.pipe(
      v.string(both('is a path as /dev/pos-reader', '须为 /dev/pos-reader 一类的路径')),
      v.regex(/^\/(?:[\w.:@-]+\/)*[\w.:@-]+$/, both('is a path as /dev/pos-reader', '须为 /dev/pos-reader 一类的路径')),
    ),
  });
}

const devices = v.pipe(
  v.strictObject({
    cardReader: device('cardReader'),
    pinPad: device('pinPad'),
    scanner: device('scanner'),
    printer: device('printer'),
    signaturePad: v.optional(
      v.literal('none', both('is none: there is no driver for a panel yet', '须为 none：还没有签名板驱动')),
      'none',
    ),
  }),
  ruled((said) => {
    const first = new Map<string, SerialDevice>();
    return SERIAL_DEVICES.flatMap((name) => {
      const { port } = said[name];
      const other = first.get(port);
      if (other === undefined) first.set(port, name);
      return other === undefined
        ? []
        : [{ path: [name, 'port'], message: both(`is the port of ${other} too`, `与 ${other} 的端口重复`) }];
    });
  }),
);

const bytesInHex = (count: number) =>
  v.pipe(
    v.string(),
    v.regex(
      new RegExp(`^[0-9a-fA-F]{${2 * count}}$`),
      both(`is ${count} bytes in hex`, `须为 ${count} 字节的十六进制`),
    ),
  );
const supervisor = v.strictObject({
  number: v.pipe(
    v.string(),
    v.regex(/^\d{2,8}$/, both('is two to eight digits in quotes', '须为引号中的 2 至 8 位数字')),
  ),
  name: v.pipe(v.string(), v.nonEmpty(both('is empty', '为空')), v.maxLength(20)),
  salt: bytesInHex(16),
  digest: bytesInHex(32),
});

function schemaOf(readBeside: ReadBeside, namesMethods: boolean) {
  return v.pipe(
    v.strictObject({
      ...settingsEntries(readBeside),
      devices,
      hosts: hostsSchema(readBeside),
      updates: v.optional(updatesSchema(readBeside)),
      supervisors: v.optional(v.array(supervisor), []),
      profile: v.optional(
        v.picklist(
          Object.keys(PROFILES),
          both(`is one of ${Object.keys(PROFILES).join(', ')}`, `须为 ${Object.keys(PROFILES).join('、')} 之一`),
        ),
        'standard',
      ),
      display: v.optional(
        v.literal('console', both('is console, the only one there is', '须为 console，目前只有这一种')),
        'console',
      ),
    }),
    ruled((said) => [
      ...settingsProblems(namesMethods ? said : withoutMethods(said)),
      ...addressProblems(said.wallet?.hosts ?? {}, said.hosts.wallets),
    ]),
  );
}

/** Methods of a profile that the shop has no contract for just leave the screen; only those of the file are looked at. */
function withoutMethods(said: SaidSettings): SaidSettings {
  return Object.fromEntries(Object.entries(said).filter(([name]) => name !== 'methods')) as SaidSettings;
}

/** A contract without an address would sell nothing, and an address without a contract neither. */
function addressProblems(
  contracts: Readonly<Record<string, unknown>>,
  addresses: Readonly<Partial<Record<WalletHost, unknown>>>,
): YamlProblem[] {
  return WALLET_HOSTS.flatMap((host): YamlProblem[] => {
    const hasAddress = addresses[host] !== undefined;
    const contract = contracts[host];
    if (contract === null && hasAddress) {
      return [
        {
          path: ['hosts', 'wallets', host],
          message: both('has no contract in wallet.hosts', 'wallet.hosts 中没有合同'),
        },
      ];
    }
    if (contract === null || contract === undefined || hasAddress) return [];
    return [
      { path: ['wallet', 'hosts', host], message: both('has no address in hosts.wallets', 'hosts.wallets 中没有地址') },
    ];
  });
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Wallets whose host has no address, and of which the file says nothing else, are off. */
function walletsThatAreOff(said: Members): Members {
  const hosts = isMembers(said['hosts']) ? said['hosts'] : {};
  const addresses = isMembers(hosts['wallets']) ? hosts['wallets'] : {};
  const isOff = (host: string): boolean => host !== 'acquirer' && !Object.hasOwn(addresses, host);
  const off = (table: Readonly<Record<string, string>>): Members =>
    Object.fromEntries(Object.entries(table).flatMap(([wallet, host]) => (isOff(host) ? [[wallet, null]] : [])));
  const { routes, presents } = DEFAULT_SETTINGS.wallet;
  const contracts = Object.fromEntries(WALLET_HOSTS.filter(isOff).map((host) => [host, null]));
  return { wallet: { hosts: contracts, routes: off(routes), presents: off(presents) } };
}

function explain(issue: v.BaseIssue<unknown>): YamlProblem {
  const path = pathOf(issue);
  const plain = explained(issue);
  if (plain === issue.message) return { path, message: plain };
  const zh = issue.expected === 'never' ? '不能写在这里' : '缺少';
  return { path, message: both(plain, zh) };
}

/** What the file says over its profile, and both over what follows from the hosts that have addresses. */
function withPresets(said: Members): Members {
  const { profile } = said;
  const preset = typeof profile === 'string' && Object.hasOwn(PROFILES, profile) ? PROFILES[profile] : undefined;
  return mergedMembers(mergedMembers(walletsThatAreOff(said), preset?.members ?? {}), said);
}

const isBelow = (path: YamlPath, above: YamlPath): boolean => above.every((part, index) => path[index] === part);

/**
 * Reads the configuration of a device. Problems name line and reason, in both languages where the member is one of a
 * device's own.
 *
 * @param readBeside reads the files that it names: seal and certificates
 */
export function parseDeviceConfig(text: string, readBeside: ReadBeside = NOTHING_BESIDE): CheckedYaml<DeviceConfig> {
  const document = yamlDocument(text);
  if (document.kind === 'invalid') return document;
  const said: Members = isMembers(document.value) ? document.value : {};
  const keys = keyProblems(said);
  const result = v.safeParse(schemaOf(readBeside, 'methods' in said), withPresets(said));
  const others = (result.issues ?? []).map(explain).filter(({ path }) => !keys.some((key) => isBelow(path, key.path)));
  const problems = [...keys, ...others].map((problem) => document.lined(problem));
  if (problems.length > 0 || !result.success) return { kind: 'invalid', problems };
  const { devices: ports, hosts, supervisors, profile, updates, display: _, ...settings } = result.output;
  return {
    kind: 'valid',
    value: {
      settings: completedSettings(settings),
      devices: ports,
      hosts,
      supervisors,
      profile,
      ...(updates && { updates }),
    } as DeviceConfig,
  };
}
