import type { CardInterface, Key } from '../../../firmware/hal/index.ts';
import { TEST_SUPERVISOR } from '../../../hal-mock/supervisors.ts';
import type { WalletHost } from '../../../firmware/hal/index.ts';
import { CODE_CUSTOMERS } from '../../../simulator/acquirer/code-customers.ts';
import type { HostFault } from '../../../simulator/acquirer/host-state.ts';
import { walletCustomer } from '../../../simulator/wallet/customers.ts';
import { jdPerson } from '../../../simulator/wallet/jd/people.ts';
import { payCodeOf, WEB_PEOPLE } from '../../../simulator/wallet/web-people.ts';

/** One thing that cashier or customer does, as soon as the terminal is ready for it. */
export type Hand =
  /** At the idle screen: the amount and confirm. */
  | { readonly enter: number }
  | { readonly present: string; readonly how: CardInterface }
  | { readonly pin: string }
  /** The pay code of this customer; Alipay's unless told. */
  | { readonly code: string; readonly of?: CodeHost }
  /** Somebody scans the code on the screen. */
  | { readonly scans: string; readonly of: WalletHost; readonly at: 'showCode' }
  /** The code of the newest SMS to this person. */
  | { readonly sms: string; readonly at: 'enterSmsCode' }
  | { readonly press: Key; readonly at: string }
  /** Digits and confirm. */
  | { readonly type: string; readonly at: string }
  | { readonly printer: 'openCover' | 'closeCover'; readonly at: string }
  /** The power goes, and stays away. */
  | { readonly powerCut: true; readonly at: string }
  /** The way to the acquirer. */
  | { readonly network: 'out' | 'back'; readonly at: string }
  /** From now on, until somebody mends it. */
  | { readonly host: HostFault; readonly at: string }
  /** The issuer has a command for the chip of this card. */
  | { readonly script: string; readonly at: string }
  /** The host's books say another amount of the newest sale than the terminal's. */
  | { readonly hostHasFen: number; readonly at: string };

type CodeHost = 'alipay' | 'wechat' | 'jd' | 'unionpay';

/** What stands on the customer's phone. */
export function codeOn({ code, of = 'alipay' }: Extract<Hand, { readonly code: string }>): string {
  switch (of) {
    case 'alipay':
      return walletCustomer(code).code;
    case 'jd':
      return jdPerson(code).code;
    case 'unionpay':
      return found(CODE_CUSTOMERS, code).code;
    case 'wechat':
      return payCodeOf(found(WEB_PEOPLE, code), of);
  }
}

function found<Person extends { readonly id: string }>(people: readonly Person[], id: string): Person {
  const person = people.find((each) => each.id === id);
  if (person === undefined) throw new RangeError(`no customer ${id}`);
  return person;
}

/** A flow of the terminal from one rest to the next. Another one is one more entry in {@link FLOWS}. */
export interface Flow {
  readonly name: string;
  /** What the customer is charged when nothing goes wrong. */
  readonly paidFen: number;
  /** What happened before, undisturbed, after a power-on and sign-on. */
  readonly before?: readonly Hand[];
  readonly hands: readonly Hand[];
  /** The flow is the power-on itself: the first ever, or the one after the power cut that ended `before`. */
  readonly atPowerOn?: boolean;
  /** Size of journal segments, where it matters. */
  readonly segmentBytes?: number;
  /** Whether a chip may approve without the host. */
  readonly offline?: boolean;
  /** What the shop wants in the end: whoever finds it undone, after a crash say, does it then. */
  readonly wants?: 'settled' | 'lookedUp';
  /** A screen without which the flow, undisturbed, was another one. */
  readonly shows?: string;
}

/** Of the first sale after the sign-on. */
export const FIRST_VOUCHER = '2';

const PIN: Hand = { pin: '123456' };
const SIGNATURE_CARD = 'credit-signature';
const OUT: Hand = { network: 'out', at: 'idle' };
const BACK: Hand = { network: 'back', at: 'idle' };

const choose = (key: Key): readonly Hand[] => [
  { press: 'function', at: 'idle' },
  { press: key, at: 'menu' },
];
const SETTLE = choose('1');

const tap = (amountFen: number): readonly Hand[] => [{ enter: amountFen }, { present: 'contactless', how: 'tap' }];
const insert = (amountFen: number, card = 'debit'): readonly Hand[] => [
  { enter: amountFen },
  { present: card, how: 'chip' },
  PIN,
];
const stay = (amountFen: number): readonly Hand[] => insert(amountFen, SIGNATURE_CARD).slice(0, 2);
const scan = (amountFen: number, customer: string): readonly Hand[] => [{ enter: amountFen }, { code: customer }];

/** Six periods, as they are shown. */
const PLAN: readonly Hand[] = [
  { press: '2', at: 'choosePlan' },
  { press: 'confirm', at: 'confirmPlan' },
];
const AGREE: Hand = { press: 'confirm', at: 'confirmRefund' };
const TAKE_BACK: readonly Hand[] = [{ type: FIRST_VOUCHER, at: 'enterVoucher' }, AGREE];
const PART_BACK: readonly Hand[] = [
  { type: FIRST_VOUCHER, at: 'enterVoucher' },
  { type: '4000', at: 'enterRefundAmount' },
  AGREE,
];

/** Amount endings and customers make the simulated hosts behave: see `docs/testing.md`. */
export const FLOWS: readonly Flow[] = [
  { name: 'sign-on at boot', paidFen: 0, hands: [], atPowerOn: true },
  {
    name: 'magstripe',
    paidFen: 20_000,
    hands: [{ enter: 20_000 }, { present: 'magstripe-only', how: 'swipe' }, PIN],
  },
  { name: 'chip with PIN', paidFen: 20_000, hands: insert(20_000) },
  { name: 'chip with PIN, across journal segments', paidFen: 20_000, hands: insert(20_000), segmentBytes: 2_048 },
  { name: 'tap without PIN', paidFen: 10_000, hands: tap(10_000) },
  {
    name: 'fallback',
    paidFen: 20_000,
    hands: [{ enter: 20_000 }, { present: 'chip-mute', how: 'chip' }, { present: 'chip-mute', how: 'swipe' }, PIN],
  },
  { name: 'declined', paidFen: 0, hands: insert(20_051) },
  {
    name: 'wrong PIN, then right',
    paidFen: 20_000,
    hands: [...insert(20_000, 'wrong-pin').slice(0, 2), { pin: '111111' }, PIN],
  },
  { name: 'wallet, one payment', paidFen: 5_000, hands: scan(5_000, 'ordinary') },
  { name: 'wallet, paid on the phone after a while', paidFen: 5_000, hands: scan(5_000, 'confirmsSlowly') },
  { name: 'wallet, never decided', paidFen: 0, hands: scan(5_000, 'needsConfirm') },
  {
    name: 'Huabei plan',
    paidFen: 120_000,
    hands: [...scan(120_000, 'huabei'), { press: '2', at: 'choosePlan' }, { press: 'confirm', at: 'confirmPlan' }],
  },
  { name: 'WeChat code', paidFen: 5_000, hands: [{ enter: 5_000 }, { code: 'ordinary', of: 'wechat' }] },
  {
    name: 'JD code, Baitiao plan',
    paidFen: 120_000,
    hands: [{ enter: 120_000 }, { code: 'baitiao', of: 'jd' }, ...PLAN],
  },
  {
    name: 'shown code of WeChat',
    paidFen: 5_000,
    hands: [{ enter: 5_000 }, { press: '3', at: 'presentCard' }, { scans: 'ordinary', of: 'wechat', at: 'showCode' }],
  },
  {
    name: 'Baitiao by account, SMS code',
    paidFen: 120_000,
    hands: [
      { enter: 120_000 },
      { press: '2', at: 'presentCard' },
      { type: jdPerson('baitiao').phone, at: 'enterAccount' },
      ...PLAN,
      { press: '1', at: 'chooseProof' },
      { sms: 'baitiao', at: 'enterSmsCode' },
    ],
  },
  {
    name: 'card instalment',
    paidFen: 120_000,
    hands: [{ enter: 120_000 }, { press: '3', at: 'presentCard' }, { present: 'credit', how: 'chip' }, ...PLAN, PIN],
  },
  { name: 'UnionPay code', paidFen: 5_000, hands: [{ enter: 5_000 }, { code: 'code', of: 'unionpay' }] },
  {
    name: 'void of a card sale',
    paidFen: 0,
    before: tap(10_000),
    hands: [...choose('6'), ...TAKE_BACK, { present: 'contactless', how: 'tap' }],
    shows: 'refundDone',
  },
  {
    name: 'refund of a part of a card sale',
    paidFen: 6_000,
    before: tap(10_000),
    hands: [...choose('7'), ...PART_BACK, { present: 'contactless', how: 'tap' }],
    shows: 'refundDone',
  },
  {
    name: 'refund of a part of a wallet order',
    paidFen: 1_000,
    before: scan(5_000, 'ordinary'),
    hands: [...choose('7'), ...PART_BACK],
    shows: 'refundDone',
  },
  { name: 'chip refuses what was approved', paidFen: 0, hands: insert(20_000, 'refuses-after-approval') },
  { name: 'answer lost, reversal', paidFen: 0, hands: tap(10_098) },
  { name: 'wallet answer lost, found by query', paidFen: 5_098, hands: scan(5_098, 'ordinary') },
  {
    name: 'owed copies',
    paidFen: 10_000,
    before: [
      { printer: 'openCover', at: 'idle' },
      ...tap(10_000),
      { press: 'cancel', at: 'printerProblem' },
      { printer: 'closeCover', at: 'idle' },
    ],
    hands: choose('3'),
  },
  {
    name: 'reversal at boot',
    paidFen: 0,
    before: [...tap(10_000), { powerCut: true, at: 'authorizing' }],
    hands: [],
    atPowerOn: true,
  },
  {
    name: 'wallet order at boot',
    paidFen: 5_000,
    before: [...scan(5_000, 'ordinary'), { powerCut: true, at: 'authorizing' }],
    hands: [],
    atPowerOn: true,
  },
  {
    name: 'settlement, balanced',
    paidFen: 35_000,
    before: [...tap(10_000), ...insert(20_000), ...scan(5_000, 'ordinary')],
    hands: SETTLE,
    wants: 'settled',
    shows: 'settled',
  },
  {
    name: 'settlement, not balanced',
    paidFen: 30_100,
    before: [...insert(20_000), ...tap(10_000), { hostHasFen: 10_100, at: 'idle' }],
    hands: SETTLE,
    wants: 'settled',
    shows: 'settled',
  },
  {
    name: 'settlement with an issuer script to report',
    paidFen: 20_000,
    before: [{ script: SIGNATURE_CARD, at: 'idle' }, ...stay(20_000)],
    hands: SETTLE,
    wants: 'settled',
    shows: 'settled',
  },
  {
    name: 'offline sale, forwarded later',
    paidFen: 8_800,
    hands: [OUT, ...stay(8_800), BACK],
    offline: true,
    shows: 'forwarding',
  },
  {
    name: 'offline sale, forwarded before a settlement',
    paidFen: 8_800,
    before: [OUT, ...stay(8_800)],
    hands: [BACK, ...SETTLE],
    offline: true,
    wants: 'settled',
    shows: 'forwarding',
  },
  {
    name: 'hand-over of a sale whose reversal nobody answers',
    paidFen: 10_000,
    before: [
      { host: { kind: 'dropReply', mti: '0200' }, at: 'idle' },
      { host: { kind: 'dropRequest', mti: '0400' }, at: 'idle' },
    ],
    hands: [
      ...tap(10_000),
      { press: 'cancel', at: 'recoveryWaiting' },
      ...choose('5'),
      { press: 'confirm', at: 'openItem' },
      { type: TEST_SUPERVISOR.number, at: 'enterSupervisor' },
      { type: TEST_SUPERVISOR.passcode, at: 'enterPasscode' },
    ],
    wants: 'settled',
    shows: 'handedOver',
  },
  {
    name: 'sale, then look-up',
    paidFen: 10_000,
    hands: [...tap(10_000), ...choose('2'), { type: FIRST_VOUCHER, at: 'enterVoucher' }],
    wants: 'lookedUp',
    shows: 'saleTruth',
  },
];
