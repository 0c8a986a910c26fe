import type { WebReply, WebRequest, WalletHost } from '../../firmware/protocol/wallet/web-message.ts';
import type { Wallet } from './wallet.ts';

/** What comes back for one request: a reply, or nothing ever. */
export type WebAnswer =
  { readonly kind: 'reply'; readonly afterMs: number; readonly reply: WebReply } | { readonly kind: 'silent' };

/** Wallets' hosts as a link or a server sees them. */
export interface WebHosts {
  handle(request: WebRequest): WebAnswer;
  /** Nobody is there: connections are refused. */
  isDown(host: WalletHost): boolean;
}

/** Headers of an answer of the Alipay-style gateway. */
const HEADERS = { 'content-type': 'text/html;charset=utf-8' };

/** One wallet, which is Alipay's; no other host has an address. */
export function alipayAlone(wallet: Wallet): WebHosts {
  return {
    isDown: (host) => host !== 'alipay' || wallet.faults.down,
    handle({ host, method, path, body }) {
      if (host !== 'alipay' || path.split('?')[0] !== '/gateway.do') return plain(404);
      if (method !== 'POST') return plain(405);
      const answer = wallet.handle(body);
      if (answer.kind === 'silent') return answer;
      const { afterMs, status } = answer;
      return { kind: 'reply', afterMs, reply: { status, headers: HEADERS, body: answer.body } };
    },
  };
}

function plain(status: number): WebAnswer {
  return { kind: 'reply', afterMs: 0, reply: { status, headers: {}, body: '' } };
}
