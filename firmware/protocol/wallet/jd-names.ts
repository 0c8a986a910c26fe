/**
 * Names of the JD-style API. The operations are those of JD's payment platform as client libraries copy them; its real
 * envelope (XML, fields under 3DES) and its messages for SMS and face are not published, so JSON, members and codes are
 * our own reading (docs/protocol.md). An acquirer's real envelope replaces these files and nothing else.
 */
import type { WalletCall } from './wallet-api.ts';

export const JD_VERSION = 'V2.0';

/** Carries the base64 signature, in requests and replies. */
export const JD_SIGNATURE_HEADER = 'jd-signature';

export const JD_OPERATIONS = {
  pay: 'fkmPay',
  present: 'uniorder',
  charge: 'baiTiaoPay',
  query: 'query',
  cancel: 'revoke',
  refund: 'refund',
  plans: 'queryBaiTiaoFQ',
  sendCode: 'sendSms',
  startFace: 'startFace',
  faceState: 'faceState',
  bills: 'queryBill',
} as const satisfies Readonly<Record<WalletCall['kind'], string>>;

export type JdOperation = (typeof JD_OPERATIONS)[keyof typeof JD_OPERATIONS];

/** Where a call is posted to. */
export function jdPath(call: WalletCall): string {
  return `/api/${JD_OPERATIONS[call.kind]}`;
}

export const JD_SUCCESS = '000000';
export const JD_PAYING = 'JD.PAYING';
export const JD_ORDER_UNKNOWN = 'JD.ORDER_UNKNOWN';

/** Not done yet, the same call again: a revoke or a refund that the host is still working on. */
export const JD_AGAIN: readonly string[] = ['JD.REVOKING', 'JD.REFUNDING'];

/**
 * Codes with which the host says that nothing was or will be done under this call. `JD.TIMESTAMP` is among them, because
 * the host allows minutes and no terminal waits so long for a reply. A code that is not here is unknown: a new one, or
 * `JD.ORDER_PAID`, must never look like a refusal.
 */
export const JD_REFUSALS: readonly string[] = [
  'JD.NOT_ACTIVATED',
  'JD.CREDIT_LIMIT',
  'JD.BALANCE',
  'JD.RISK',
  'JD.PERIOD_UNAVAILABLE',
  'JD.FEE_TOO_HIGH',
  'JD.CODE_INVALID',
  'JD.CODE_EXPIRED',
  'JD.ACCOUNT_UNKNOWN',
  'JD.ACCOUNT_RESTRICTED',
  'JD.SMS_WRONG',
  'JD.SMS_EXPIRED',
  'JD.SMS_TRIES',
  'JD.FACE_REFUSED',
  'JD.FACE_EXPIRED',
  'JD.MERCHANT',
  'JD.ORDER_CLOSED',
  'JD.PARAMETER',
  'JD.SIGNATURE',
  'JD.TIMESTAMP',
];

/**
 * Calls that are repeated under one number have refusals of their own, which the host gives only after it has looked for
 * that number: any other code may hide that an earlier one was executed. A query is never refused so that it says
 * something about its order.
 */
const REFUSALS_OF_REPEATED: Readonly<Partial<Record<WalletCall['kind'], readonly string[]>>> = {
  query: [],
  cancel: ['JD.REVOKE_LATE'],
  refund: ['JD.REFUND_TOO_MUCH', 'JD.REFUND_LATE'],
};

/** Whether a code says that nothing was or will be done under a call of this kind. */
export function isJdRefusal(kind: WalletCall['kind'], code: string): boolean {
  return (REFUSALS_OF_REPEATED[kind] ?? JD_REFUSALS).includes(code);
}
