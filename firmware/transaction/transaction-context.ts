/** What one sale remembers from step to step, and the questions that its chart asks of it. */
import { invariant } from '../base/invariant.ts';
import type { SmsSession } from '../effects/enter-sms-code.ts';
import type { PayOrderInput } from '../effects/wallet-order.ts';
import type { CardPayer } from '../effects/authorize-card.ts';
import type { CardInterface, Key } from '../hal/index.ts';
import type { SaleKey } from '../journal/records.ts';
import type { Wallet } from '../protocol/wallet/wallet-api.ts';
import { afterRefusedProof, SMS_TRIES_MAX } from '../rules/baitiao.ts';
import { cardCause, type DeclineStep, nextStepsOf } from '../rules/decline-causes.ts';
import type { PlanQuote } from '../rules/installment/quote.ts';
import { type MethodId, methodMenu, offersInstallment, walletOfMethod } from '../rules/payment-methods.ts';
import { chooseVerification } from '../rules/verification.ts';
import { causeOf } from '../rules/wallet-reasons/wallet-reasons.ts';
import type { TerminalSettings } from '../settings.ts';
import type { CardOutcome } from './authorize-card.machine.ts';
import type { WalletOutcome } from './authorize-wallet.machine.ts';
import type { BaitiaoInput, BaitiaoOutcome } from './baitiao.machine.ts';
import type { ChosenMethod, IdentifyInput } from './identify.machine.ts';
import type { Instrument, StepEnded } from './instrument.ts';
import type { PlanInput, PlanOutcome } from './plan.machine.ts';
import type { ProveInput, ProveOutcome } from './prove.machine.ts';
import type { Verification, VerifyInput } from './verify.machine.ts';

/** The issuer counts as well; three is what terminals offer before they send the customer to the bank. */
export const PIN_TRIES_MAX = 3;

export interface TransactionInput {
  readonly amountFen: number;
  readonly accept: readonly CardInterface[];
  readonly acceptCodes: boolean;
  readonly settings: TerminalSettings;
}

export type TransactionResult =
  | { readonly kind: 'approved'; readonly key: SaleKey; readonly offline: boolean }
  | { readonly kind: 'ended'; readonly reason: StepEnded['reason'] }
  | Exclude<CardOutcome, { kind: 'approved' } | { kind: 'wrongPin' }>
  | Exclude<WalletOutcome, { kind: 'paid' } | { kind: 'notSent' } | { kind: 'faulted' }>;

export interface TransactionContext extends TransactionInput {
  /** Chosen on the screen before anything was shown. */
  readonly method: MethodId | undefined;
  readonly instrument: Instrument | undefined;
  readonly quote: PlanQuote | undefined;
  /** The customer has been offered plans for this instrument or method, and has taken one or none. */
  readonly isPlanSettled: boolean;
  /** Periods that the lender has refused in this sale. */
  readonly refusedPeriods: readonly number[];
  readonly verifies: readonly ('sms' | 'face')[];
  readonly smsSession: SmsSession | undefined;
  readonly smsTriesLeft: number;
  readonly verification: Verification;
  readonly pinTry: number;
  readonly result: TransactionResult;
}

export const CANCELLED: TransactionResult = { kind: 'ended', reason: 'cancelled' };

/** Nothing is known of the customer yet; what is left of the sale is its amount. */
export const AFRESH = {
  method: undefined,
  instrument: undefined,
  quote: undefined,
  isPlanSettled: false,
  refusedPeriods: [],
  verifies: [],
  smsSession: undefined,
  smsTriesLeft: SMS_TRIES_MAX,
  verification: { kind: 'none' },
  pinTry: 1,
  result: CANCELLED,
} as const satisfies Omit<TransactionContext, keyof TransactionInput>;

/** Nothing has been proved yet. */
const NO_PROOF = { kind: 'face', reference: '' } as const;

export function baitiaoInput(context: TransactionContext): BaitiaoInput {
  const { amountFen, instrument, refusedPeriods, settings } = context;
  return {
    amountFen,
    account: instrument?.kind === 'account' ? instrument.account : undefined,
    code: instrument?.kind === 'code' ? instrument : undefined,
    refusedPeriods,
    timing: settings.timing,
  };
}

/** What the customer said about Baitiao, as the instrument and plan of the sale. */
export function baitiaoChoice(outcome: BaitiaoOutcome): Partial<TransactionContext> {
  switch (outcome.kind) {
    case 'code':
      return { instrument: { ...outcome.code, kind: 'code', wallet: 'jd' }, quote: outcome.quote, isPlanSettled: true };
    case 'account': {
      const { account, quote, verifies } = outcome;
      return { instrument: { kind: 'account', account, proof: NO_PROOF }, quote, verifies };
    }
    case 'refused':
    case 'notReached':
    case 'ended':
      return { result: resultOfRefusal(outcome) };
  }
}

/** What identification found, as a change of what the sale knows. */
export function identified(found: Instrument | ChosenMethod | StepEnded): Partial<TransactionContext> {
  if (found.kind === 'ended') return { result: found };
  return found.kind === 'method' ? { method: found.method } : { instrument: found };
}

export function identifyInput(context: TransactionContext): IdentifyInput {
  const { amountFen, method, pinTry, settings, quote, acceptCodes } = context;
  // A wrong PIN on a chip asks the same card again, for a fresh cryptogram.
  const isAgain = pinTry > 1;
  const isOpen = method === undefined && !isAgain;
  return {
    amountFen,
    accept: isAgain ? [cardOf(context).card.interface] : method === 'huabei' ? [] : context.accept,
    acceptCodes: acceptCodes && !isAgain && method !== 'cardInstallment',
    credit: method === 'huabei' ? 'huabei' : undefined,
    methods: isOpen ? methodMenu(settings, amountFen) : [],
    offersInstallment: isOpen && offersInstallment(settings, amountFen),
    quote,
    timing: settings.timing,
  };
}

export function planInput(context: TransactionContext): PlanInput {
  const { amountFen, instrument, refusedPeriods, settings } = context;
  const firstDigits = instrument?.kind === 'card' ? instrument.card.maskedPan : undefined;
  return { amountFen, method: planMethod(context) ?? 'huabei', firstDigits, refusedPeriods, timing: settings.timing };
}

/** What the customer made of the plans; who asked for instalments and gets none is told why. */
export function planChoice(outcome: PlanOutcome): Partial<TransactionContext> {
  switch (outcome.kind) {
    case 'ended':
      return { result: outcome };
    case 'none':
      return { result: { kind: 'failed', subCode: outcome.subCode }, quote: undefined, isPlanSettled: true };
    case 'plan':
      return { quote: outcome.quote, isPlanSettled: true };
    case 'single':
      return { quote: undefined, isPlanSettled: true };
  }
}

export function proveInput(context: TransactionContext): ProveInput {
  const { amountFen, verifies, smsSession, smsTriesLeft, settings } = context;
  return {
    amountFen,
    account: accountIn(context).account,
    verifies,
    session: smsSession,
    triesLeft: smsTriesLeft,
    pollEveryMs: settings.wallet.pollEveryMs,
    timing: settings.timing,
  };
}

/** What the customer has proved, or why not. */
export function proved(context: TransactionContext, outcome: ProveOutcome): Partial<TransactionContext> {
  if (outcome.kind !== 'proved') return { result: resultOfRefusal(outcome) };
  return { instrument: { ...accountIn(context), proof: outcome.proof }, smsSession: outcome.session };
}

/** A plan that was refused leaves the others; the code that was shown for it is used up, an account is kept. */
export function withoutPlan(context: TransactionContext): Partial<TransactionContext> {
  const { quote, refusedPeriods, instrument } = context;
  const method = quote?.offer.method ?? 'huabei';
  return {
    ...AFRESH,
    method: method === 'card' ? 'cardInstallment' : method,
    instrument: instrument?.kind === 'account' ? instrument : undefined,
    refusedPeriods: quote === undefined ? refusedPeriods : [...refusedPeriods, quote.offer.periods],
  };
}

export function cardOf({ instrument }: TransactionContext) {
  invariant(instrument?.kind === 'card', 'a card step has a card');
  return instrument;
}

function accountIn({ instrument }: TransactionContext) {
  invariant(instrument?.kind === 'account', 'an account is verified once it is known');
  return instrument;
}

export function verifyInput(context: TransactionContext): VerifyInput {
  const { amountFen, pinTry, settings } = context;
  const { panRef, maskedPan } = cardOf(context).card;
  const required = verificationNeeded(context);
  return { required, panRef, maskedPan, amountFen, tryNumber: pinTry, timing: settings.timing };
}

function verificationNeeded(context: TransactionContext) {
  const { card, entry } = cardOf(context);
  return chooseVerification({
    interface: card.interface,
    fallback: entry === 'fallback',
    cvm: card.verification,
    aid: card.chip?.aid,
    amountFen: context.amountFen,
    noPinLimitFen: context.settings.noPinLimitFen,
    capabilities: { onlinePin: true },
  });
}

/** UnionPay's codes go to the acquirer like a card. */
export function isAcquirers({ instrument, settings }: TransactionContext): boolean {
  return instrument?.kind === 'code' && settings.wallet.routes[instrument.wallet] === 'acquirer';
}

/** JD itself knows the plans of its customers; an aggregator in between does not. */
export function hasBaitiaoPlans({ instrument, settings }: TransactionContext): boolean {
  return instrument?.kind === 'code' && instrument.wallet === 'jd' && settings.wallet.routes.jd === 'jd';
}

/** Plans that the terminal quotes from the merchant's contract. */
export function planMethod({ method, instrument }: TransactionContext): 'huabei' | 'card' | undefined {
  if (method === 'cardInstallment') return 'card';
  const isHuabei = method === 'huabei' || (instrument?.kind === 'code' && instrument.wallet === 'alipay');
  return isHuabei ? 'huabei' : undefined;
}

/** The wallet whose code the terminal shows; `undefined` for every other method. */
export function shownWallet({ method }: TransactionContext): Wallet | undefined {
  return method === undefined ? undefined : walletOfMethod(method);
}

export function orderInput({ amountFen, instrument, quote }: TransactionContext): PayOrderInput {
  invariant(instrument !== undefined && instrument.kind !== 'card', 'a wallet is paid by code or account');
  switch (instrument.kind) {
    case 'code': {
      const { wallet, codeRef, maskedCode } = instrument;
      return { amountFen, wallet, quote, source: { kind: 'code', codeRef, maskedCode } };
    }
    case 'shown':
      return { amountFen, wallet: instrument.wallet, quote, source: { kind: 'shown' } };
    case 'account':
      return { amountFen, wallet: 'jd', quote, source: instrument };
  }
}

export function resultOfCard(outcome: CardOutcome): TransactionResult {
  // The third wrong PIN ends the sale as the host said it: 55.
  if (outcome.kind === 'wrongPin')
    return { kind: 'declined', responseCode: '55', signOnAgain: false, reversing: false };
  return outcome;
}

export function resultOfWallet(outcome: WalletOutcome): TransactionResult {
  if (outcome.kind === 'paid') return { kind: 'approved', key: outcome.key, offline: false };
  return outcome.kind === 'notSent' ? { kind: 'notSent', missing: undefined } : outcome;
}

/** What a step before the payment found instead of a customer. */
function resultOfRefusal(
  outcome: { readonly kind: 'refused'; readonly subCode: string } | { readonly kind: 'notReached' } | StepEnded,
): TransactionResult {
  if (outcome.kind === 'refused') return { kind: 'failed', subCode: outcome.subCode };
  return outcome.kind === 'notReached' ? { kind: 'notSent', missing: undefined } : outcome;
}

/** What follows an SMS code that JD did not take, as long as the customer has a try left. */
export function afterProof(context: TransactionContext, outcome: WalletOutcome): 'retype' | 'resend' | undefined {
  if (context.instrument?.kind !== 'account' || outcome.kind !== 'failed') return undefined;
  return context.smsTriesLeft > 1 ? afterRefusedProof(outcome.subCode ?? '') : undefined;
}

/** Whoever the acquirer is asked to charge. */
export function cardPayer({ instrument, verification }: TransactionContext): CardPayer {
  if (instrument?.kind === 'card') return { ...instrument, verification };
  invariant(instrument?.kind === 'code', 'the acquirer charges a card or a code');
  return instrument;
}

/** What the customer paid with, in the words of a screen. */
export function saleOnScreen(context: TransactionContext) {
  const { amountFen, instrument, quote } = context;
  const wallet = instrument?.kind === 'card' || instrument === undefined ? undefined : walletOf(instrument);
  const plan = quote?.offer.method;
  return {
    amountFen,
    method: plan === 'card' ? ('cardInstallment' as const) : (plan ?? wallet ?? ('card' as const)),
    maskedPan: instrument?.kind === 'card' ? instrument.card.maskedPan : undefined,
    periods: quote?.offer.periods,
    ways: waysOn(context),
  };
}

function walletOf(instrument: Exclude<Instrument, { readonly kind: 'card' }>): Wallet {
  return instrument.kind === 'account' ? 'jd' : instrument.wallet;
}

type WayOn = Exclude<DeclineStep, 'activate' | 'callShop'>;

/** Which way on a digit means on the screen of a refusal. */
export function wayOfKey(context: TransactionContext, key: Key): WayOn | undefined {
  return /^[1-9]$/.test(key) ? waysOn(context)[Number(key) - 1] : undefined;
}

/** Ways on that a cashier can choose after a refusal of instalments or a wallet. A card alone ends its sale. */
function waysOn(context: TransactionContext): readonly WayOn[] {
  const { result, instrument, method, quote } = context;
  const isInstallment = quote !== undefined;
  if (instrument?.kind === 'card' && method === undefined) return [];
  const steps = stepsAfter(result, isInstallment);
  const isWay = (step: DeclineStep): step is WayOn =>
    step === 'tryAgain' || step === 'otherMethod' || (step === 'otherPlan' && isInstallment);
  return steps.filter(isWay);
}

/** Nothing is offered while any money could be on its way. */
function stepsAfter(result: TransactionResult, isInstallment: boolean): readonly DeclineStep[] {
  switch (result.kind) {
    case 'failed':
      return nextStepsOf(causeOf(result.subCode ?? '', isInstallment));
    case 'declined':
      return result.reversing || result.signOnAgain ? [] : nextStepsOf(cardCause(result.responseCode, isInstallment));
    case 'notSent':
      return result.missing === undefined ? nextStepsOf('network') : [];
    case 'approved':
    case 'cancelled':
    case 'ended':
    case 'faulted':
    case 'reversing':
    case 'unresolved':
      return [];
  }
}
