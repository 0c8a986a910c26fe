/** Who may talk to the terminal: a page that this process has served, on this machine, and nobody else. */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export const COOKIE = 'fenqi-session';
/** Custom headers cannot come from a form or an image of another page. */
export const TOKEN_HEADER = 'x-fenqi-token';
export const BODY_BYTES_MAX = 64 * 1024;

/** No scripts, styles, pictures or connections but our own; nobody frames the page. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
    "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

export interface Gate {
  readonly token: string;
  readonly port: number;
}

export type Verdict = 'open' | { readonly status: 400 | 401 | 403 | 413 | 415 | 421; readonly reason: string };

function isSame(given: string | undefined, token: string): boolean {
  const [a, b] = [Buffer.from(given ?? ''), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function cookieOf({ headers }: IncomingMessage): string | undefined {
  return new RegExp(`(?:^|; )${COOKIE}=([0-9a-f]+)`).exec(headers.cookie ?? '')?.[1];
}

/** A name that another page has made point at this machine (DNS rebinding) is none of these. */
export function isOurHost(host: string | undefined, port: number): boolean {
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`;
}

/** Whether a request may be answered. `/?token=` alone needs no cookie: it brings one. */
export function verdictOn(request: IncomingMessage, { token, port }: Gate): Verdict {
  const { headers, method } = request;
  if (!isOurHost(headers.host, port)) return { status: 421, reason: 'this terminal answers to 127.0.0.1 alone' };
  const site = headers['sec-fetch-site'];
  if (site === 'cross-site' && method !== 'GET') return { status: 403, reason: 'asked for by another page' };
  if (!isSame(cookieOf(request), token)) {
    return { status: 401, reason: 'open the address that the terminal process has printed' };
  }
  if (method !== 'POST') return 'open';
  // Every browser says where a POST comes from; who says nothing is no page of ours.
  if (!isOurHost(headers.origin?.replace(/^http:\/\//, ''), port)) {
    return { status: 403, reason: 'asked for by another page' };
  }
  const given = headers[TOKEN_HEADER];
  if (!isSame(typeof given === 'string' ? given : undefined, token)) {
    return { status: 403, reason: `the header ${TOKEN_HEADER} is missing or wrong` };
  }
  if (!/^application\/json\b/.test(headers['content-type'] ?? '')) return { status: 415, reason: 'JSON alone' };
  return 'open';
}

/** Whether a first visit brings the right token. */
export function bringsToken(url: URL, { token }: Gate): boolean {
  return isSame(url.searchParams.get('token') ?? undefined, token);
}
