import { hex } from '../base/bytes.ts';
import type { ChipCompletion } from '../hal/index.ts';
import { issuerAnswerData } from '../protocol/tlv/chip-data.ts';
import type { CardAnswer } from './authorize-card.ts';
import type { Effect } from './effect.ts';

export interface ChipAnswerInput extends CardAnswer {
  readonly approved: boolean;
}

/** Lets the chip see the issuer's answer. Only a sale that the chip accepts is completed, and only then is it printed. */
export const completeChip: Effect<ChipCompletion, ChipAnswerInput> = async ({ ports, journal }, answer) => {
  const completion = await ports.cardReader.completeChip({
    responseCode: answer.responseCode,
    issuerData: issuerAnswerData(hex(answer.issuerData)),
  });
  if (answer.approved && completion.kind === 'accepted') {
    const { tvr, tsi, scriptResult } = completion;
    await journal.append({ type: 'saleApproved', ...answer.key, tvr, tsi, scriptResult });
  }
  return completion;
};
