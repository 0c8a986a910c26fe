/** Meanings of coded positions, for people who read messages (CUP terminal rules A.1, A.4, A.5, A.6). */

type Meanings = Readonly<Record<string, string>>;

/** Message types by their first two digits, and the direction by the third. */
export const MESSAGE_CLASS: Meanings = {
  '01': 'authorization',
  '02': 'financial',
  '03': 'batch upload',
  '04': 'reversal',
  '05': 'settlement',
  '06': 'script notice',
  '08': 'management',
};
export const MESSAGE_FUNCTION: Meanings = { 0: 'request', 1: 'response', 2: 'notice', 3: 'notice response' };

/** Field 3, digits 1 and 2. */
export const PROCESSING: Meanings = {
  '00': 'sale or completion',
  '03': 'pre-authorization',
  '17': 'cash-load void',
  '20': 'void or refund',
  '31': 'balance or points query',
  '40': 'top-up, account',
  '60': 'load, own account',
  '62': 'load, other account',
  '63': 'load, cash',
};

/** Field 3, digit 3. */
export const ACCOUNT: Meanings = { 0: 'default', 1: 'savings', 2: 'cheque', 3: 'credit', 4: 'universal' };

/** Field 22, digits 1 and 2. */
export const ENTRY: Meanings = {
  '01': 'manual',
  '02': 'magnetic stripe',
  '03': 'bar code or QR code',
  '05': 'chip',
  '07': 'contactless',
  '90': 'magnetic stripe, reliable',
  '91': 'reservation by phone',
  '92': 'reservation by phone',
  '95': 'chip, CVV unreliable',
  '96': 'mobile chip',
  '98': 'contactless PBOC',
};

/** Field 22, digit 3. */
export const PIN_ENTRY: Meanings = { 0: 'PIN unspecified', 1: 'PIN entered', 2: 'no PIN' };

/** Field 25. */
export const CONDITION: Meanings = {
  '00': 'normal',
  '06': 'pre-authorization',
  '08': 'mail or phone order',
  '18': 'mail or phone pre-authorization',
  '28': 'recurring',
  '60': 'pre-authorization on top',
  '63': 'coupon',
  '64': 'instalment',
  '65': 'points',
  '66': 'magnetic account top-up',
  '67': 'reservation',
  '91': 'e-cash or e-purse load',
};

/** Field 39 of a reversal request. */
export const REVERSAL_REASON: Meanings = {
  '06': 'anything else, e.g. the card declined',
  '96': 'device fault after approval',
  '98': 'no answer in time',
  A0: 'MAC of the answer wrong',
};

/** Field 53, digits 1 to 3. */
export const PIN_FORM: Meanings = { 0: 'no PIN', 1: 'PIN without card number', 2: 'PIN with card number' };
export const PIN_CIPHER: Meanings = { 0: 'DES', 3: 'SM4 (some acquirers)', 4: 'SM4', 6: 'triple DES' };
export const TRACK_CIPHER: Meanings = { 0: 'track clear', 1: 'track enciphered' };

/** Field 60.1 of the transactions that are told apart by it. */
export const TRANSACTION_TYPE: Meanings = {
  '00': 'management or batch',
  '01': 'balance query',
  '03': 'points query',
  '10': 'pre-authorization',
  '11': 'pre-authorization void',
  '20': 'completion, request',
  '21': 'completion void',
  '22': 'sale',
  '23': 'sale void',
  '24': 'completion, notice',
  '25': 'refund',
  '30': 'offline settlement',
  '32': 'adjustment',
  '34': 'tip',
  '36': 'e-cash offline sale',
};

/** Field 60.3. */
export const NETWORK_CODE: Meanings = {
  '000': 'financial',
  '001': 'sign-on, single-length keys',
  '002': 'sign-off',
  '003': 'sign-on, double-length keys',
  '004': 'sign-on, double-length keys and track key',
  '006': 'sign-on, SM4 keys',
  '201': 'settlement or upload',
  '202': 'upload end, unbalanced',
  '203': 'chip details, balanced',
  '204': 'chip failures, balanced',
  '205': 'chip details, unbalanced',
  '206': 'chip failures, unbalanced',
  '207': 'upload end, balanced',
  '301': 'echo test',
  '350': 'master key download',
  '351': 'master key activation',
  '352': 'transport key download',
  '360': 'parameter download',
  '361': 'parameter download end',
  '362': 'status upload',
  '370': 'public key download',
  '371': 'public key download end',
  '372': 'public key query',
  '380': 'chip parameter download',
  '381': 'chip parameter download end',
  '382': 'chip parameter query',
  '394': 'contactless parameter download',
  '395': 'contactless parameter download end',
  '800': 'electronic signature',
  '951': 'script notice',
};

/** Field 60.4 and 60.5. */
export const READ_CAPABILITY: Meanings = { 0: 'unknown', 2: 'magnetic', 5: 'magnetic and chip', 6: 'with contactless' };
export const CHIP_CONDITION: Meanings = {
  0: 'none',
  1: 'last read fine or no chip',
  2: 'last chip read failed: fallback',
};

/** Sixth digit of a response header. */
export const PROCESSING_REQUIREMENT: Meanings = {
  1: 'download parameters',
  2: 'upload status',
  3: 'sign on again',
  4: 'update public keys',
  5: 'update chip parameters',
  6: 'terminal management download',
  7: 'download card blacklist',
  8: 'download currency rates',
  9: 'download contactless parameters',
  11: 'update BIN table B',
  12: 'update BIN blacklist C',
};

export function meaning(table: Meanings, code: string): string {
  return table[code] ?? 'unknown';
}
