import { bytesOfUtf8, textOfUtf8 } from '../../base/text.ts';
import { ProtocolError } from '../../base/protocol-error.ts';
import type { WalletHost } from '../../hal/wallet-keys.ts';

export type { WalletHost } from '../../hal/wallet-keys.ts';

/** Hosts that speak a web API. */
export const WALLET_HOSTS: readonly WalletHost[] = ['alipay', 'wechat', 'jd', 'lakala'];

/** What goes to a wallet's host. The link knows the host's address. */
export interface WebRequest {
  readonly host: WalletHost;
  readonly method: 'GET' | 'POST';
  /** From the host's base address, with query. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What comes back. Hosts sign refusals too, whatever their status: the dialect decides what to believe. */
export interface WebReply {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Headers of one message; a host sends a dozen. */
const HEADERS_MAX = 64;
/** RFC 9110: a token, in lower case here. */
const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]{1,64}$/;
/** Visible ASCII and spaces, which is all that these hosts use. */
const HEADER_VALUE = /^[\x20-\x7e]{0,2048}$/;
const PATH = /^\/[\x21-\x7e]{0,2047}$/;

/** The request as one text: `POST alipay /gateway.do`, a line for each header, an empty line, the body. */
export function encodeWebRequest({ host, method, path, headers, body }: WebRequest): Uint8Array {
  return encode(`${method} ${host} ${path}`, headers, body);
}

/** Throws `ProtocolError` for anything but what {@link encodeWebRequest} writes. */
export function decodeWebRequest(bytes: Uint8Array): WebRequest {
  const { first, headers, body } = decode(bytes);
  const [, method, name, path] = /^(GET|POST) ([a-z]+) (\S+)$/.exec(first) ?? [];
  const host = WALLET_HOSTS.find((each) => each === name);
  if (method === undefined || host === undefined || path === undefined || !PATH.test(path)) {
    throw new ProtocolError(['request'], 'no method, host and path');
  }
  return { host, method: method === 'GET' ? 'GET' : 'POST', path, headers, body };
}

/** The reply as one text: the status, a line for each header, an empty line, the body. */
export function encodeWebReply({ status, headers, body }: WebReply): Uint8Array {
  return encode(String(status), headers, body);
}

/** Throws `ProtocolError` for anything but what {@link encodeWebReply} writes. */
export function decodeWebReply(bytes: Uint8Array): WebReply {
  const { first, headers, body } = decode(bytes);
  if (!/^[1-5]\d\d$/.test(first)) throw new ProtocolError(['reply'], 'no status');
  return { status: Number(first), headers, body };
}

/** Whether a header can stand in a message; links leave out those that cannot. */
export function isWebHeader(name: string, value: string): boolean {
  return HEADER_NAME.test(name) && HEADER_VALUE.test(value);
}

function encode(first: string, headers: WebReply['headers'], body: string): Uint8Array {
  const lines = Object.entries(headers).map(([name, value]) => {
    if (!isWebHeader(name, value)) throw new ProtocolError(['headers'], 'not a header');
    return `${name}: ${value}\n`;
  });
  return bytesOfUtf8(`${first}\n${lines.join('')}\n${body}`);
}

function decode(bytes: Uint8Array): { first: string; headers: Record<string, string>; body: string } {
  const text = textOfUtf8(bytes);
  if (text === undefined) throw new ProtocolError(['message'], 'no UTF-8');
  const end = text.indexOf('\n\n');
  if (end < 0) throw new ProtocolError(['message'], 'no empty line after the headers');
  const [first = '', ...lines] = text.slice(0, end).split('\n');
  if (lines.length > HEADERS_MAX) throw new ProtocolError(['headers'], 'too many');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const [, name, value] = /^([^:]+): (.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined || !isWebHeader(name, value)) {
      throw new ProtocolError(['headers'], 'not a header');
    }
    if (Object.hasOwn(headers, name)) throw new ProtocolError(['headers', name], 'occurs twice');
    headers[name] = value;
  }
  return { first, headers, body: text.slice(end + 2) };
}
