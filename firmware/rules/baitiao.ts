/** What a customer or cashier types in to pay with JD Baitiao 白条 without a code: account and SMS code. */
import type { WalletAccount } from '../protocol/wallet/wallet-api.ts';
import { ownRow } from './decline-causes.ts';

/** An account as it was typed in. `text` is never shown, printed or journaled. */
export interface JdAccount extends WalletAccount {
  /** For people: `138****0101`, `zh***01`. */
  readonly masked: string;
}

export type AccountProblem = 'empty' | 'tooShort' | 'tooLong' | 'badCharacter' | 'notAPhone';

/** A Chinese mobile number. */
const PHONE = /^1[3-9]\d{9}$/;

const NAME_MIN = 4;
/** Characters of the longest account. */
export const ACCOUNT_MAX = 20;

/**
 * Reads an account: a mobile number, or 4 to 20 letters, digits, `_`, `-`, `.` and `@`. Eleven digits are meant as a phone
 * number and nothing else. The forms are our own reading: JD publishes none for its accounts.
 */
export function accountOf(text: string): JdAccount | { readonly problem: AccountProblem } {
  if (text === '') return { problem: 'empty' };
  if (PHONE.test(text)) return { kind: 'phone', text, masked: `${text.slice(0, 3)}****${text.slice(-4)}` };
  if (/^\d{11}$/.test(text)) return { problem: 'notAPhone' };
  if (!/^[A-Za-z0-9_.@-]+$/.test(text)) return { problem: 'badCharacter' };
  if (text.length < NAME_MIN) return { problem: 'tooShort' };
  if (text.length > ACCOUNT_MAX) return { problem: 'tooLong' };
  return { kind: 'account', text, masked: maskedName(text) };
}

/** At most two characters at each end, never more than half of the name. */
function maskedName(name: string): string {
  const shown = Math.min(2, Math.floor(name.length / 4));
  return `${name.slice(0, shown)}***${name.slice(-shown)}`;
}

export const SMS_CODE_DIGITS = 6;

/** A customer may ask for another code after this time. */
export const SMS_RESEND_AFTER_MS = 60_000;

/** Wrong codes that the terminal lets a customer enter. */
export const SMS_TRIES_MAX = 3;

/** How long a code can be used where the host does not say. */
export const SMS_CODE_LIFE_MS = 300_000;

/** What follows a proof that JD did not take: the same code is typed again, or another one is sent. */
const AFTER_REFUSED_PROOF: Readonly<Record<string, 'retype' | 'resend'>> = {
  'JD.SMS_WRONG': 'retype',
  'JD.SMS_EXPIRED': 'resend',
};

/** `undefined` for a refusal that ends the sale: another cause, or too many wrong codes. */
export function afterRefusedProof(subCode: string): 'retype' | 'resend' | undefined {
  return ownRow(AFTER_REFUSED_PROOF, subCode);
}

/** Checks the form of an SMS code; whether it is the right one is for the host to say. */
export function smsCodeOf(text: string): { readonly code: string } | { readonly problem: 'tooShort' | 'notDigits' } {
  if (!/^\d*$/.test(text) || text.length > SMS_CODE_DIGITS) return { problem: 'notDigits' };
  return text.length < SMS_CODE_DIGITS ? { problem: 'tooShort' } : { code: text };
}
