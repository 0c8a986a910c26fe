import { SMS_RESEND_AFTER_MS } from '../rules/baitiao.ts';
import { TERMINAL_REASONS } from '../rules/terminal-reasons.ts';
import type { Services } from '../services.ts';
import type { Effect } from './effect.ts';
import type { SmsSession } from './enter-sms-code.ts';
import { askWallet, type WalletReply } from './wallet-channel.ts';
import { type NamedAccount, revealedAccount } from './wallet-order.ts';

export interface CustomerCheckInput {
  readonly account: NamedAccount;
  readonly amountFen: number;
}

export type CheckRefusal = { readonly kind: 'refused'; readonly subCode: string } | { readonly kind: 'notReached' };

export type SendSmsOutcome = { readonly kind: 'sent'; readonly session: SmsSession } | CheckRefusal;

/** Lets JD send a code to the phone of the account. */
export const sendSmsCode: Effect<SendSmsOutcome, CustomerCheckInput> = async (services, { account, amountFen }) => {
  const call = { kind: 'sendCode', account: revealedAccount(services, account), amountFen } as const;
  const reply = await askJd(services, call);
  if (reply.kind !== 'codeSent') return refusalOf(reply);
  const sentAtMs = services.ports.clock.monotonicMs();
  const { reference, expiresInS } = reply;
  const session = { reference, resendAtMs: sentAtMs + SMS_RESEND_AFTER_MS, expiresAtMs: sentAtMs + expiresInS * 1000 };
  return { kind: 'sent', session };
};

/** A call about a customer of JD: no money moves with any of them. */
export function askJd(services: Services, call: Parameters<typeof askWallet>[2]): Promise<WalletReply> {
  const { jd } = services.settings.wallet.routes;
  if (jd === undefined || jd === 'acquirer') return Promise.resolve({ kind: 'notServed' });
  return askWallet(services, jd, call);
}

export function refusalOf(reply: WalletReply): CheckRefusal {
  if (reply.kind === 'failed') return { kind: 'refused', subCode: reply.code };
  if (reply.kind === 'notServed') return { kind: 'refused', subCode: TERMINAL_REASONS.notServed };
  return { kind: 'notReached' };
}
