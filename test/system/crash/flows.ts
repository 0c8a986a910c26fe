import type { CardInterface, Key } from '../../../firmware/hal/index.ts';

/** One thing that cashier or customer does, as soon as the terminal is ready for it. */
export type Hand =
  /** At the idle screen: the amount and confirm. */
  | { readonly enter: number }
  | { readonly present: string; readonly how: CardInterface }
  | { readonly pin: string }
  /** The pay code of this customer. */
  | { readonly code: string }
  | { readonly press: Key; readonly at: string }
  | { readonly printer: 'openCover' | 'closeCover'; readonly at: string }
  /** The power goes, and stays away. */
  | { readonly powerCut: true; readonly at: string };

/** A flow of the terminal from one rest to the next. Another one, settlement say, is one more entry in {@link FLOWS}. */
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
}

const PIN: Hand = { pin: '123456' };

const tap = (amountFen: number): readonly Hand[] => [{ enter: amountFen }, { present: 'contactless', how: 'tap' }];
const insert = (amountFen: number, card = 'debit'): readonly Hand[] => [
  { enter: amountFen },
  { present: card, how: 'chip' },
  PIN,
];
const scan = (amountFen: number, customer: string): readonly Hand[] => [{ enter: amountFen }, { code: customer }];

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
    hands: [{ press: 'function', at: 'idle' }],
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
];
