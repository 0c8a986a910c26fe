import { describe, expect, it } from '@jest/globals';
import { AFTER_CAUSE, cardCause, type DeclineCause, nextStepsOf } from '../../firmware/rules/decline-causes.ts';
import { RESPONSE_CODES } from '../../firmware/rules/response-codes.ts';
import { rowsOf } from './text-table.ts';

describe('what can be done after a refusal', () => {
  it.each(
    rowsOf(`
      notActivated      | activate otherMethod            | activate
      creditLimit       | otherMethod tryAgain            | otherMethod
      balance           | otherMethod tryAgain            | otherMethod
      riskControl       | otherMethod                     | otherMethod
      periodUnavailable | otherPlan otherMethod           | otherPlan
      feeTooHigh        | otherPlan callShop otherMethod  | callShop
      dayLimit          | otherMethod                     | otherMethod
      accountRestricted | otherMethod                     | otherMethod
      codeInvalid       | tryAgain otherMethod            | retry
      merchant          | callShop otherMethod            | callAcquirer
      network           | tryAgain otherMethod            | retryLater
      wrongCode         | tryAgain otherMethod            | retry
      other             | otherMethod tryAgain callShop   | nothing
    `),
  )('%s: %s; in a word: %s', (cause, steps, hint) => {
    expect(nextStepsOf(cause as DeclineCause).join(' ')).toBe(steps);
    expect(AFTER_CAUSE[cause as DeclineCause]).toBe(hint);
  });
});

describe('the cause of field 39', () => {
  it.each(
    rowsOf(`
      51 | balance           | creditLimit
      61 | dayLimit          | creditLimit
      57 | accountRestricted | notActivated
      39 | other             | notActivated
      12 | other             | periodUnavailable
      40 | other             | periodUnavailable
      58 | merchant          | merchant
      23 | feeTooHigh        | feeTooHigh
      55 | wrongCode         | wrongCode
      59 | riskControl       | riskControl
      91 | network           | network
      98 | network           | network
      97 | merchant          | merchant
      D6 | notActivated      | notActivated
      05 | other             | other
      ZZ | other             | other
    `),
  )('%s: %s; of instalments: %s', (code = '', single, installment) => {
    expect(cardCause(code, false)).toBe(single);
    expect(cardCause(code, true)).toBe(installment);
  });

  it('offers another way to pay, and nothing else, for a card that is to be kept', () => {
    for (const [code, { action }] of Object.entries(RESPONSE_CODES)) {
      if (action === 'captureCard') expect(nextStepsOf(cardCause(code, false))).toEqual(['otherMethod']);
    }
  });

  it.each(['constructor', '__proto__', ''])('is not fooled by %j', (code) => {
    expect(cardCause(code, true)).toBe('other');
  });
});
