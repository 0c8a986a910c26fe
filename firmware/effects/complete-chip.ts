import { hex, hexOf } from '../base/bytes.ts';
import { ProtocolError } from '../base/protocol-error.ts';
import { type ChipCompletion, HalError, type Ports, type VaultRef } from '../hal/index.ts';
import type { ChipEvidence } from '../journal/settlement-records.ts';
import { UNABLE_TO_GO_ONLINE } from '../protocol/cup/messages.ts';
import { chipDataAfterwards } from '../protocol/tlv/chip-data.ts';
import type { Services } from '../services.ts';
import type { CardAnswer } from './authorize-card.ts';
import { chipEvidence } from './chip-evidence.ts';
import type { Effect } from './effect.ts';

export interface ChipAnswerInput extends CardAnswer {
  readonly approved: boolean;
  /** Tags of the request. */
  readonly chipDataRef: VaultRef | undefined;
  /** The host could not be reached: the chip decides alone. */
  readonly offline: boolean;
}

/**
 * Lets the chip see the issuer's answer. Only a sale that the chip accepts is completed, and only then is it printed.
 * What the chip said is durable before the sale stands: its certificate is uploaded at the settlement, and its issuer
 * learns of a script that ran, whether the chip accepted or not.
 */
export const completeChip: Effect<ChipCompletion, ChipAnswerInput> = async (services, answer) => {
  const { ports, journal, inTurn } = services;
  // A chip knows one word for yes; the conditional approvals A2 to A6 are for people.
  const responseCode = answer.offline ? UNABLE_TO_GO_ONLINE : answer.approved ? '00' : answer.responseCode;
  const issuer = { responseCode, issuerData: hex(answer.issuerData) };
  const completed = inTurn('cardReader', () => ports.cardReader.completeChip(issuer));
  if (answer.offline) return standingAlone(services, answer, await orRemoved(completed));
  const completion = await completed;
  const evidence = completion.kind === 'removed' ? undefined : evidenceOf(ports, answer, completion.chipData);
  const isKept = completion.kind === 'accepted' ? answer.approved : evidence?.scriptRan === true;
  if (evidence !== undefined && isKept) await journal.append(evidence);
  if (answer.approved && completion.kind === 'accepted') {
    const { tvr, tsi, scriptResult } = completion;
    await journal.append({ type: 'saleApproved', ...answer.key, tvr, tsi, scriptResult });
  }
  return completion;
};

/** A reader that broke down gave no certificate. */
async function orRemoved(completed: Promise<ChipCompletion>): Promise<ChipCompletion> {
  try {
    return await completed;
  } catch (error) {
    if (error instanceof HalError) return { kind: 'removed' };
    throw error;
  }
}

/** Without its certificate nobody would pay for an offline sale: then it does not stand. */
async function standingAlone(
  { ports, journal }: Services,
  answer: ChipAnswerInput,
  completion: ChipCompletion,
): Promise<ChipCompletion> {
  if (completion.kind !== 'accepted') return completion;
  const evidence = evidenceOf(ports, answer, completion.chipData);
  if (evidence === undefined) return { ...completion, kind: 'refused' };
  const { tvr, tsi, scriptResult } = completion;
  await journal.append(evidence);
  await journal.append({ type: 'saleApproved', ...answer.key, tvr, tsi, scriptResult, offline: true });
  return completion;
}

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
