/** What leaves for a wallet's host and what may be believed of what comes back: signed on the way out, checked on the way in. */
import { hexOf } from '../base/bytes.ts';
import { invariant } from '../base/invariant.ts';
import { ProtocolError } from '../base/protocol-error.ts';
import { WALLET_DIALECTS } from '../protocol/wallet/dialects.ts';
import type { CallContext, WalletAnswer, WalletCall, WalletDialect } from '../protocol/wallet/wallet-api.ts';
import { decodeWebReply, encodeWebRequest, type WalletHost } from '../protocol/wallet/web-message.ts';
import type { Services } from '../services.ts';

const NONCE_BYTES = 16;

export type WalletReply =
  | WalletAnswer
  /** Not one byte left the terminal. */
  | { readonly kind: 'notSent' }
  /** The host has no such service, or the merchant no contract with it. */
  | { readonly kind: 'notServed' };

/**
 * One signed call. A reply with a wrong signature, none, or one that cannot be read says nothing about the money: it is
 * `unknown`, like no reply.
 */
export async function askWallet(services: Services, host: WalletHost, call: WalletCall): Promise<WalletReply> {
  const { ports, settings } = services;
  const merchant = settings.wallet.hosts[host];
  const dialect = WALLET_DIALECTS[host];
  if (merchant === undefined) return { kind: 'notServed' };
  const context: CallContext = {
    merchant,
    terminalId: settings.terminalId,
    wallMs: ports.clock.wallMs(),
    nonce: hexOf(ports.random.bytes(NONCE_BYTES)).toLowerCase(),
  };
  const unsigned = dialect.request(call, context);
  if (unsigned === undefined) return { kind: 'notServed' };
  const request = unsigned.sealed(await ports.walletKeys.sign(host, unsigned.signString));
  const exchange = await ports.wallet.exchange(encodeWebRequest(request), settings.wallet.replyDeadlineMs);
  if (exchange.kind !== 'replied') return { kind: exchange.kind };
  return believed(services, dialect, call, context, exchange.reply);
}

async function believed(
  { ports }: Services,
  dialect: WalletDialect,
  call: WalletCall,
  context: CallContext,
  bytes: Uint8Array,
): Promise<WalletAnswer> {
  try {
    const reply = dialect.reply(call, decodeWebReply(bytes), context);
    const isGenuine = await ports.walletKeys.verify(dialect.host, reply.signedContent, reply.signature);
    return isGenuine ? reply.read() : { kind: 'unknown' };
  } catch (error) {
    if (error instanceof ProtocolError) return { kind: 'unknown' };
    throw error;
  }
}

/** A host's answer to something that it must serve, because the order is already there. */
export function served(reply: WalletReply): Exclude<WalletReply, { readonly kind: 'notServed' }> {
  invariant(reply.kind !== 'notServed', 'an order goes only to a host that serves it');
  return reply;
}
