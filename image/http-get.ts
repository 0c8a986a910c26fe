/** One request for a file over HTTP, with its redirections: on a device too, where the global fetch does not work. */
import type { IncomingMessage } from 'node:http';
import { get as getHttp } from 'node:http';
import { get as getHttps, type RequestOptions } from 'node:https';

/** Whom a connection trusts, as `node:https` takes it; the authorities that Node comes with unless told. */
export type HttpsTrust = Pick<RequestOptions, 'ca' | 'ciphers' | 'minVersion' | 'checkServerIdentity'>;

export interface GetOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly trust?: HttpsTrust;
  /** Silence that ends it. */
  readonly idleMs: number;
  readonly signal?: AbortSignal;
}

const REDIRECTS_MAX = 3;

/** The answer, its body still to come. Rejects when there is none, or when it leads off TLS or in circles. */
export function httpGet(url: string, options: GetOptions, redirects = REDIRECTS_MAX): Promise<IncomingMessage> {
  const { headers = {}, trust = {}, idleMs, signal } = options;
  return new Promise((resolve, reject) => {
    const isTls = url.startsWith('https:');
    const usual = {
      headers: { 'accept-encoding': 'identity', ...headers },
      timeout: idleMs,
      // A connection of its own: one that is kept would have been checked against whatever the other asked for.
      agent: false,
      ...(signal === undefined ? {} : { signal }),
    };
    const answered = (answer: IncomingMessage): void => {
      const { statusCode = 0, headers: given } = answer;
      if (![301, 302, 303, 307, 308].includes(statusCode) || given.location === undefined) return resolve(answer);
      answer.destroy();
      if (!URL.canParse(given.location, url)) return reject(new Error('redirected to no address'));
      const next = new URL(given.location, url).href;
      const isWeaker = isTls && !next.startsWith('https:');
      if (redirects === 0 || isWeaker) return reject(new Error(isWeaker ? 'redirected off TLS' : 'too many redirects'));
      httpGet(next, options, redirects - 1).then(resolve, reject);
    };
    const sent = isTls ? getHttps(url, { ...usual, ...trust }, answered) : getHttp(url, usual, answered);
    sent.on('timeout', () => sent.destroy(new Error('the server went silent')));
    sent.on('error', reject);
  });
}

/**
 * A small text.
 *
 * @throws Error when there is none: no connection, another status than 200, or more bytes than allowed
 */
export async function httpGetText(url: string, bytesMax: number, options: GetOptions): Promise<string> {
  const answer = await httpGet(url, options);
  if (answer.statusCode !== 200) {
    answer.destroy();
    throw new Error(`status ${answer.statusCode ?? 0}`);
  }
  const chunks: Buffer[] = [];
  let received = 0;
  for await (const chunk of answer) {
    received += (chunk as Buffer).length;
    // Leaving the loop ends the connection.
    if (received > bytesMax) throw new Error('the answer is too long');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
