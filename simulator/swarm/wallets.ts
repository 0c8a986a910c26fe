import type { Clock } from '../../firmware/hal/index.ts';
import type { WebRequest } from '../../firmware/protocol/wallet/web-message.ts';
import type { WalletSignatures } from '../wallet/signatures.ts';
import { type HostMischief, WalletHosts } from '../wallet/wallet-hosts.ts';
import { type WebCall, webCallOf } from '../wallet/web-calls.ts';
import type { WebAnswer } from '../wallet/web-host.ts';
import { alipayCustomersOf, jdPeopleOf, webPeopleOf } from './customers.ts';
import type { FaultDice } from './dice.ts';
import { FAULTS } from './faults.ts';
import { pick } from './parameters.ts';

const WALLET_FAULTS = FAULTS.filter(({ mischief }) => mischief?.some(({ at }) => at === 'wallet'));

/** Replies that no terminal may believe. */
const UNTRUSTED: ReadonlySet<HostMischief['kind']> = new Set<HostMischief['kind']>(['wrongSignature', 'garbage']);

/** Genuine replies about something else than was asked. */
const OTHER_NUMBERS: ReadonlySet<HostMischief['kind']> = new Set<HostMischief['kind']>([
  'wrongNumbers',
  'wrongPlan',
  'wrongOrder',
]);

/** Orders and plans are about money; whoever is asked for a code or a face has nothing to lose. */
export const OPENING: ReadonlySet<WebCall['kind']> = new Set<WebCall['kind']>(['pay', 'present', 'charge']);

/** `jd query 1000000120261121000001000017`: host, call and order number. */
export function callName({ host, kind, outTradeNo }: Pick<WebCall, 'host' | 'kind' | 'outTradeNo'>): string {
  return `${host} ${kind} ${outTradeNo}`;
}

/** The wallets' hosts of a swarm: the dice are thrown for every request, and what they did is remembered. */
export class SwarmWallets extends WalletHosts {
  readonly #dice: FaultDice;
  readonly #spoiled = new Set<string>();
  readonly #otherNumbers = new Set<string>();
  /** Replies with a code to show, by the order's number. */
  readonly #presented = new Map<string, string>();

  #callersOffsetMs = 0;

  /** @param mindsClock whether requests with a wrong time are refused; otherwise the hosts live in the caller's time */
  constructor(
    clock: Clock,
    terminals: number,
    dice: FaultDice,
    { signatures, mindsClock }: { readonly signatures: WalletSignatures; readonly mindsClock: boolean },
  ) {
    const shops = Array.from({ length: terminals }, (_, terminal) => terminal);
    super({
      clock: {
        wallMs: () => clock.wallMs() + (mindsClock ? 0 : this.#callersOffsetMs),
        monotonicMs: () => clock.monotonicMs(),
        setTimeout: (callback, delayMs) => clock.setTimeout(callback, delayMs),
        clearTimeout: (id) => clock.clearTimeout(id),
      },
      signatures,
      customers: shops.flatMap(alipayCustomersOf),
      people: shops.flatMap(webPeopleOf),
      jdPeople: shops.flatMap(jdPeopleOf),
    });
    this.#dice = dice;
  }

  override handle(request: WebRequest): WebAnswer {
    const call = webCallOf(request);
    if (call === undefined || this.isDown(call.host)) return super.handle(request);
    const answer = this.#answer(request, call);
    if (call.kind === 'present' && answer.kind === 'reply') this.#presented.set(call.outTradeNo, answer.reply.body);
    return answer;
  }

  #answer(request: WebRequest, call: WebCall): WebAnswer {
    const isWaiting = call.kind === 'cancel' && this.order(call.host, call.outTradeNo)?.state === 'waiting';
    if (isWaiting && this.#dice.strikes('F34')) return this.#paidInTheLastMoment(request);
    this.#spoiled.delete(callName(call));
    this.#otherNumbers.delete(callName(call));
    for (const { id, mischief } of WALLET_FAULTS) {
      if (!this.#dice.wants(id)) continue;
      const all = mischief?.find(({ at }) => at === 'wallet')?.faults as readonly HostMischief[];
      const faults = all.filter((fault) => fault.call === undefined || fault.call === call.kind);
      if (faults.length > 0) return this.#spoil(id, pick(this.#dice.random(id), faults), request, call);
    }
    return super.handle(request);
  }

  /** A request leaves a terminal whose clock is so much ahead. */
  calledAhead(offsetMs: number): void {
    this.#callersOffsetMs = offsetMs;
  }

  /** Whether the last reply to that call, as {@link callName} names it, was made not to be believed. */
  wasSpoiled(name: string): boolean {
    return this.#spoiled.has(name);
  }

  /** Whether order, amount or plan in the last reply to that call were others than was asked about. */
  hadOtherNumbers(name: string): boolean {
    return this.#otherNumbers.has(name);
  }

  /** Whether the host has given this code for that order. */
  presentsCode(outTradeNo: string, codeText: string): boolean {
    return this.#presented.get(outTradeNo)?.includes(JSON.stringify(codeText)) === true;
  }

  #paidInTheLastMoment(request: WebRequest): WebAnswer {
    this.inject(request.host, { kind: 'paidBeforeCancel' });
    const answer = super.handle(request);
    this[request.host].faults.clear();
    return answer;
  }

  /** A fault counts when it found something to work on. */
  #spoil(id: string, fault: HostMischief, request: WebRequest, call: WebCall): WebAnswer {
    this.inject(call.host, fault);
    const answer = super.handle(request);
    if (this[call.host].faults.armed().length > 0) {
      this[call.host].faults.clear();
      return answer;
    }
    this.#dice.hit(id);
    if (UNTRUSTED.has(fault.kind)) this.#spoiled.add(callName(call));
    if (OTHER_NUMBERS.has(fault.kind)) this.#otherNumbers.add(callName(call));
    return answer;
  }
}
