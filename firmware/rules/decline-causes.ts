import type { AfterDecline } from './after-exchange.ts';

/** Why a payment was refused, whoever refused it: what the cashier can do depends on this and not on the code. */
export type DeclineCause =
  /** The customer has not switched this credit or way to pay on. */
  | 'notActivated'
  | 'creditLimit'
  | 'balance'
  | 'riskControl'
  | 'periodUnavailable'
  | 'feeTooHigh'
  | 'dayLimit'
  | 'accountRestricted'
  /** A pay code that is used up, expired or not to be read. */
  | 'codeInvalid'
  /** Something between the shop and its provider. */
  | 'merchant'
  | 'network'
  /** A PIN, an SMS code or a face that is not the right one. */
  | 'wrongCode'
  | 'other';

/** What can be offered after a refusal, from the same amount on. */
export type DeclineStep = 'tryAgain' | 'otherPlan' | 'otherMethod' | 'activate' | 'callShop';

/** Steps that make sense after a cause, the likeliest first. */
const STEPS: Readonly<Record<DeclineCause, readonly DeclineStep[]>> = {
  notActivated: ['activate', 'otherMethod'],
  creditLimit: ['otherMethod', 'tryAgain'],
  balance: ['otherMethod', 'tryAgain'],
  riskControl: ['otherMethod'],
  periodUnavailable: ['otherPlan', 'otherMethod'],
  feeTooHigh: ['otherPlan', 'callShop', 'otherMethod'],
  dayLimit: ['otherMethod'],
  accountRestricted: ['otherMethod'],
  codeInvalid: ['tryAgain', 'otherMethod'],
  merchant: ['callShop', 'otherMethod'],
  network: ['tryAgain', 'otherMethod'],
  wrongCode: ['tryAgain', 'otherMethod'],
  other: ['otherMethod', 'tryAgain', 'callShop'],
};

export function nextStepsOf(cause: DeclineCause): readonly DeclineStep[] {
  return STEPS[cause];
}

/** The one hint of a wallet's refusal where no step is offered. */
export const AFTER_CAUSE: Readonly<Record<DeclineCause, AfterDecline>> = {
  notActivated: 'activate',
  creditLimit: 'otherMethod',
  balance: 'otherMethod',
  riskControl: 'otherMethod',
  periodUnavailable: 'otherPlan',
  feeTooHigh: 'callShop',
  dayLimit: 'otherMethod',
  accountRestricted: 'otherMethod',
  codeInvalid: 'retry',
  merchant: 'callAcquirer',
  network: 'retryLater',
  wrongCode: 'retry',
  other: 'nothing',
};

/** Field 39 of a card sale; a code that is not here has a cause of its own, which its text says. */
const CARD_CAUSES: Readonly<Record<string, DeclineCause>> = {
  '03': 'merchant',
  '04': 'accountRestricted',
  '06': 'network',
  '07': 'accountRestricted',
  '23': 'feeTooHigh',
  '33': 'accountRestricted',
  '34': 'riskControl',
  '35': 'riskControl',
  '36': 'accountRestricted',
  '37': 'riskControl',
  '38': 'accountRestricted',
  '41': 'accountRestricted',
  '43': 'accountRestricted',
  '51': 'balance',
  '54': 'accountRestricted',
  '55': 'wrongCode',
  '57': 'accountRestricted',
  '58': 'merchant',
  '59': 'riskControl',
  '60': 'merchant',
  '61': 'dayLimit',
  '62': 'accountRestricted',
  '63': 'riskControl',
  '65': 'dayLimit',
  '66': 'merchant',
  '67': 'accountRestricted',
  '68': 'network',
  '75': 'accountRestricted',
  '90': 'network',
  '91': 'network',
  '92': 'network',
  '93': 'riskControl',
  '96': 'network',
  '97': 'merchant',
  '98': 'network',
  D5: 'dayLimit',
  D6: 'notActivated',
};

/** What the same codes mean where the sale asked for instalments (condition code 64); our own reading, no list says it. */
const CARD_INSTALLMENT_CAUSES: Readonly<Record<string, DeclineCause>> = {
  '12': 'periodUnavailable',
  '39': 'notActivated',
  '40': 'periodUnavailable',
  '51': 'creditLimit',
  '57': 'notActivated',
  '61': 'creditLimit',
};

/** The cause of field 39; a code that nobody knows is `other`. */
export function cardCause(code: string, isInstallment: boolean): DeclineCause {
  return (isInstallment ? ownRow(CARD_INSTALLMENT_CAUSES, code) : undefined) ?? ownRow(CARD_CAUSES, code) ?? 'other';
}

/** A row by a name from outside, which could be `constructor`. */
export function ownRow<Row>(table: Readonly<Record<string, Row>>, name: string): Row | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
