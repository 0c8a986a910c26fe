/** What a configuration says about where the hosts are and whom a connection to them trusts. */
import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import * as v from 'valibot';
import type { WalletHost } from '../../firmware/hal/index.ts';
import { WALLET_HOSTS } from '../../firmware/protocol/wallet/web-message.ts';
import type { TlsTrust } from '../../drivers/linux/tls-connect.ts';
import type { ReadBeside } from '../config.ts';
import { both } from './words.ts';

/** Where the acquirer is; without `tls` the connection is plain, and then the host is this machine. */
export interface AcquirerAddress {
  readonly host: string;
  readonly port: number;
  readonly tls?: TlsTrust;
  /** Its key lies in the data directory. */
  readonly hasCertificate: boolean;
}

export interface WalletHostAddress {
  readonly url: string;
  readonly tls: Omit<TlsTrust, 'servername'>;
}

/** Where updates come from. */
export interface UpdateSettings {
  readonly manifest: string;
  readonly everyHours: number;
  /** Of the channel, and of whatever serves its bundles. */
  readonly tls: Omit<TlsTrust, 'servername'>;
}

export interface HostAddresses {
  readonly acquirer: AcquirerAddress;
  readonly wallets: Readonly<Partial<Record<WalletHost, WalletHostAddress>>>;
}

/** Says that the authorities are those that Node comes with. */
const SYSTEM = 'system';

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);

const address = v.pipe(
  v.string(both('is HOST:PORT in quotes', '是引号中的 主机:端口')),
  v.regex(/^(?:[\w.-]+|\[[0-9a-fA-F:]+\]):\d{1,5}$/, both('is HOST:PORT', '是 主机:端口')),
  v.transform((text) => {
    const at = text.lastIndexOf(':');
    return { host: text.slice(0, at).replace(/^\[(.*)\]$/, '$1'), port: Number(text.slice(at + 1)) };
  }),
  v.check(({ port }) => port > 0 && port < 65_536, both('has no such port', '端口号不存在')),
);

const pin = v.pipe(
  v.string(),
  v.regex(
    /^sha256\/[A-Za-z0-9+/]{43}=$/,
    both('is sha256/ and the base64 of 32 bytes', '是 sha256/ 加 32 字节的 base64'),
  ),
  v.transform((text) => text.slice('sha256/'.length)),
);
const pins = v.optional(v.pipe(v.array(pin), v.nonEmpty(both('is empty', '为空'))));

/** PEM certificates in a file beside the configuration. */
function certificates(readBeside: ReadBeside) {
  return v.rawTransform<string, string>(({ dataset, addIssue, NEVER }) => {
    const file = readBeside(dataset.value);
    const why = typeof file === 'string' ? file : certificateProblem(new TextDecoder().decode(file));
    if (why === undefined && typeof file !== 'string') return new TextDecoder().decode(file);
    addIssue({ message: why ?? '' });
    return NEVER;
  });
}

function certificateProblem(pem: string): string | undefined {
  if (pem.includes('PRIVATE KEY')) return both('holds a private key', '含有私钥');
  try {
    void new X509Certificate(pem);
    return undefined;
  } catch {
    return both('holds no PEM certificate', '不是 PEM 证书');
  }
}

function authorities(readBeside: ReadBeside) {
  return v.pipe(
    v.string(both('is a file of PEM certificates, or system', '是 PEM 证书文件，或 system')),
    v.rawTransform<string, string | readonly string[]>(({ dataset, addIssue, NEVER }) => {
      if (dataset.value === SYSTEM) return rootCertificates;
      const read = v.safeParse(v.pipe(v.string(), certificates(readBeside)), dataset.value);
      if (read.success) return read.output;
      addIssue({ message: read.issues[0].message });
      return NEVER;
    }),
  );
}

function acquirer(readBeside: ReadBeside) {
  const tls = v.pipe(
    v.strictObject({
      ca: authorities(readBeside),
      pins,
      name: v.optional(v.string()),
      certificate: v.optional(v.pipe(v.string(), certificates(readBeside))),
    }),
    v.check(
      ({ ca, pins: pinned }) => typeof ca === 'string' || pinned !== undefined,
      both('trusts every public authority: name the pins of the host', '信任所有公共机构时须写明主机的 pins'),
    ),
  );
  return v.pipe(
    v.strictObject({
      address,
      tls: v.optional(tls),
      plain: v.optional(v.literal(true, both('is true or is left out', '是 true，或不写'))),
    }),
    v.check(
      ({ tls: trust, plain }) => (trust === undefined) !== (plain === undefined),
      both('has either tls or plain: true', '须有 tls，或 plain: true，二者择一'),
    ),
    v.check(
      ({ address: { host }, plain }) => plain === undefined || isLoopback(host),
      both('plain goes to this machine alone', '明文只能连接本机'),
    ),
    v.transform(({ address: { host, port }, tls: trust }): AcquirerAddress => {
      if (trust === undefined) return { host, port, hasCertificate: false };
      const { ca, pins: pinned, name = host, certificate } = trust;
      const rest = { ...(pinned && { pins: pinned }), ...(certificate !== undefined && { cert: certificate }) };
      return { host, port, tls: { ca, servername: name, ...rest }, hasCertificate: certificate !== undefined };
    }),
  );
}

const url = v.pipe(
  v.string(both('is an address in quotes', '是引号中的地址')),
  v.check(isSafeUrl, both('is https://…, or http:// of this machine', '是 https://…，或本机的 http://')),
);

function wallet(readBeside: ReadBeside) {
  const members = v.strictObject({ url, ca: v.optional(authorities(readBeside), SYSTEM), pins });
  return v.pipe(
    v.union(
      [
        v.pipe(
          v.string(),
          v.transform((text) => ({ url: text })),
          members,
        ),
        members,
      ],
      both(
        'is an address, or { url, ca, pins }: https, or http of this machine',
        '是地址或 { url, ca, pins }：https，或本机的 http',
      ),
    ),
    v.transform(({ url: base, ca, pins: pinned }): WalletHostAddress => {
      return { url: base, tls: { ca, ...(pinned && { pins: pinned }) } };
    }),
  );
}

/** TLS, or no further than this machine. */
export function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname.replace(/^\[(.*)\]$/, '$1')));
}

const EVERY_HOURS = 6;

/** The member `updates`. */
export function updatesSchema(readBeside: ReadBeside) {
  const hours = both('is a whole number of hours, 1 to 168', '是 1 至 168 的整数小时');
  return v.pipe(
    v.strictObject({
      manifest: url,
      everyHours: v.optional(
        v.pipe(v.number(hours), v.integer(hours), v.minValue(1, hours), v.maxValue(168, hours)),
        EVERY_HOURS,
      ),
      ca: v.optional(authorities(readBeside), SYSTEM),
      pins,
    }),
    v.transform(({ manifest, everyHours, ca, pins: pinned }): UpdateSettings => {
      return { manifest, everyHours, tls: { ca, ...(pinned && { pins: pinned }) } };
    }),
  );
}

/** The member `hosts`. */
export function hostsSchema(readBeside: ReadBeside) {
  const each = wallet(readBeside);
  const wallets = Object.fromEntries(WALLET_HOSTS.map((host) => [host, v.optional(each)])) as Record<
    WalletHost,
    v.OptionalSchema<typeof each, undefined>
  >;
  return v.strictObject({ acquirer: acquirer(readBeside), wallets: v.optional(v.strictObject(wallets), {}) });
}
