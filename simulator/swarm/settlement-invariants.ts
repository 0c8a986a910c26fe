import type { StampedRecord } from '../../firmware/journal/records.ts';
import { type IsoMessage, textField } from '../../firmware/protocol/iso8583/index.ts';
import { type BookedSale, bookId, type Books } from './books.ts';
import { invariant, type Invariant } from './predicate.ts';
import type { BookedRefund } from './refunds-book.ts';
import { numberUsedUpBy, type SettlementAnswered } from './settlements-book.ts';
import type { EventOf, Witness } from './witness.ts';

/** Field 48 of a 0500: for each half debit amount n12, debit count n3, credit amount n12, credit count n3, code n1. */
const HALF_DIGITS = 31;
const SIDE_DIGITS = 15;
const AMOUNT_DIGITS = 12;
/** First digits of the card numbers of the schemes outside China. */
const FOREIGN_CARD = /^[2-5]/;

export function isSettlementSlip(text: string): boolean {
  return text.startsWith('结算单');
}

export function settlementSlipBatch(text: string): string {
  return /BATCH NO\.\)?\|(\d{6})/.exec(text)?.[1] ?? '';
}

function batchOf(message: IsoMessage): string {
  return textField(message, 60)?.slice(2, 8) ?? '';
}

function standingCards({ sales }: Books, batch: string): BookedSale[] {
  return [...sales.values()].filter(
    ({ intent, status }) => intent.type === 'cardIntent' && intent.batch === batch && status === 'approved',
  );
}

/** Voids and refunds by card that are done. */
function doneCardReturns({ refunds }: Books, batch: string): BookedRefund[] {
  return [...refunds.all.values()].filter(
    ({ intent, status }) => intent.way.by === 'card' && intent.batch === batch && status === 'done',
  );
}

const sumFen = (sales: readonly { readonly intent: { readonly amountFen: number } }[]): number =>
  sales.reduce((sum, { intent }) => sum + intent.amountFen, 0);

function messageHasIntent({ message }: EventOf<'cardRequest'>, { books }: Witness): string | undefined {
  const { mti } = message;
  if (mti !== '0500' && mti !== '0320' && mti !== '0620') return undefined;
  const stan = Number(textField(message, 11));
  if (books.settlements.messages.has(`${mti} ${stan}`)) return undefined;
  // A chip's detail goes under the number of its sale.
  const isChip = mti === '0320' && books.find({ batch: batchOf(message), stan })?.status === 'approved';
  // So does a void or refund.
  const isReturn = mti === '0320' && books.refunds.find({ batch: batchOf(message), stan })?.status === 'done';
  return isChip || isReturn ? undefined : `${mti} ${stan} without its record`;
}

function totalsAreTheJournals({ message }: EventOf<'cardRequest'>, { books }: Witness): string | undefined {
  if (message.mti !== '0500') return undefined;
  const digits = textField(message, 48) ?? '';
  const halves = [digits.slice(0, HALF_DIGITS), digits.slice(HALF_DIGITS)];
  const said = (side: 0 | 1): string => {
    const sums = halves.map((half) => half.slice(side * SIDE_DIGITS, (side + 1) * SIDE_DIGITS));
    const fen = sums.reduce((sum, text) => sum + Number(text.slice(0, AMOUNT_DIGITS)), 0);
    return `${sums.reduce((sum, text) => sum + Number(text.slice(AMOUNT_DIGITS)), 0)}/${fen} fen`;
  };
  const batch = batchOf(message);
  const [sales, returns] = [standingCards(books, batch), doneCardReturns(books, batch)];
  const own = [`${sales.length}/${sumFen(sales)} fen`, `${returns.length}/${sumFen(returns)} fen`];
  const isSame = said(0) === own[0] && said(1) === own[1];
  return isSame ? undefined : `totals ${said(0)} and ${said(1)} back, journal ${own.join(' and ')} back`;
}

/** Nothing here makes host and journal disagree for good but a sale that people took over. */
function hostAgrees(record: StampedRecord, { books }: Witness): string | undefined {
  if (record.type !== 'settlementAnswered' || (record.domestic === 'balanced' && record.foreign === 'balanced')) {
    return undefined;
  }
  const isPeoples = [...books.sales.values()].some(
    ({ status, intent }) => status === 'handedOver' && intent.batch === record.batch,
  );
  if ([...books.refunds.all.values()].some(({ status }) => status === 'handedOver')) return undefined;
  return isPeoples ? undefined : `the host does not agree with batch ${record.batch}`;
}

function entersOpenBatch(record: StampedRecord, { books: { settlements } }: Witness): string | undefined {
  if (record.type !== 'cardIntent' && record.type !== 'walletIntent' && record.type !== 'refundIntent')
    return undefined;
  if (settlements.closedBatches.has(record.batch)) return `a sale in batch ${record.batch}, which is closed`;
  return settlements.answer?.batch === record.batch ? `a sale in batch ${record.batch}, which is frozen` : undefined;
}

function closesWhole(record: StampedRecord, witness: Witness): string | undefined {
  if (record.type !== 'batchClosed') return undefined;
  const { acquirer, terminalId, books } = witness;
  const { answer, uploaded, closedBatches } = books.settlements;
  if (closedBatches.has(record.batch)) return `batch ${record.batch} is closed twice`;
  if (answer?.batch !== record.batch) return `batch ${record.batch} is closed without the host's word`;
  if (acquirer.openBatch(terminalId) === Number(record.batch)) return `batch ${record.batch} is open at the host`;
  const missing = standingCards(books, record.batch).find(
    (sale) => isUploaded(sale, answer, books) && !uploaded.has(sale.intent.stan),
  );
  return missing && `${missing.id} was never uploaded`;
}

/** Certificates always go to the host, other sales when their half of the totals does not balance. */
function isUploaded({ id, intent }: BookedSale, answer: SettlementAnswered, { settlements }: Books): boolean {
  if (intent.type !== 'cardIntent') return false;
  if (intent.entry === 'chip' && settlements.evidence.has(id)) return true;
  return answer[FOREIGN_CARD.test(intent.maskedPan) ? 'foreign' : 'domestic'] !== 'balanced';
}

function numberIsNew(record: StampedRecord, { books }: Witness): string | undefined {
  const number = numberUsedUpBy(record);
  const { lastNumber } = books.settlements;
  return number !== undefined && number <= lastNumber ? `number ${number} comes after ${lastNumber}` : undefined;
}

function noticeIsDue({ message }: EventOf<'cardRequest'>, { books }: Witness): string | undefined {
  if (message.mti !== '0620') return undefined;
  const original = textField(message, 61) ?? '';
  const sale = books.find({ batch: original.slice(0, 6), stan: Number(original.slice(6, 12)) });
  const { scripts, told } = books.settlements;
  if (sale === undefined || !scripts.has(sale.id)) return 'a script notice for a sale without a script';
  return told.has(sale.id) ? `the issuer is told of ${sale.id} twice` : undefined;
}

/** A notice that nobody answers holds no money up, but it was sent. */
function scriptsGoFirst({ message }: EventOf<'cardRequest'>, { books }: Witness): string | undefined {
  if (message.mti !== '0500') return undefined;
  const { scripts, told, noticed } = books.settlements;
  const oldest = [...books.sales.keys()].find((id) => scripts.has(id) && !told.has(id));
  return oldest === undefined || noticed.has(oldest) ? undefined : `nobody tells the issuer of ${oldest}`;
}

function scriptIsKept({ record }: EventOf<'record'>, { books, chipInHand, saleInHand }: Witness): string | undefined {
  if (record.type !== 'saleApproved' && record.type !== 'reversalIntent') return undefined;
  const id = bookId(record);
  if (chipInHand?.scriptRan !== true || saleInHand?.id !== id) return undefined;
  return books.settlements.scripts.has(id) ? undefined : `${id} goes on, and the script of its chip is forgotten`;
}

/** A message of a settlement has no MAC, but numbers that must be those of its request. */
function believesItsAnswer({ record }: EventOf<'record'>, { acquirer, lastSettling }: Witness): string | undefined {
  const isAnswer = ['settlementAnswered', 'uploadResult', 'scriptNoticeResult'].includes(record.type);
  return isAnswer && acquirer.wasSpoiled(lastSettling) ? `${record.type} by a spoiled answer` : undefined;
}

function slipIsWhole({ text }: EventOf<'slip'>, { books }: Witness): string | undefined {
  if (!isSettlementSlip(text)) return undefined;
  const closed = books.settlements.last;
  if (closed?.batch !== settlementSlipBatch(text)) return 'a settlement slip of a batch that is not closed';
  const counted = [...text.matchAll(/(\d+)笔 ¥([\d,.]+)/g)].map(([, count, yuan]) => ({
    count: Number(count),
    fen: Math.round(Number(yuan?.replaceAll(',', '')) * 100),
  }));
  const isListed = ({ intent, supervisor }: BookedSale): boolean =>
    text.includes(`|${intent.stan.toString().padStart(6, '0')}`) && text.includes(supervisor ?? '');
  const unlisted = closed.handedOver.find((sale) => !isListed(sale));
  if (unlisted !== undefined) return `${unlisted.id} was taken over, and the slip does not say so`;
  if (/收单行多出/.test(text)) return undefined;
  const count = counted.reduce((sum, each) => sum + each.count, 0);
  const fen = counted.reduce((sum, each) => sum + each.fen, 0);
  const all = [...closed.standing, ...closed.back];
  const isSame = count === all.length && fen === sumFen(all);
  return isSame ? undefined : `the slip counts ${count}, ${fen} fen; batch ${closed.batch} has ${sumFen(all)}`;
}

function truthIsTold({ screen }: EventOf<'screen'>, { books }: Witness): string | undefined {
  if (screen.id !== 'saleTruth') return undefined;
  const { voucher, truth } = screen.params;
  const { settlements, refunds } = books;
  const sales = [...books.sales.values()].filter(({ intent }) => intent.stan === Number(voucher));
  const returns = [...refunds.all.values()].filter(({ intent }) => intent.stan === Number(voucher));
  const expected = new Set([...sales.map((sale) => truthOf(sale, books)), ...returns.map(truthOfReturn)]);
  const isKnown = [...sales, ...returns].some(({ intent }) => settlements.isRecent(intent.batch));
  if (!isKnown) expected.add('unknown');
  return expected.has(String(truth)) ? undefined : `${String(voucher)} is called ${String(truth)}`;
}

function truthOf({ status, intent }: BookedSale, { refunds }: Books): string {
  const back = refunds.of(intent);
  if (back.some((refund) => refund.status === 'open' || refund.status === 'handedOver')) return 'inDoubt';
  if (back.some((refund) => refund.status === 'done')) return 'refunded';
  if (status === 'approved' || status === 'declined' || status === 'reversed') return status;
  if (status === 'notSent') return 'declined';
  return status === 'cancelled' ? 'reversed' : 'inDoubt';
}

function truthOfReturn({ status }: BookedRefund): string {
  if (status === 'done') return 'refunded';
  if (status === 'declined' || status === 'notSent') return 'declined';
  return status === 'reversed' ? 'reversed' : 'inDoubt';
}

/** What holds around a settlement; the numbers are those of the list of invariants in `docs/reliability.md`. */
export const SETTLEMENT_INVARIANTS: readonly Invariant[] = [
  invariant('I1', 'record', 'host and journal agree on the totals', ({ record }, witness) =>
    hostAgrees(record, witness),
  ),
  invariant('I2', 'rest', 'no settlement stands still at rest', (_, { books: { settlements } }) =>
    settlements.answer === undefined ? undefined : `batch ${settlements.answer.batch} is frozen at rest`,
  ),
  invariant('I3', 'cardRequest', 'no message of a settlement leaves before its record is durable', messageHasIntent),
  invariant('I4', 'record', 'a number is used once', ({ record }, witness) => numberIsNew(record, witness)),
  invariant('I5', 'cardRequest', 'open items go before a settlement', ({ message }, { books: { open } }) =>
    message.mti === '0500' && open.size > 0 ? `totals are sent while ${[...open].join()} is open` : undefined,
  ),
  invariant('I5', 'slip', 'the settlement slip lists what people took over, and counts every sale', slipIsWhole),
  invariant('I11', 'cardRequest', 'totals are those of the journal', totalsAreTheJournals),
  invariant('I11', 'record', 'a sale enters an open batch', ({ record }, witness) => entersOpenBatch(record, witness)),
  invariant('I11', 'record', 'a batch ends once, whole, and at both ends', ({ record }, witness) =>
    closesWhole(record, witness),
  ),
  invariant('I7', 'record', 'no spoiled answer to a message of a settlement is used', believesItsAnswer),
  invariant('I20', 'screen', 'a look-up says what is true', truthIsTold),
  invariant('I22', 'cardRequest', 'a script is reported once', noticeIsDue),
  invariant('I22', 'cardRequest', 'a script is reported before a settlement', scriptsGoFirst),
  invariant('I22', 'record', 'a script that ran is on record', scriptIsKept),
  invariant('I27', 'record', 'who takes a sale over has proved who they are', ({ record }, { supervisorInHand }) =>
    record.type === 'closedByHand' && record.supervisor !== supervisorInHand
      ? `${bookId(record)} is taken over by ${record.supervisor}, who is not known`
      : undefined,
  ),
  invariant('I27', 'cardRequest', 'what people took over is left to them', ({ message }, { books }) => {
    if (message.mti !== '0400') return undefined;
    const sale = books.find({ batch: batchOf(message), stan: Number(textField(message, 11)) });
    return sale?.status === 'handedOver' ? `${sale.id} was taken over, and is reversed` : undefined;
  }),
  invariant('I27', 'screen', 'who took a sale over is on record', ({ screen }, { books }) => {
    if (screen.id !== 'handedOver') return undefined;
    const { voucher, supervisor: named } = screen.params;
    const isNoted = [...books.sales.values(), ...books.refunds.all.values()].some(
      ({ intent, supervisor }) => intent.stan === Number(voucher) && supervisor === named,
    );
    return isNoted ? undefined : 'a sale is handed over, and the journal does not know by whom';
  }),
];
