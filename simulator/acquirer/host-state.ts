import { concatBytes } from '../../firmware/base/bytes.ts';
import type { Clock, MacAlgorithm, Random } from '../../firmware/hal/index.ts';
import type { IsoMessage, IsoValue } from '../../firmware/protocol/iso8583/index.ts';
import { chinaTime } from '../china-time.ts';
import type { FaultSwitches } from '../fault-switches.ts';
import type { CodeIssuer } from './code-customers.ts';
import type { KeyStoreSession } from './host-keys.ts';
import type { Issuer } from './issuer.ts';
import type { Ledger } from './ledger.ts';
import type { AmountEffect, ReplySpoiling } from './outcomes.ts';
import type { TerminalTable } from './terminals.ts';

type SpoilingFault = { [What in ReplySpoiling]: { readonly kind: What } }[ReplySpoiling];

/** What a script can make the host do, for every request or for those of one MTI. */
export type HostFault = { readonly mti?: string } &
  /** The next connection is refused, or its packets go nowhere. */
  (
    | { readonly kind: 'refuseConnect' }
    | { readonly kind: 'unreachable' }
    /** The request never reaches the host. */
    | { readonly kind: 'dropRequest' }
    /** Executed, but the answer is lost. */
    | { readonly kind: 'dropReply' }
    /** Executed, then the connection ends without an answer. */
    | { readonly kind: 'closeAfterRequest' }
    | { readonly kind: 'delayReply'; readonly byMs: number }
    /** Executed, and the answer is spoiled on its way. */
    | SpoilingFault
    /** Bytes that are no frame come instead of the answer. */
    | { readonly kind: 'garbageFrame' }
    /** The frame's length says more than follows, and then the connection ends. */
    | { readonly kind: 'truncatedFrame' }
    /** Sign-on: the first check value does not fit its key. */
    | { readonly kind: 'wrongCheckValue' }
    /** Refused with this code whatever the request says; nothing is executed. */
    | { readonly kind: 'respond'; readonly responseCode: string }
  );

/** What all message handlers work on. */
export interface HostState {
  readonly clock: Clock;
  readonly random: Random;
  readonly terminals: TerminalTable;
  readonly issuer: Issuer;
  readonly codes: CodeIssuer;
  readonly ledger: Ledger;
  readonly faults: FaultSwitches<HostFault>;
  readonly macAlgorithm: MacAlgorithm;
  /** Numbers of cards whose issuer has a command for the chip, sent with its next approval. */
  readonly scripts: Set<string>;
}

/** A handler's answer, before it is sealed and framed. */
export interface HostReply {
  readonly message: IsoMessage;
  /** Keys that make field 64; without them the answer has none. */
  readonly session: KeyStoreSession | undefined;
  readonly effect?: AmountEffect;
}

/** Field 32 of every answer: the simulated acquirer's institution code. */
export const ACQUIRER_ID = '48999999';

/** Fields that an answer repeats from its request, where the request has them. */
const ECHOED_FIELDS = [3, 4, 11, 25, 41, 42, 49, 53, 60] as const;

/** An answer of a host: MTI + 10, the echoed fields, date, time and the acquirer, and whatever comes on top. */
export function answerMessage(
  state: HostState,
  request: IsoMessage,
  responseCode: string,
  more: Readonly<Record<number, IsoValue>> = {},
): IsoMessage {
  const { hour, minute, second } = chinaTime(state.clock.wallMs());
  const fields: Record<number, IsoValue> = {
    12: hour + minute + second,
    13: hostDate(state),
    32: ACQUIRER_ID,
    39: responseCode,
  };
  for (const field of ECHOED_FIELDS) {
    const value = request.fields[field];
    if (value !== undefined) fields[field] = value;
  }
  return { mti: (Number(request.mti) + 10).toString().padStart(4, '0'), fields: { ...fields, ...more } };
}

/** Month and day in China: fields 13 and 15. */
export function hostDate({ clock }: HostState): string {
  const { month, day } = chinaTime(clock.wallMs());
  return month + day;
}

/** An answer that nobody can take for the host's own word: it carries no MAC. */
export function unsealedAnswer(state: HostState, request: IsoMessage, responseCode: string): HostReply {
  return { message: answerMessage(state, request, responseCode), session: undefined };
}

/** A copy with one byte changed, for faults. */
export function withFlippedByte(bytes: Uint8Array, at: number): Uint8Array {
  const index = at < 0 ? bytes.length + at : at;
  return concatBytes(bytes.subarray(0, index), new Uint8Array([(bytes[index] ?? 0) ^ 0x01]), bytes.subarray(index + 1));
}
