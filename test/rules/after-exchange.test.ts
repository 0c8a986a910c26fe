import { describe, expect, it } from '@jest/globals';
import {
  afterChipCompletion,
  afterDecline,
  afterExchange,
  type CheckedExchange,
  type NextStep,
} from '../../firmware/rules/after-exchange.ts';
import { RESPONSE_CODES, type ResponseAction, responseCode } from '../../firmware/rules/response-codes.ts';
import { rowsOf } from './text-table.ts';

function textOf(step: NextStep): string {
  if (step.do === 'reverse') return `reverse ${step.reason}${step.signOn ? ' signOn' : ''}`;
  if (step.do !== 'stop') return step.do;
  return step.outcome === 'declined' ? `declined ${step.next}` : step.outcome;
}

function exchangeOf(kind: string, detail: string): CheckedExchange {
  if (kind === 'untrusted') return { kind, why: detail as 'mac' | 'mismatch' };
  if (kind === 'answered') return { kind, action: responseCode(detail).action };
  return { kind: kind as 'notSent' | 'unknown' };
}

describe('after an exchange', () => {
  it.each(
    rowsOf(`
      notSent   |          | notSent
      unknown   |          | reverse 98
      untrusted | mac      | reverse A0 signOn
      untrusted | mismatch | reverse 06
      answered  | 00       | complete
      answered  | 11       | complete
      answered  | A2       | complete
      answered  | 10       | reverse 06
      answered  | 55       | enterPin
      answered  | A0       | reverse A0 signOn
      answered  | 51       | declined nothing
      answered  | 98       | declined retryLater
      answered  | 13       | declined retry
      answered  | 77       | declined signOn
      answered  | 94       | declined signOn
      answered  | 45       | declined useChip
      answered  | 01       | declined callIssuer
      answered  | 97       | declined callAcquirer
      answered  | 41       | declined keepCard
      answered  | ZZ       | declined nothing
    `),
  )('%s %s: %s', (kind, detail, expected) => {
    expect(textOf(afterExchange(exchangeOf(kind ?? '', detail ?? '')))).toBe(expected);
  });

  it('reverses an approval that the acquirer settings do not take', () => {
    expect(textOf(afterExchange({ kind: 'answered', action: 'approveUnaccepted' }))).toBe('reverse 06');
  });

  it('completes on an approving action and on nothing else', () => {
    const actions = new Set<ResponseAction>(Object.values(RESPONSE_CODES).map((row) => row.action));
    for (const action of actions) {
      const isComplete = afterExchange({ kind: 'answered', action }).do === 'complete';
      expect([action, isComplete]).toEqual([action, action === 'approve']);
    }
  });

  it('has a hint for every refusal in which the cashier or the terminal must act', () => {
    expect(afterDecline('captureCard')).toBe('keepCard');
    expect(afterDecline('decline')).toBe('nothing');
    expect(afterDecline('approve')).toBe('nothing');
  });
});

describe('after the second cryptogram', () => {
  it.each(
    rowsOf(`
      accepted | complete
      refused  | reverse 06
      removed  | reverse 06
      failed   | reverse 96
    `),
  )('%s: %s', (completion, expected) => {
    expect(textOf(afterChipCompletion(completion as 'accepted' | 'refused' | 'removed' | 'failed'))).toBe(expected);
  });
});
