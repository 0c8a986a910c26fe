import { type IsoMessage, textField } from '../../firmware/protocol/iso8583/index.ts';
import type { KeyStoreSession } from './host-keys.ts';
import { answerMessage, type HostReply, type HostState } from './host-state.ts';
import { book } from './booking.ts';
import type { LedgerEntry, LedgerKey } from './ledger.ts';

/** Answers of the host to a reversal; all but 64, 40 and 30 end it for the terminal (CUP terminal rules A.8). */
const REVERSED = '00';
/** Nothing was charged, or a void or refund has given it back. */
const NOTHING_TO_REVERSE = '12';
/** Refunds are repeated, not reversed. */
const NOT_REVERSIBLE = '40';
const NO_ORIGINAL = '25';
const OTHER_AMOUNT = '64';
const FORMAT_ERROR = '30';

/**
 * Reversal 0400 of a sale or void with the same terminal, batch and trace number. However often it comes, money moves back once.
 * Where the original never came, its keys are barred: a sale that was only slow is then refused as a duplicate.
 */
export function reverse(state: HostState, session: KeyStoreSession, key: LedgerKey, request: IsoMessage): HostReply {
  const original = state.ledger.find(key);
  const code = reversalCode(original, request);
  if (original === undefined && code === NO_ORIGINAL) bar(state, key, request);
  if (!UNTOUCHED.has(code)) {
    state.ledger.reverse(key, textField(request, 39) ?? '');
  }
  const rrn = original?.referenceNumber ?? '';
  return { message: answerMessage(state, request, code, rrn === '' ? {} : { 37: rrn }), session };
}

const UNTOUCHED: ReadonlySet<string> = new Set([OTHER_AMOUNT, FORMAT_ERROR, NOT_REVERSIBLE]);

function reversalCode(original: LedgerEntry | undefined, request: IsoMessage): string {
  const amount = textField(request, 4);
  if (amount === undefined || textField(request, 39) === undefined) return FORMAT_ERROR;
  if (original === undefined || original.state === 'barred') return NO_ORIGINAL;
  if (original.kind === 'refund') return NOT_REVERSIBLE;
  if (Number(amount) !== original.amountFen) return OTHER_AMOUNT;
  if (!namesOriginal(original, request)) return FORMAT_ERROR;
  if (original.state === 'declined' || original.state === 'voided') return NOTHING_TO_REVERSE;
  return original.refundedFen > 0 ? NOTHING_TO_REVERSE : REVERSED;
}

/** A reversal repeats field 61 of its void. */
function namesOriginal({ kind, original }: LedgerEntry, request: IsoMessage): boolean {
  const digits = textField(request, 61);
  if (kind !== 'void') return digits === undefined;
  return original === undefined ? digits !== undefined : digits === original.batch + original.stan;
}

function bar(state: HostState, key: LedgerKey, request: IsoMessage): void {
  book(state, key, {
    kind: textField(request, 60)?.startsWith('23') === true ? 'void' : 'sale',
    pan: '',
    amountFen: Number(textField(request, 4)),
    state: 'barred',
    responseCode: NO_ORIGINAL,
    referenceNumber: '',
    conditionCode: textField(request, 25) ?? '',
  });
}
