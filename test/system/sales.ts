import type { Counter } from './counter.ts';

/** One thing that happens at the counter, from the amount to the end of the sale. */
export interface CounterSale {
  readonly name: string;
  /** What the customer has paid when nothing gets in the way. */
  readonly paidFen: number;
  /** The network or the host fails in this sale by its amount. */
  readonly play: (counter: Counter) => Promise<void>;
}

async function tap(counter: Counter, amountFen: number): Promise<void> {
  await counter.enter(amountFen);
  await counter.present('contactless', 'tap');
}

async function insert(counter: Counter, amountFen: number, card = 'debit'): Promise<void> {
  await counter.enter(amountFen);
  await counter.present(card, 'chip');
  await counter.typePin();
}

async function scan(counter: Counter, amountFen: number, customer = 'huabei'): Promise<void> {
  await counter.enter(amountFen);
  await counter.showCode(customer);
}

/** Amount endings make the simulated hosts misbehave: 51 declines, 97 and 98 stay silent, 64 signs wrongly, 12 pays late. */
export const SALES: readonly CounterSale[] = [
  { name: 'tap', paidFen: 10_000, play: (counter) => tap(counter, 10_000) },
  { name: 'chip with PIN', paidFen: 20_000, play: (counter) => insert(counter, 20_000) },
  {
    name: 'chip that refuses what the issuer approved',
    paidFen: 0,
    play: (counter) => insert(counter, 20_000, 'refuses-after-approval'),
  },
  { name: 'declined', paidFen: 0, play: (counter) => tap(counter, 10_051) },
  { name: 'no answer, executed', paidFen: 0, play: (counter) => tap(counter, 10_098) },
  { name: 'no answer, not executed', paidFen: 0, play: (counter) => tap(counter, 10_097) },
  { name: 'wrong MAC, executed', paidFen: 0, play: (counter) => tap(counter, 10_064) },
  {
    name: 'Huabei in six periods, paid late on the phone',
    paidFen: 120_012,
    play: async (counter) => {
      await scan(counter, 120_012);
      await counter.untilScreen('choosePlan');
      counter.press('2');
      await counter.untilScreen('confirmPlan');
      counter.press('confirm');
    },
  },
  { name: 'wallet, answer lost, paid', paidFen: 5_098, play: (counter) => scan(counter, 5_098, 'ordinary') },
  { name: 'wallet, request lost', paidFen: 0, play: (counter) => scan(counter, 5_097, 'ordinary') },
  {
    name: 'wallet, cancelled by the cashier',
    paidFen: 0,
    play: async (counter) => {
      await scan(counter, 5_000, 'needsConfirm');
      await counter.untilScreen('waitingForCustomer');
      counter.press('cancel');
    },
  },
];
