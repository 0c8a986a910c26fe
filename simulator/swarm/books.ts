import type {
  CardIntent,
  CardResult,
  SaleKey,
  StampedRecord,
  WalletIntent,
  WalletResult,
} from '../../firmware/journal/records.ts';
import { RefundsBook } from './refunds-book.ts';
import { SettlementsBook } from './settlements-book.ts';

export type BookedStatus =
  'open' | 'approved' | 'declined' | 'notSent' | 'reversed' | 'cancelled' | 'handedOver' | 'uncollected';

/** One sale as the durable records tell it, read by other code than the firmware's own. */
export interface BookedSale {
  readonly id: string;
  /** Who took it over, when nobody but a person could end it. */
  supervisor: string | undefined;
  /** Approved by the chip alone and not forwarded yet. */
  isStored: boolean;
  readonly intent: CardIntent | WalletIntent;
  status: BookedStatus;
  hasReversalIntent: boolean;
  hasCancelIntent: boolean;
  cardResult: CardResult | undefined;
  walletResult: WalletResult | undefined;
}

/** `000001-000017` */
export function bookId({ batch, stan }: SaleKey): string {
  return `${batch}-${stan.toString().padStart(6, '0')}`;
}

/** An oracle's view of one journal: a second reading of the records, so that an error of the first shows. */
export class Books {
  readonly sales = new Map<string, BookedSale>();
  /** Ids of sales in doubt, in the order they were begun. */
  readonly open = new Set<string>();
  /** Of the last sign-on. */
  signOnStan: number | undefined;
  readonly settlements = new SettlementsBook();
  /** Voids and refunds; those in doubt are open as well. */
  readonly refunds = new RefundsBook();
  last: BookedSale | undefined;
  lastReversed: BookedSale | undefined;
  /** What the approved card sales of batches that nobody asks for any more came to, less their voids and refunds. */
  forgottenCardFen = 0;

  static of(records: readonly string[]): Books {
    const books = new Books();
    for (const text of records) books.apply(JSON.parse(text) as StampedRecord);
    return books;
  }

  find(key: SaleKey): BookedSale | undefined {
    return this.sales.get(bookId(key));
  }

  /** The sale that a record is about, as it stood before. */
  saleOf(record: StampedRecord): BookedSale | undefined {
    return 'batch' in record && 'stan' in record ? this.find(record) : undefined;
  }

  apply(record: StampedRecord): void {
    this.settlements.apply(record, this);
    if (record.type === 'batchClosed') this.#forget();
    const refund = this.refunds.apply(record);
    if (refund !== undefined) this.#setOpen(refund.id, refund.status === 'open');
    else if (record.type === 'signOnIntent') this.signOnStan = record.stan;
    else if (record.type === 'cardIntent' || record.type === 'walletIntent') this.#begin(record);
    else if ('batch' in record && 'stan' in record) this.#note(record);
  }

  /** A month of sales need not be kept: a batch that was closed before the last one has been judged. */
  #forget(): void {
    for (const [id, { intent, status, isStored }] of this.sales) {
      const isPeoples = status === 'handedOver' || status === 'uncollected';
      if (!this.settlements.isLongClosed(intent.batch) || status === 'open' || isStored || isPeoples) continue;
      this.sales.delete(id);
      if (status === 'approved' && intent.type === 'cardIntent') this.forgottenCardFen += intent.amountFen;
    }
    for (const [id, { intent, status }] of this.refunds.all) {
      if (!this.settlements.isLongClosed(intent.batch) || status === 'open' || status === 'handedOver') continue;
      this.refunds.forget(id);
      if (status === 'done' && intent.way.by === 'card') this.forgottenCardFen -= intent.amountFen;
    }
  }

  #begin(intent: CardIntent | WalletIntent): void {
    const id = bookId(intent);
    const sale: BookedSale = {
      id,
      supervisor: undefined,
      isStored: false,
      intent,
      status: 'open',
      hasReversalIntent: false,
      hasCancelIntent: false,
      cardResult: undefined,
      walletResult: undefined,
    };
    this.sales.set(id, sale);
    this.open.add(id);
    this.last = sale;
  }

  #note(record: Extract<StampedRecord, SaleKey>): void {
    const sale = this.find(record);
    if (sale === undefined) return;
    if (record.type === 'cardResult') sale.cardResult = record;
    if (record.type === 'walletResult') sale.walletResult = record;
    if (record.type === 'reversalIntent') sale.hasReversalIntent = true;
    if (record.type === 'cancelIntent') sale.hasCancelIntent = true;
    if (record.type === 'saleApproved' && record.offline === true) sale.isStored = true;
    if (record.type === 'forwardResult') sale.isStored = false;
    if (record.type === 'closedByHand') sale.supervisor = record.supervisor;
    sale.status = statusAfter(sale, record);
    if (sale.status === 'reversed') this.lastReversed = sale;
    this.#setOpen(sale.id, sale.status === 'open');
  }

  #setOpen(id: string, isOpen: boolean): void {
    if (isOpen) this.open.add(id);
    else this.open.delete(id);
  }
}

/** What the terminal says of a sale that is over and has taken no money. */
export function endsWithoutMoney(record: Extract<StampedRecord, SaleKey>): boolean {
  if (record.type === 'cardResult') return record.result === 'declined' || record.result === 'notSent';
  if (record.type === 'walletResult') return ['failed', 'notSent', 'cancelled'].includes(record.result);
  return record.type === 'reversalResult' && record.outcome === 'reversed';
}

function statusAfter(sale: BookedSale, record: Extract<StampedRecord, SaleKey>): BookedStatus {
  if (record.type === 'saleApproved') return 'approved';
  if (record.type === 'closedByHand') return 'handedOver';
  if (record.type === 'forwardResult') return record.outcome === 'rejected' ? 'uncollected' : sale.status;
  if (record.type === 'reversalIntent' || record.type === 'cancelIntent') return 'open';
  if (record.type === 'reversalResult') return record.outcome === 'reversed' ? 'reversed' : 'open';
  if (record.type === 'cardResult') {
    return record.result === 'declined' || record.result === 'notSent' ? record.result : 'open';
  }
  if (record.type !== 'walletResult') return sale.status;
  if (record.result === 'failed') return 'declined';
  return record.result === 'notSent' || record.result === 'cancelled' ? record.result : sale.status;
}
