import { hex } from '../base/bytes.ts';
import type { ChipCompletion } from '../hal/index.ts';
import type { CardAnswer } from './authorize-card.ts';
import type { Effect } from './effect.ts';

export interface ChipAnswerInput extends CardAnswer {
  readonly approved: boolean;
}

/** Lets the chip see the issuer's answer. Only a sale that the chip accepts is completed, and only then is it printed. */
export const completeChip: Effect<ChipCompletion, ChipAnswerInput> = async ({ ports, journal, inTurn }, answer) => {
  // A chip knows one word for yes; the conditional approvals A2 to A6 are for people.
  const responseCode = answer.approved ? '00' : answer.responseCode;
  const issuer = { responseCode, issuerData: hex(answer.issuerData) };
  const completion = await inTurn('cardReader', () => ports.cardReader.completeChip(issuer));
  if (answer.approved && completion.kind === 'accepted') {
    const { tvr, tsi, scriptResult } = completion;
    await journal.append({ type: 'saleApproved', ...answer.key, tvr, tsi, scriptResult });
  }
  return completion;
};
