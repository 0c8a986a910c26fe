/**
 * Error codes of WeChat Pay. Versions 2 and 3 of its API spell the same cause with and without underscores, so that the
 * tables hold them without. A code in no table says nothing: a new one must never look like a refusal.
 */
import type { WalletCall } from './wallet-api.ts';

/** What a code says about the money under a call. */
export type CodeMeaning = 'refused' | 'pending' | 'retry' | 'notFound' | 'cancelled' | 'alreadyPaid' | 'unknown';

/**
 * Causes with which a code payment is refused (public error code lists of micropay and of code payment). Missing on
 * purpose, because something may have been paid: SYSTEM_ERROR, BANK_ERROR, FREQUENCY_LIMITED, ORDERPAID,
 * OUT_TRADE_NO_USED, and INVALID_REQUEST, which also stands for a payment asked for twice.
 */
const PAY_REFUSALS = [
  'ACCOUNTERROR',
  'APPIDMCHIDNOTMATCH',
  'APPIDNOTEXIST',
  'AUTHCODEERROR',
  'AUTHCODEEXPIRE',
  'AUTHCODEEXPIRED',
  'AUTHCODEINVALID',
  'BUYERMISMATCH',
  'LACKPARAMS',
  'MCHIDNOTEXIST',
  'MCHNOTEXISTS',
  'NOAUTH',
  'NOTENOUGH',
  'NOTSUPORTCARD',
  'NOTSUPPORTCARD',
  'ORDERCLOSED',
  'ORDERREVERSED',
  'PARAMERROR',
  'RULELIMIT',
  'SIGNERROR',
  'TRADEERROR',
] as const;

/**
 * A refund is sent again under its own number, so that only those causes are refusals which the host finds after it
 * looked for a refund of that number: SIGN_ERROR or NO_AUTH may be the answer to the second try of one that was done.
 */
const REFUND_REFUSALS = [
  'INVALIDREQUEST',
  'NOTENOUGH',
  'ORDERNOTEXIST',
  'RESOURCENOTEXISTS',
  'USERACCOUNTABNORMAL',
] as const;

/** 7 days after the payment nothing is reversed any more; the money stays with the shop. */
const CANCEL_REFUSALS = ['REVERSEEXPIRE'] as const;

const rows = (codes: readonly string[], meaning: CodeMeaning): Readonly<Record<string, CodeMeaning>> =>
  Object.fromEntries(codes.map((code) => [code, meaning]));

const MEANINGS: Readonly<Partial<Record<WalletCall['kind'], Readonly<Record<string, CodeMeaning>>>>> = {
  pay: { ...rows(PAY_REFUSALS, 'refused'), USERPAYING: 'pending' },
  present: rows(PAY_REFUSALS, 'refused'),
  query: { ORDERNOTEXIST: 'notFound', USERPAYING: 'pending' },
  cancel: {
    ...rows(CANCEL_REFUSALS, 'refused'),
    ORDERNOTEXIST: 'notFound',
    ORDERCLOSED: 'cancelled',
    ORDERREVERSED: 'cancelled',
    ORDERPAID: 'alreadyPaid',
    USERPAYING: 'retry',
  },
  refund: rows(REFUND_REFUSALS, 'refused'),
};

/** Of a code under a call. */
export function wechatMeaning(call: WalletCall['kind'], code: string): CodeMeaning {
  const meanings = MEANINGS[call] ?? {};
  const key = code.replaceAll('_', '');
  return Object.hasOwn(meanings, key) ? (meanings[key] ?? 'unknown') : 'unknown';
}
