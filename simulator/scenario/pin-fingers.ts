import type { TestCard } from '../../hal-mock/cards/test-cards.ts';
import type { ScenarioStep } from './format.ts';
import { StepFailure } from './step-failure.ts';

type CustomerStep = Extract<ScenarioStep, { customer: unknown }>['customer'];
type Typed = NonNullable<CustomerStep['type']>;
type Pin = NonNullable<CustomerStep['pin']>;

/** Digits for the PIN pad, and how a file writes the same without them. */
export interface Fingers<Written> {
  readonly digits: string;
  readonly act: Written;
}

/** Knows the PIN of the card that was presented last and how much of it stands on the pad. */
export class PinFingers {
  #card: TestCard | undefined;
  #typed = '';

  hold(card: TestCard): void {
    this.#card = card;
    this.#typed = '';
  }

  /** A key that is no digit begins the entry anew. */
  press(): void {
    this.#typed = '';
  }

  type(wanted: Typed): Fingers<Exclude<Typed, string> | ''> {
    const digits = typeof wanted === 'string' ? wanted : this.#next(wanted.digits, wanted.wrong === true);
    const isRight = this.#pin().startsWith(this.#typed + digits);
    this.#typed += digits;
    if (digits === '') return { digits, act: '' };
    return { digits, act: { digits: digits.length, ...(isRight ? {} : { wrong: true as const }) } };
  }

  pin(wanted: Pin): Fingers<Pin> {
    const right = this.#pin();
    const rest = right.slice(this.#typed.length);
    const digits = wanted === 'right' ? rest : wanted === 'wrong' ? others(rest) : wanted;
    const isRight = right !== '' && this.#typed + digits === right;
    this.#typed = '';
    return { digits, act: isRight ? 'right' : digits === '' ? '' : 'wrong' };
  }

  #pin(): string {
    return this.#card?.pin ?? '';
  }

  #next(count: number, isWrong: boolean): string {
    if (this.#card === undefined) throw new StepFailure('no card was presented whose PIN this could be');
    const right = this.#pin().slice(this.#typed.length).padEnd(count, '0').slice(0, count);
    return isWrong ? others(right) : right;
  }
}

/** Digits none of which is the same. */
function others(digits: string): string {
  return digits.replaceAll(/\d/g, (digit) => String((Number(digit) + 1) % 10));
}
