import { ProtocolError } from '../../firmware/base/protocol-error.ts';
import type { Clock } from '../../firmware/hal/index.ts';
import {
  createCodec,
  CUP_STANDARD,
  type IsoMessage,
  textField,
  unpackFrame,
} from '../../firmware/protocol/iso8583/index.ts';
import { TEST_CARDS, type TestCard } from '../../hal-mock/cards/test-cards.ts';
import type { SeededRandom } from '../../hal-mock/random.ts';
import { Acquirer, type AcquirerAnswer } from '../acquirer/acquirer.ts';
import { CODE_CUSTOMERS, type CodeCustomer } from '../acquirer/code-customers.ts';
import type { HostFault } from '../acquirer/host-state.ts';
import type { LedgerEntry } from '../acquirer/ledger.ts';
import { TEST_TERMINAL, type TerminalProfile } from '../acquirer/terminals.ts';
import { PLENTY_FEN } from './customers.ts';
import type { FaultDice } from './dice.ts';
import { FAULTS, type FaultSwitch } from './faults.ts';
import { pick } from './parameters.ts';

const codec = createCodec(CUP_STANDARD);

/**
 * Test cards that last: rich, and valid whatever year a jumping clock believes in. The one that refuses asks for no PIN, so
 * that it may be asked offline as well.
 */
export const SWARM_CARDS: readonly TestCard[] = TEST_CARDS.map((card) => ({
  ...card,
  expiry: card.id === 'expired' ? card.expiry : '9912',
  availableFen: card.id === 'low-balance' ? card.availableFen : PLENTY_FEN,
  chipVerification: card.id === 'refuses-after-approval' ? 'signature' : card.chipVerification,
}));

/** Customers of UnionPay's wallet, who are asked for nothing on their phones, so that all shops share them. */
export const SWARM_CODE_CUSTOMERS: readonly CodeCustomer[] = CODE_CUSTOMERS.map((customer) => ({
  ...customer,
  balanceFen: customer.id === 'code-low-balance' ? customer.balanceFen : PLENTY_FEN,
}));

/** Terminal number 0 is the one of all simulations; the others have numbers of their own at the same merchant. */
export function profileOf(terminal: number): TerminalProfile {
  const terminalId = (Number(TEST_TERMINAL.terminalId) + terminal).toString().padStart(8, '0');
  return { ...TEST_TERMINAL, terminalId };
}

/** The message inside a frame; `undefined` for what is none. */
export function isoOf(frame: Uint8Array): IsoMessage | undefined {
  try {
    return codec.decode(unpackFrame(frame).iso);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** A sale that the chip has approved alone, on its way to the host afterwards. */
export function isForwarded(message: IsoMessage): boolean {
  return message.mti === '0200' && textField(message, 60)?.startsWith('36') === true;
}

/** A void 撤销 or refund 退货. */
export function isReturn(message: IsoMessage): boolean {
  return message.mti === '0220' || isVoid(message);
}

export function isVoid(message: IsoMessage): boolean {
  return message.mti === '0200' && textField(message, 60)?.startsWith('23') === true;
}

/** By what a witness knows one exchange again. */
export function requestId(message: IsoMessage): string {
  const batch = textField(message, 60)?.slice(2, 8) ?? '';
  return `${textField(message, 41)}/${batch}/${textField(message, 11)}/${message.mti}`;
}

const ACQUIRER_FAULTS = FAULTS.filter(({ mischief }) => mischief?.some(({ at }) => at === 'acquirer'));

/** Those that have something to do with this request. */
function faultsFor({ mti }: IsoMessage, mischief: FaultSwitch['mischief']): readonly HostFault[] {
  const faults = mischief?.find(({ at }) => at === 'acquirer')?.faults as readonly HostFault[];
  return faults.filter((fault) => fault.mti === undefined || fault.mti === mti);
}

/** Answers that no terminal may believe. */
const UNTRUSTED: ReadonlySet<HostFault['kind']> = new Set<HostFault['kind']>([
  'wrongMac',
  'noMac',
  'wrongStan',
  'wrongAmount',
  'wrongTerminal',
  'wrongTerms',
  'wrongFee',
  'noTerms',
  'truncatedFrame',
  'garbageFrame',
]);

/** The fault whose codes say that nothing was executed. */
const REFUSAL = 'F32';

/** The acquirer of a swarm: the dice are thrown for every request, and what they did is remembered. */
export class SwarmAcquirer extends Acquirer {
  readonly #dice: FaultDice;
  readonly #spoiled = new Set<string>();

  constructor(clock: Clock, random: SeededRandom, terminals: number, dice: FaultDice) {
    const profiles = Array.from({ length: terminals }, (_, terminal) => profileOf(terminal));
    super({ clock, random, terminals: profiles, cards: SWARM_CARDS, codeCustomers: SWARM_CODE_CUSTOMERS });
    this.#dice = dice;
  }

  override receive(frame: Uint8Array): AcquirerAnswer[] {
    const request = isoOf(frame);
    if (request === undefined || this.faults.down) return super.receive(frame);
    this.#spoiled.delete(requestId(request));
    for (const { id, mischief } of ACQUIRER_FAULTS) {
      if (!this.#dice.wants(id)) continue;
      const faults = faultsFor(request, mischief);
      if (faults.length === 0 || (id === REFUSAL && this.#isBooked(request))) continue;
      return this.#spoil(id, pick(this.#dice.random(id), faults), frame, request);
    }
    return super.receive(frame);
  }

  /** A sale that is forwarded again: the host knows it, and would not refuse what it has executed. */
  #isBooked(request: IsoMessage): boolean {
    if (!isForwarded(request)) return false;
    const batch = textField(request, 60)?.slice(2, 8) ?? '';
    return this.entry(textField(request, 41) ?? '', batch, Number(textField(request, 11))) !== undefined;
  }

  /** What the host holds of one sale. */
  entry(terminalId: string, batch: string, stan: number): LedgerEntry | undefined {
    return this.find({ terminalId, batch, stan: stan.toString().padStart(6, '0') });
  }

  /** Whether the last answer to that request was made not to be believed. */
  wasSpoiled(request: string): boolean {
    return this.#spoiled.has(request);
  }

  /** A fault counts when it found something to work on. */
  #spoil(id: string, fault: HostFault, frame: Uint8Array, request: IsoMessage): AcquirerAnswer[] {
    this.faults.inject(fault);
    const answers = super.receive(frame);
    if (this.faults.armed().length > 0) {
      this.faults.clear();
      return answers;
    }
    this.#dice.hit(id);
    if (UNTRUSTED.has(fault.kind)) this.#spoiled.add(requestId(request));
    return answers;
  }
}
