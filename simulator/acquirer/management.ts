import { type IsoMessage, textField } from '../../firmware/protocol/iso8583/index.ts';
import { packSignOnKeys } from '../../firmware/protocol/cup/sign-on-keys.ts';
import { isSignOnScheme, KeyStoreSession } from './host-keys.ts';
import { answerMessage, type HostReply, type HostState, unsealedAnswer, withFlippedByte } from './host-state.ts';
import { referenceNumber } from './reference-number.ts';
import type { TerminalState } from './terminals.ts';

/** Sub-field 60.3 of management messages (CUP terminal rules A.5). */
const SIGN_OFF = '002';
const ECHO = '301';

/** Where the first check value ends in field 62: behind the PIN key and its 4 bytes. */
const FIRST_CHECK_VALUE_END = { '001': 12, '003': 20, '004': 20, '006': 20 } as const;

/** Sign-on 0800: fresh working keys under the terminal's master key, the open batch, date and time. */
export function signOn(state: HostState, terminal: TerminalState, request: IsoMessage): HostReply {
  const scheme = netCode(request);
  if (!isSignOnScheme(scheme)) return unsealedAnswer(state, request, '40');
  const session = KeyStoreSession.create(state.random, scheme, state.macAlgorithm);
  if (session === undefined) return unsealedAnswer(state, request, '58');
  terminal.session = session;
  const keys = packSignOnKeys(scheme, session.wrapped(terminal.profile.masterKey));
  const isBroken = state.faults.take('wrongCheckValue') !== undefined;
  const message = answerMessage(state, request, '00', {
    37: referenceNumber(state),
    60: `00${terminal.batch.toString().padStart(6, '0')}${scheme}`,
    62: isBroken ? withFlippedByte(keys, FIRST_CHECK_VALUE_END[scheme] - 1) : keys,
  });
  return { message, session: undefined };
}

/** 0820: echo test, or sign-off, after which the working keys are worth nothing. Anything else is not supported. */
export function manage(state: HostState, terminal: TerminalState, request: IsoMessage): HostReply {
  const code = netCode(request);
  if (code === SIGN_OFF) terminal.session = undefined;
  return unsealedAnswer(state, request, code === SIGN_OFF || code === ECHO ? '00' : '40');
}

function netCode(request: IsoMessage): string {
  return textField(request, 60)?.slice(8, 11) ?? '';
}
