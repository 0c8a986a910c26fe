import type { StampedRecord } from '../../../firmware/journal/records.ts';
import { TEST_SUPERVISOR } from '../../../hal-mock/supervisors.ts';
import { TEST_TERMINAL } from '../../../simulator/acquirer/terminals.ts';
import { type BookedSale, type Books, bookId } from '../../../simulator/swarm/books.ts';
import type { ClosedBook } from '../../../simulator/swarm/settlements-book.ts';
import type { Outcome } from './evidence.ts';

const { terminalId } = TEST_TERMINAL;

/** Whether these are the words of the settlement slip of a batch. */
export function isSettlementSlipOf(text: string, batch: string): boolean {
  const [title = '', ...lines] = text.split('\n');
  return title.startsWith('结算单') && lines.some((line) => line.startsWith('批次号') && line.endsWith(` ${batch}`));
}

/** What is wrong about settlements, offline sales and sales that people took over, once the terminal is at rest. */
export function settlementWrongs(books: Books, outcome: Outcome, slips: readonly string[]): string[] {
  const { acquirer, batch, wants } = outcome;
  const { answer, last } = books.settlements;
  const sales = [...books.sales.values()];
  const hostBatch = acquirer.openBatch(terminalId);
  const closings = recordsOf(outcome).filter(({ type }) => type === 'batchClosed');
  const wrongs: [boolean, string][] = [
    [answer !== undefined, 'a settlement stands still'],
    [hostBatch !== Number(batch), `the host has batch ${hostBatch} open, the terminal ${batch}`],
    [closings.length !== books.settlements.closedBatches.size, 'a batch is closed twice'],
    [wants === 'settled' && last === undefined, 'nobody could settle'],
    [sales.some(({ isStored }) => isStored), 'an offline sale still waits'],
    [!isToldAll(books, outcome), 'the issuer was not told of its script, or of another'],
  ];
  return [
    ...wrongs.filter(([isWrong]) => isWrong).map(([, what]) => what),
    ...(wants === 'settled' ? handOverWrongs(sales, slips) : []),
    ...(last === undefined ? [] : hostBookWrongs(last, outcome)),
  ];
}

function recordsOf({ records }: Outcome): StampedRecord[] {
  return records.map((text) => JSON.parse(text) as StampedRecord);
}

function isToldAll({ settlements }: Books, { acquirer, wants }: Outcome): boolean {
  const told = acquirer
    .settlements(terminalId)
    .scripts()
    .map(({ batch, stan }) => bookId({ batch, stan }));
  const isDue = wants === 'settled' ? [...settlements.scripts].every((id) => told.includes(id)) : true;
  return isDue && told.every((id) => settlements.scripts.has(id));
}

/** Who took a sale over is in the journal and on a settlement slip. */
function handOverWrongs(sales: readonly BookedSale[], slips: readonly string[]): string[] {
  const name = `${TEST_SUPERVISOR.number} ${TEST_SUPERVISOR.name}`;
  const taken = sales.filter(({ status }) => status === 'handedOver');
  return taken.flatMap(({ id, intent, supervisor }) => {
    const isListed = slips.some(
      (text) =>
        isSettlementSlipOf(text, intent.batch) &&
        text.includes(name) &&
        text.split('\n').some((line) => line.endsWith(` ${intent.stan.toString().padStart(6, '0')}`)),
    );
    return [
      ...(supervisor === name ? [] : [`${id} was taken over by ${supervisor ?? 'nobody'}`]),
      ...(isListed ? [] : [`no slip says that ${id} was taken over`]),
    ];
  });
}

/** The host closed the batch by the terminal's word, with every certificate, and with every sale of one that did not agree. */
function hostBookWrongs({ batch, standing }: ClosedBook, outcome: Outcome): string[] {
  const { closed } = outcome.acquirer.settlements(terminalId);
  const answer = recordsOf(outcome).findLast((record) => record.type === 'settlementAnswered');
  if (closed?.batch !== Number(batch) || answer?.batch !== batch) return [`the host has not closed batch ${batch}`];
  const isBalanced = answer.domestic === 'balanced' && answer.foreign === 'balanced';
  const missing = standing.filter(({ intent }) => {
    if (intent.type !== 'cardIntent' || (isBalanced && intent.entry !== 'chip')) return false;
    return closed.items.get(intent.stan)?.certified !== (intent.entry === 'chip');
  });
  return [
    ...(closed.end?.balanced === isBalanced
      ? []
      : [`the host heard another end of batch ${batch} than the journal says`]),
    ...missing.map(({ id }) => `${id} was not uploaded`),
  ];
}
