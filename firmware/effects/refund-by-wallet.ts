import { invariant } from '../base/invariant.ts';
import type { JournaledRefund } from '../journal/fold.ts';
import type { SaleKey } from '../journal/records.ts';
import { chinaTimestamp } from '../protocol/wallet/china-time.ts';
import type { Services } from '../services.ts';
import type { HostWord } from './refund-result.ts';
import { askWallet } from './wallet-channel.ts';
import { hostOf, knownOrder } from './wallet-order.ts';

/** Terminal, day, batch and STAN of the refund: made once, written down before it is sent, never made again. */
export function refundNumber({ ports, settings }: Services, { batch, stan }: SaleKey): string {
  const day = chinaTimestamp(ports.clock.wallMs()).slice(0, 10).replaceAll('-', '');
  return `${settings.terminalId}${day}${batch}${stan.toString().padStart(6, '0')}`;
}

/**
 * Asks the wallet once to pay back. The number makes it safe to ask again: a host executes it once, and answers a
 * repetition as it answered the first.
 */
export async function askWalletToRefund(services: Services, { intent }: JournaledRefund): Promise<HostWord> {
  const { way, original, amountFen } = intent;
  const sale = services.journal.sale(original);
  invariant(way.by === 'wallet' && sale.intent.type === 'walletIntent', 'a wallet pays back its own orders');
  const refund = { order: knownOrder(sale.intent), refundNo: way.refundNo, refundFen: amountFen };
  const answer = await askWallet(services, hostOf(sale.intent), { kind: 'refund', refund });
  if (answer.kind === 'refunded') return { kind: 'done', hostFeeBackFen: answer.feeBackFen };
  if (answer.kind === 'failed') return { kind: 'declined', responseCode: answer.code };
  if (answer.kind === 'notSent' || answer.kind === 'notServed') return { kind: 'notSent' };
  if (answer.kind === 'mismatch') return { kind: 'untrusted', why: 'mismatch' };
  // Whatever else a host can say of an order, it does not say that this money has gone back, or never will.
  return { kind: 'unknown' };
}
