import { type IsoMessage, textField } from '../../firmware/protocol/iso8583/index.ts';
import type { KeyStoreSession } from './host-keys.ts';
import { answerMessage, type HostReply, type HostState } from './host-state.ts';
import type { LedgerEntry, LedgerKey } from './ledger.ts';

/** Answers of the host to a reversal; all but 64 and 30 end it for the terminal (CUP terminal rules A.8). */
const REVERSED = '00';
const ORIGINAL_WAS_REFUSED = '12';
const NO_ORIGINAL = '25';
const OTHER_AMOUNT = '64';
const FORMAT_ERROR = '30';

/**
 * Reversal 0400 of a sale with the same terminal, batch and trace number. However often it comes, money moves back once.
 * Where the original never came, its keys are barred: a sale that was only slow is then refused as a duplicate.
 */
export function reverse(state: HostState, session: KeyStoreSession, key: LedgerKey, request: IsoMessage): HostReply {
  const original = state.ledger.find(key);
  const code = reversalCode(original, request);
  if (original === undefined && code === NO_ORIGINAL) bar(state, key, request);
  if (code !== OTHER_AMOUNT && code !== FORMAT_ERROR) {
    state.ledger.reverse(key, textField(request, 39) ?? '');
  }
  const rrn = original?.referenceNumber ?? '';
  return { message: answerMessage(state, request, code, rrn === '' ? {} : { 37: rrn }), session };
}

function reversalCode(original: LedgerEntry | undefined, request: IsoMessage): string {
  const amount = textField(request, 4);
  if (amount === undefined || textField(request, 39) === undefined) return FORMAT_ERROR;
  if (original === undefined || original.state === 'barred') return NO_ORIGINAL;
  if (Number(amount) !== original.amountFen) return OTHER_AMOUNT;
  return original.state === 'declined' ? ORIGINAL_WAS_REFUSED : REVERSED;
}

function bar({ ledger, clock }: HostState, key: LedgerKey, request: IsoMessage): void {
  ledger.add({
    ...key,
    pan: '',
    amountFen: Number(textField(request, 4)),
    state: 'barred',
    responseCode: NO_ORIGINAL,
    referenceNumber: '',
    authorizationCode: undefined,
    reversalReasons: [],
    atWallMs: clock.wallMs(),
  });
}
