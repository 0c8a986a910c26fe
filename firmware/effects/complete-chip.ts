import { hex, hexOf } from '../base/bytes.ts';
import { ProtocolError } from '../base/protocol-error.ts';
import type { ChipCompletion, Ports, VaultRef } from '../hal/index.ts';
import type { ChipEvidence } from '../journal/settlement-records.ts';
import { chipDataAfterwards } from '../protocol/tlv/chip-data.ts';
import type { CardAnswer } from './authorize-card.ts';
import { chipEvidence } from './chip-evidence.ts';
import type { Effect } from './effect.ts';

export interface ChipAnswerInput extends CardAnswer {
  readonly approved: boolean;
  /** Tags of the request. */
  readonly chipDataRef: VaultRef | undefined;
}

/**
 * Lets the chip see the issuer's answer. Only a sale that the chip accepts is completed, and only then is it printed.
 * What the chip said is durable before the sale stands: its certificate is uploaded at the settlement, and its issuer
 * learns of a script that ran, whether the chip accepted or not.
 */
export const completeChip: Effect<ChipCompletion, ChipAnswerInput> = async ({ ports, journal, inTurn }, answer) => {
  // A chip knows one word for yes; the conditional approvals A2 to A6 are for people.
  const responseCode = answer.approved ? '00' : answer.responseCode;
  const issuer = { responseCode, issuerData: hex(answer.issuerData) };
  const completion = await inTurn('cardReader', () => ports.cardReader.completeChip(issuer));
  const evidence = completion.kind === 'removed' ? undefined : evidenceOf(ports, answer, completion.chipData);
  const isKept = completion.kind === 'accepted' ? answer.approved : evidence?.scriptRan === true;
  if (evidence !== undefined && isKept) await journal.append(evidence);
  if (answer.approved && completion.kind === 'accepted') {
    const { tvr, tsi, scriptResult } = completion;
    await journal.append({ type: 'saleApproved', ...answer.key, tvr, tsi, scriptResult });
  }
  return completion;
};

/** `undefined` for a chip whose last word the host would not take: such a sale is uploaded without a certificate. */
function evidenceOf(
  { vault }: Ports,
  { key, chipDataRef }: ChipAnswerInput,
  verdict: string,
): ChipEvidence | undefined {
  if (chipDataRef === undefined) return undefined;
  try {
    const chipData = chipDataAfterwards(vault.reveal(chipDataRef), hex(verdict));
    return chipData === undefined ? undefined : chipEvidence(key, hexOf(chipData));
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
