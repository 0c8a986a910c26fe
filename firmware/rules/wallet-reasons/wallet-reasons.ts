import type { AfterDecline } from '../after-exchange.ts';
import { AFTER_CAUSE, type DeclineCause, ownRow } from '../decline-causes.ts';
import { ALIPAY_REASONS } from './alipay.ts';
import { JD_REASONS } from './jd.ts';
import { LAKALA_REASONS } from './lakala.ts';
import type { ReasonRow, ReasonTable } from './reason-row.ts';
import { TERMINAL_REASON_ROWS } from './terminal.ts';
import { WECHAT_REASONS } from './wechat.ts';

/** Why a wallet refused a payment, and what the cashier can do. */
export interface WalletReason {
  readonly zh: string;
  readonly en: string;
  readonly cause: DeclineCause;
  readonly next: AfterDecline;
}

/** Tables of all hosts; no code stands in two of them. */
export const REASON_TABLES: readonly ReasonTable[] = [
  ALIPAY_REASONS,
  WECHAT_REASONS,
  JD_REASONS,
  LAKALA_REASONS,
  TERMINAL_REASON_ROWS,
];

const ROWS: ReasonTable = Object.assign({}, ...REASON_TABLES) as ReasonTable;

/**
 * Why a host refused; unknown codes are a refusal with the code shown.
 *
 * @param isInstallment whether the order asked for a plan: some codes then mean the credit and not the balance
 */
export function walletReason(code: string, isInstallment = false): WalletReason {
  const row = rowOf(code) ?? unknownRow(code);
  const cause = (isInstallment ? row.installmentCause : undefined) ?? row.cause;
  return { zh: row.zh, en: row.en, cause, next: row.next ?? AFTER_CAUSE[cause] };
}

/** The cause of a host's code. */
export function causeOf(code: string, isInstallment = false): DeclineCause {
  return walletReason(code, isInstallment).cause;
}

/** WeChat's codes stand without their underscores, which its versions put in different places. */
function rowOf(code: string): ReasonRow | undefined {
  return ownRow(ROWS, code) ?? ownRow(WECHAT_REASONS, code.replaceAll('_', ''));
}

/** `isv.`, `isp.` and `aop.` are Alipay's for what is wrong between the shop's application and the platform. */
function unknownRow(code: string): ReasonRow {
  const shown = /^[A-Za-z][A-Za-z0-9_.-]{0,59}$/.test(code) ? ` ${code}` : '';
  const cause = /^(?:isv|isp|aop)\./.test(code) ? 'merchant' : 'other';
  return { zh: `支付失败${shown}`, en: `Payment failed${shown}`, cause };
}
