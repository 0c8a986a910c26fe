import type { Effect } from './effect.ts';
import { askJd, type CheckRefusal, type CustomerCheckInput, refusalOf } from './send-sms-code.ts';
import { revealedAccount } from './wallet-order.ts';

/** A face check that runs in the customer's own app. */
export type StartFaceOutcome =
  { readonly kind: 'started'; readonly reference: string; readonly secondsLeft: number } | CheckRefusal;

export type AskFaceOutcome =
  | { readonly kind: 'passed' | 'refusedByCustomer' | 'expired' }
  /** Not yet, or no answer that could be read: ask again. */
  | { readonly kind: 'waiting'; readonly tookMs: number };

/** Asks JD to check the customer's face in the app. */
export const startFace: Effect<StartFaceOutcome, CustomerCheckInput> = async (services, { account, amountFen }) => {
  const call = { kind: 'startFace', account: revealedAccount(services, account), amountFen } as const;
  const reply = await askJd(services, call);
  if (reply.kind !== 'faceStarted') return refusalOf(reply);
  return { kind: 'started', reference: reply.reference, secondsLeft: reply.expiresInS };
};

/** Asks once how far the customer is. */
export const askFace: Effect<AskFaceOutcome, { readonly reference: string }> = async (services, { reference }) => {
  const { clock } = services.ports;
  const startedMs = clock.monotonicMs();
  const reply = await askJd(services, { kind: 'faceState', reference });
  if (reply.kind === 'face' && reply.state === 'passed') return { kind: 'passed' };
  if (reply.kind === 'face' && reply.state === 'refused') return { kind: 'refusedByCustomer' };
  if ((reply.kind === 'face' && reply.state === 'expired') || reply.kind === 'failed') return { kind: 'expired' };
  return { kind: 'waiting', tookMs: clock.monotonicMs() - startedMs };
};
