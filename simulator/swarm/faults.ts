import type { HostFault } from '../acquirer/host-state.ts';
import type { HostMischief as WalletMischief } from '../wallet/wallet-hosts.ts';
import type { WireFault } from '../../hal-mock/wire/faulty-wire.ts';

export type FaultGroup = 'serial' | 'printer' | 'card' | 'host' | 'wallet' | 'disk' | 'time' | 'keys';

/** What a host does to one request; several are alternatives, drawn at random. */
export type HostMischief =
  | { readonly at: 'acquirer'; readonly faults: readonly HostFault[] }
  | { readonly at: 'wallet'; readonly faults: readonly WalletMischief[] };

/**
 * Where a fault gets its chance to strike:
 * - `request`: at every message to a host, on the way or at the host;
 * - `append`: at every record of the journal;
 * - `event`: at every record, message and answer;
 * - `tick`: at random moments, whatever the terminal does;
 * - `hand`: when the cashier or the customer does something;
 * - `print`: at every slip or status request; `boot`: while the terminal is off; `frame`: at every frame on a serial line.
 */
export type FaultChance = 'request' | 'append' | 'event' | 'tick' | 'hand' | 'print' | 'boot' | 'frame';

/** One switch of the simulator. Numbers and names are those of the fault list in `docs/reliability.md`. */
export interface FaultSwitch {
  readonly id: string;
  readonly name: string;
  readonly group: FaultGroup;
  readonly chance: FaultChance;
  /** Most that a seed sets the probability of one chance to. */
  readonly rateMax: number;
  readonly mischief?: readonly HostMischief[];
  readonly wire?: WireFault;
  /** To whom the frames go that it strikes; the terminal unless told. */
  readonly direction?: 'toHost' | 'toDevice';
}

/** Refusals that say truly that nothing was executed. Codes with which a host would lie about the money are not faults. */
const REFUSALS = ['01', '05', '12', '13', '30', '51', '55', '57', '58', '61', '65', '75', '77', '91', '96', '98', 'A0'];
const SIGN_ON_REFUSALS = ['30', '91', '96', '97'];
/** Answers to a reversal that do not end it. */
const REVERSAL_REFUSALS = ['30', '64', '91', '96', '98', 'A0'];

/** Answers to a message of a settlement: one is final, the others say that it was not judged. */
const SETTLING_REFUSALS = ['30', '91', '96'];

function responses(mti: string, codes: readonly string[]): HostFault[] {
  return codes.map((responseCode) => ({ kind: 'respond', mti, responseCode }));
}

function host(
  id: string,
  name: string,
  faults: readonly HostFault[],
  more: readonly WalletMischief[] = [],
): FaultSwitch {
  const mischief: HostMischief[] = [{ at: 'acquirer', faults }];
  if (more.length > 0) mischief.push({ at: 'wallet', faults: more });
  return { id, name, group: 'host', chance: 'request', rateMax: 0.3, mischief };
}

function serial(id: string, name: string, wire: WireFault, rateMax = 0.05): FaultSwitch {
  return { id, name, group: 'serial', chance: 'frame', rateMax, wire };
}

const NAK_STORM = new Uint8Array(24).fill(0x15);
const GARBAGE = Uint8Array.of(0x02, 0x56, 0x69, 0x56, 0xff, 0x03, 0x00, 0x12, 0x37, 0x02, 0x7e, 0x0d);

/** Every fault that the system of today can have. `rateMax` is chosen so that most sales still get somewhere. */
export const FAULTS: readonly FaultSwitch[] = [
  serial('F1', 'bit flipped on the line', { kind: 'flipBit' }),
  serial('F2', 'byte dropped', { kind: 'dropByte' }),
  serial('F3', 'frame split', { kind: 'chunks', bytesMax: 4, gapMaxMs: 20 }, 0.5),
  serial('F4', 'two frames merged', { kind: 'merge', frames: 2, holdMs: 50 }, 0.3),
  serial('F5', 'check byte wrong', { kind: 'flipBit', at: -1 }),
  serial('F6', 'NAK storm', { kind: 'noise', where: 'before', bytes: NAK_STORM }),
  serial('F7', 'garbage between frames', { kind: 'noise', where: 'before', bytes: GARBAGE }, 0.2),
  serial('F8', 'device gone in the middle of a frame', { kind: 'truncate', afterBytes: 2, replugAfterMs: 2_000 }, 0.02),
  serial('F9', 'baud rates differ', { kind: 'garble' }, 0.05),
  { ...serial('F10', 'the line takes less than was written', { kind: 'cutShort' }, 0.02), direction: 'toDevice' },
  serial('F11', 'line stalls 30 s', { kind: 'stall', forMs: 30_000 }, 0.02),
  { id: 'F12', name: 'paper out at a line', group: 'printer', chance: 'print', rateMax: 0.3 },
  { id: 'F13', name: 'cover open', group: 'printer', chance: 'print', rateMax: 0.2 },
  { id: 'F14', name: 'head overheated', group: 'printer', chance: 'print', rateMax: 0.2 },
  { id: 'F15', name: 'printer status lost', group: 'printer', chance: 'print', rateMax: 0.2 },
  { id: 'F16', name: 'printer gone in the middle of a slip', group: 'printer', chance: 'print', rateMax: 0.2 },
  { id: 'F17', name: 'card removed at a random moment', group: 'card', chance: 'hand', rateMax: 0.4 },
  { id: 'F18', name: 'chip gives no answer', group: 'card', chance: 'hand', rateMax: 0.3 },
  { id: 'F19', name: 'two cards in the field', group: 'card', chance: 'hand', rateMax: 0.3 },
  { id: 'F20', name: 'card torn out at the second cryptogram', group: 'card', chance: 'event', rateMax: 0.3 },
  { id: 'F21', name: 'PIN cancelled, timed out, pad gone or keys lost', group: 'card', chance: 'hand', rateMax: 0.3 },
  { id: 'F22', name: 'flood of keys', group: 'card', chance: 'tick', rateMax: 0.3 },
  { id: 'F23', name: 'refused or unreachable at connect', group: 'host', chance: 'request', rateMax: 0.3 },
  host('F24', 'request lost', [{ kind: 'dropRequest' }], [{ kind: 'dropRequest' }]),
  host(
    'F25',
    'answer lost',
    [{ kind: 'dropReply' }, { kind: 'closeAfterRequest' }],
    [{ kind: 'dropReply' }, { kind: 'badGateway' }],
  ),
  host('F26', 'answer after the deadline', [
    { kind: 'delayReply', byMs: 45_000 },
    { kind: 'delayReply', byMs: 29_700 },
  ]),
  host('F27', 'duplicate', [{ kind: 'duplicate' }]),
  host(
    'F28',
    'answer to something else',
    [{ kind: 'wrongStan' }, { kind: 'wrongAmount' }, { kind: 'wrongTerminal' }],
    [{ kind: 'wrongNumbers' }, { kind: 'wrongOrder' }],
  ),
  host(
    'F29',
    'MAC or signature wrong',
    [{ kind: 'wrongMac' }, { kind: 'noMac' }, { kind: 'wrongMac', mti: '0400' }],
    [{ kind: 'wrongSignature' }],
  ),
  host(
    'F30',
    'frame truncated or garbage',
    [{ kind: 'truncatedFrame' }, { kind: 'garbageFrame' }],
    [{ kind: 'garbage' }],
  ),
  { id: 'F31', name: 'hosts down for minutes', group: 'host', chance: 'tick', rateMax: 0.01 },
  host('F32', 'refusal with any code', [
    ...responses('0200', REFUSALS),
    ...responses('0800', SIGN_ON_REFUSALS),
    ...responses('0400', REVERSAL_REFUSALS),
    ...responses('0500', SETTLING_REFUSALS),
    ...responses('0320', SETTLING_REFUSALS),
    ...responses('0620', SETTLING_REFUSALS),
  ]),
  {
    id: 'F33',
    name: 'wallet cannot say',
    group: 'wallet',
    chance: 'request',
    rateMax: 0.4,
    mischief: [
      {
        at: 'wallet',
        faults: [
          { kind: 'systemError', executed: true },
          { kind: 'systemError', executed: false },
          { kind: 'dropReply', call: 'query' },
          { kind: 'emptyPlans', call: 'plans' },
          { kind: 'inconsistentPlans', call: 'plans' },
        ],
      },
    ],
  },
  { id: 'F34', name: 'paid between last query and cancel', group: 'wallet', chance: 'request', rateMax: 1 },
  {
    id: 'F35',
    name: 'cancel answers system error',
    group: 'wallet',
    chance: 'request',
    rateMax: 0.5,
    mischief: [{ at: 'wallet', faults: [{ kind: 'again', call: 'cancel' }] }],
  },
  {
    id: 'F36',
    name: 'wallet answers late',
    group: 'wallet',
    chance: 'request',
    rateMax: 0.3,
    mischief: [
      {
        at: 'wallet',
        faults: [
          { kind: 'delayReply', byMs: 30_000 },
          { kind: 'delayReply', byMs: 9_700 },
        ],
      },
    ],
  },
  { id: 'F37', name: 'disk stops at a write or sync', group: 'disk', chance: 'append', rateMax: 0.06 },
  { id: 'F38', name: 'no space left', group: 'disk', chance: 'append', rateMax: 0.01 },
  { id: 'F39', name: 'disk reports EIO', group: 'disk', chance: 'append', rateMax: 0.01 },
  { id: 'F40', name: 'bit flipped in the journal while off', group: 'disk', chance: 'boot', rateMax: 0.8 },
  { id: 'F41', name: 'journal segments swapped or missing', group: 'disk', chance: 'boot', rateMax: 0.8 },
  { id: 'F42', name: 'slow sync', group: 'disk', chance: 'append', rateMax: 0.3 },
  { id: 'F43', name: 'kill or power cut', group: 'time', chance: 'event', rateMax: 0.04 },
  { id: 'F44', name: 'process stands still for 10 s', group: 'time', chance: 'tick', rateMax: 0.1 },
  { id: 'F45', name: 'wall clock jumps', group: 'time', chance: 'tick', rateMax: 0.2 },
  { id: 'F46', name: 'batch cut-over', group: 'time', chance: 'tick', rateMax: 0.05 },
  { id: 'F47', name: 'out of memory', group: 'time', chance: 'event', rateMax: 0.005 },
  { id: 'F48', name: 'reboot by the clock', group: 'time', chance: 'tick', rateMax: 0.05 },
  { id: 'F49', name: 'working keys expired at the host', group: 'keys', chance: 'tick', rateMax: 0.05 },
  // F50 to F52 are of keys, updates and remote commands, which there are not yet.
  {
    ...host(
      'F53',
      'other instalments in an answer',
      [
        { kind: 'wrongTerms', mti: '0200' },
        { kind: 'wrongFee', mti: '0200' },
        { kind: 'noTerms', mti: '0200' },
      ],
      [{ kind: 'wrongPlan' }],
    ),
    rateMax: 1,
  },
  {
    ...host('F54', 'another amount in an answer', [{ kind: 'wrongAmount' }], [{ kind: 'wrongNumbers' }]),
    rateMax: 0.5,
  },
];

/** The switch of that id; an unknown one is a mistake in a replay file and throws `RangeError`. */
export function faultSwitch(id: string): FaultSwitch {
  const found = FAULTS.find((fault) => fault.id === id);
  if (found === undefined) throw new RangeError(`there is no fault ${id.replace(/[^F\d]/g, '?')}`);
  return found;
}
