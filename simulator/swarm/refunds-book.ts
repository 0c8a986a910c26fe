import type { SaleKey, StampedRecord } from '../../firmware/journal/records.ts';
import type { RefundIntent } from '../../firmware/journal/refund-records.ts';

/** One void or refund as the durable records tell it. */
export interface BookedRefund {
  readonly id: string;
  readonly intent: RefundIntent;
  status: 'open' | 'done' | 'declined' | 'notSent' | 'reversed' | 'handedOver';
  hasReversalIntent: boolean;
  /** Who took it over. */
  supervisor: string | undefined;
}

const STATUS_AFTER = {
  done: 'done',
  declined: 'declined',
  notSent: 'notSent',
  unknown: 'open',
  untrusted: 'open',
} as const;

/** `000001-000017` */
function idOf({ batch, stan }: SaleKey): string {
  return `${batch}-${stan.toString().padStart(6, '0')}`;
}

/** An oracle's view of money on its way back: a second reading of the records. */
export class RefundsBook {
  readonly all = new Map<string, BookedRefund>();
  /** By sale, in the order they were begun. */
  readonly #ofSale = new Map<string, BookedRefund[]>();
  last: BookedRefund | undefined;

  find(key: SaleKey): BookedRefund | undefined {
    return this.all.get(idOf(key));
  }

  of(sale: SaleKey): readonly BookedRefund[] {
    return this.#ofSale.get(idOf(sale)) ?? [];
  }

  /** By the number that the wallet knows it by. */
  byNumber(refundNo: string): BookedRefund | undefined {
    return [...this.all.values()].find(({ intent: { way } }) => way.by === 'wallet' && way.refundNo === refundNo);
  }

  /** What has gone back of a sale for certain. */
  doneFen(sale: SaleKey): number {
    return this.of(sale)
      .filter(({ status }) => status === 'done')
      .reduce((sum, { intent }) => sum + intent.amountFen, 0);
  }

  forget(id: string): void {
    this.all.delete(id);
  }

  /** Whether the record is about one of these. */
  apply(record: StampedRecord): BookedRefund | undefined {
    if (record.type === 'refundIntent') return this.#begin(record);
    const refund = 'batch' in record && 'stan' in record ? this.find(record) : undefined;
    if (refund === undefined) return undefined;
    if (record.type === 'refundResult') refund.status = STATUS_AFTER[record.result];
    if (record.type === 'closedByHand') {
      refund.status = 'handedOver';
      refund.supervisor = record.supervisor;
    }
    if (record.type === 'reversalIntent') {
      refund.hasReversalIntent = true;
      refund.status = 'open';
    }
    if (record.type === 'reversalResult' && record.outcome === 'reversed') refund.status = 'reversed';
    return refund;
  }

  #begin(intent: RefundIntent): BookedRefund {
    const refund: BookedRefund = {
      id: idOf(intent),
      intent,
      status: 'open',
      hasReversalIntent: false,
      supervisor: undefined,
    };
    const sale = idOf(intent.original);
    this.all.set(refund.id, refund);
    this.#ofSale.set(sale, [...(this.#ofSale.get(sale) ?? []), refund]);
    this.last = refund;
    return refund;
  }
}
