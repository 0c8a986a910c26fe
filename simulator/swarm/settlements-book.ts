import type { StampedRecord } from '../../firmware/journal/records.ts';
import type { BookedSale, Books } from './books.ts';
import type { BookedRefund } from './refunds-book.ts';

/** A batch after its end, as its slip must tell it. */
export interface ClosedBook {
  readonly batch: string;
  /** Card and wallet sales that stand in it. */
  readonly standing: readonly BookedSale[];
  /** Taken over by people since the batch before was closed. */
  readonly handedOver: readonly BookedSale[];
  /** Voids and refunds that are done. */
  readonly back: readonly BookedRefund[];
}

/** The host's word on the totals. */
export type SettlementAnswered = Extract<StampedRecord, { readonly type: 'settlementAnswered' }>;
type UploadResult = Extract<StampedRecord, { readonly type: 'uploadResult' }>;

/** The host archives a little later. */
const BATCHES_KEPT = 10;

/** An oracle's view of settlements: a second reading of the records. */
export class SettlementsBook {
  /** `0500 17`: messages whose number is durable. */
  readonly messages = new Set<string>();
  /** The last number that a message has used up; no run is long enough for them to begin again. */
  lastNumber = 0;
  /** The host's word on the totals of the batch that is being settled; no sale enters it any more. */
  answer: SettlementAnswered | undefined;
  /** Sales of that batch that the host has answered one by one or in a message of several that it took. */
  readonly uploaded = new Set<number>();
  readonly closedBatches = new Set<string>();
  last: ClosedBook | undefined;
  /** Ids of sales whose issuer waits for word of a script, and of those whose issuer was told. */
  readonly scripts = new Set<string>();
  readonly told = new Set<string>();
  /** Ids of sales whose notice has a number, and of those whose chip's last word is kept. */
  readonly noticed = new Set<string>();
  readonly evidence = new Set<string>();
  #handedOver: BookedSale[] = [];

  apply(record: StampedRecord, books: Books): void {
    this.#noteNumber(record);
    if (record.type === 'settlementAnswered') this.#freeze(record);
    if (record.type === 'uploadResult') this.#noteUpload(record);
    if (record.type === 'batchClosed') this.#close(record.batch, books);
    const sale = 'batch' in record && 'stan' in record ? books.find(record) : undefined;
    if (sale === undefined) return;
    if (record.type === 'chipEvidence' && record.scriptRan) this.scripts.add(sale.id);
    if (record.type === 'chipEvidence') this.evidence.add(sale.id);
    if (record.type === 'scriptNoticeIntent') this.noticed.add(sale.id);
    if (record.type === 'scriptNoticeResult') this.told.add(sale.id);
    if (record.type === 'closedByHand') this.#handedOver.push(sale);
  }

  #freeze(answer: SettlementAnswered): void {
    this.answer = answer;
    this.uploaded.clear();
  }

  #noteUpload({ outcome, stans }: UploadResult): void {
    if (outcome === 'rejected' && stans.length > 1) return;
    for (const stan of stans) this.uploaded.add(stan);
  }

  #noteNumber(record: StampedRecord): void {
    if (record.type === 'settlementBegun') this.messages.add(`0500 ${record.stan}`);
    if (record.type === 'uploadIntent') this.messages.add(`0320 ${record.stan}`);
    if (record.type === 'scriptNoticeIntent') this.messages.add(`0620 ${record.noticeStan}`);
    const number = numberUsedUpBy(record);
    if (number !== undefined) this.lastNumber = number;
  }

  #close(batch: string, { sales, refunds }: Books): void {
    const standing = [...sales.values()].filter(
      ({ intent, status }) => intent.batch === batch && status === 'approved',
    );
    const back = [...refunds.all.values()].filter(({ intent, status }) => intent.batch === batch && status === 'done');
    this.last = { batch, standing, back, handedOver: this.#handedOver };
    this.closedBatches.add(batch);
    for (const message of this.messages) if (!message.startsWith('0620')) this.messages.delete(message);
    this.answer = undefined;
    this.#handedOver = [];
  }

  /** So old that nobody prints, reports or asks for a sale of it any more. */
  isLongClosed(batch: string): boolean {
    return Number(batch) <= Number(this.last?.batch ?? 0) - BATCHES_KEPT;
  }

  /** What the terminal itself must know: the open batch, and the one that was closed last. */
  isRecent(batch: string): boolean {
    return Number(batch) >= Number(this.last?.batch ?? 0);
  }
}

/** The number that a record takes; `undefined` for one that takes none. */
export function numberUsedUpBy(record: StampedRecord): number | undefined {
  const takes = ['signOnIntent', 'cardIntent', 'walletIntent', 'refundIntent', 'settlementBegun', 'uploadIntent'];
  if (record.type === 'scriptNoticeIntent') return record.noticeStan;
  return takes.includes(record.type) && 'stan' in record ? record.stan : undefined;
}
