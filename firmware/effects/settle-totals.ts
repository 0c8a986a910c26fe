import { ProtocolError } from '../base/protocol-error.ts';
import type { Exchange } from '../hal/index.ts';
import { parseSettlementAnswer, type SettlementAnswer, settlementRequest } from '../protocol/cup/messages.ts';
import { type IsoMessage, unpackFrame } from '../protocol/iso8583/index.ts';
import { responseCode } from '../rules/response-codes.ts';
import type { SettlementBegun } from '../journal/settlement-records.ts';
import { announcedTotals, batchTotals, sameTotals } from '../settlement/totals.ts';
import { sealMessage } from './acquirer-channel.ts';
import type { Services } from '../services.ts';
import type { Effect } from './effect.ts';

export type TotalsOutcome =
  | { readonly kind: 'answered'; readonly balanced: boolean }
  /** The host does not settle this batch now; nothing has changed. */
  | { readonly kind: 'refused'; readonly responseCode: string }
  /** The host does not know our keys or our batch any more. */
  | { readonly kind: 'signOnNeeded' }
  | { readonly kind: 'unanswered' };

/**
 * Sends the totals of the open batch and writes down what the host says of them. Repeated, it sends the same message
 * again; once the host has answered it sends nothing any more.
 */
export const settleTotals: Effect<TotalsOutcome, undefined> = async (services) => {
  const { ports, settings, journal } = services;
  const answered = journal.state.settlement.progress?.answer;
  if (answered !== undefined) return { kind: 'answered', balanced: isBalanced(answered) };
  const { batch, stan, totals } = await begin(services);
  const { terminalId, merchantId, operator } = settings;
  const request = settlementRequest({ stan, batch, totals, terminalId, merchantId, operator });
  const frame = await sealMessage(services, request);
  const exchange = await ports.acquirer.exchange(frame, settings.acquirer.replyDeadlineMs);
  const answer = readAnswer(services, request, exchange);
  if (answer === undefined || answer.kind === 'mismatch') return { kind: 'unanswered' };
  if (answer.kind === 'refused') return refusal(answer.responseCode);
  const { domestic, foreign } = answer;
  await journal.append({ type: 'settlementAnswered', batch, domestic, foreign, totals: answer.totals });
  return { kind: 'answered', balanced: isBalanced(answer) };
};

/** Makes the settlement durable, or goes on with one that was begun before and still tells the truth. */
async function begin({ journal }: Services): Promise<SettlementBegun> {
  const { batch, settlement } = journal.state;
  const totals = announcedTotals(batchTotals(journal.state, batch).card);
  const begun = settlement.progress?.begun;
  if (begun?.batch === batch && sameTotals(begun.totals, totals)) return begun;
  const fresh: SettlementBegun = { type: 'settlementBegun', batch, stan: journal.takeStan(), totals };
  await journal.append(fresh);
  return fresh;
}

/** `undefined` for no answer, and for one that cannot be read. */
function readAnswer({ codec }: Services, request: IsoMessage, exchange: Exchange): SettlementAnswer | undefined {
  if (exchange.kind !== 'replied') return undefined;
  try {
    return parseSettlementAnswer(request, codec.decode(unpackFrame(exchange.reply).iso));
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function refusal(code: string): TotalsOutcome {
  const { action } = responseCode(code);
  const signOnAgain = action === 'signOnAgain' || action === 'reverseAndSignOn';
  return signOnAgain ? { kind: 'signOnNeeded' } : { kind: 'refused', responseCode: code };
}

function isBalanced({ domestic, foreign }: { readonly domestic: string; readonly foreign: string }): boolean {
  return domestic === 'balanced' && foreign === 'balanced';
}
