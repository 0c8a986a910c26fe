import type { IsoMessage } from '../iso8583/message.ts';
import { type CardInstallment, installmentRequestData } from './installment.ts';
import { SALE_PROCESSING_CODE, type SaleKeys, saleCondition, saleReserved60 } from './sale.ts';
import { amountDigits, CURRENCY_CNY, entryMode, presentFields, stanDigits } from './sub-fields.ts';

/** Field 39 of a reversal: 98 no answer, A0 wrong MAC in the answer, 96 device fault after approval, 06 anything else. */
export type ReversalReason = '98' | 'A0' | '06' | '96';

/**
 * The keys of the message to reverse, exactly as it carried them. Everything but `pan` and `chipData` may be written to
 * the journal as it stands, so that a restarted terminal can still reverse.
 */
export interface ReversalFields {
  readonly processingCode: string;
  readonly amountFen: number;
  readonly stan: number;
  readonly expiry?: string | undefined;
  /** Field 22. */
  readonly entryMode: string;
  readonly cardSequence?: string | undefined;
  /** Field 25. */
  readonly conditionCode: string;
  readonly terminalId: string;
  readonly merchantId: string;
  /** Field 60. */
  readonly reserved60: string;
  readonly installment?: CardInstallment | undefined;
  /** Field 61 of a void, which names its sale; journals of sales have none. */
  readonly originalData?: string | undefined;
  /** Field 38, where an answer came and carried one. */
  readonly authCode?: string | undefined;
  readonly pan?: string | undefined;
  /** Reversal tags of field 55. */
  readonly chipData?: Uint8Array | undefined;
}

/** What a reversal of this sale needs but for `pan`, `authCode` and `chipData`; from the journal as well as from the sale. */
export function reversalFieldsOf(sale: SaleKeys, pinEntered: boolean): ReversalFields {
  return {
    processingCode: SALE_PROCESSING_CODE,
    amountFen: sale.amountFen,
    stan: sale.stan,
    expiry: sale.expiry,
    entryMode: entryMode(sale.entry, pinEntered),
    cardSequence: sale.cardSequence,
    conditionCode: saleCondition(sale),
    terminalId: sale.terminalId,
    merchantId: sale.merchantId,
    reserved60: saleReserved60(sale),
    installment: sale.installment,
  };
}

/** Reversal 0400 without field 64. Never carries tracks, PIN or an RRN (CUP terminal rules A.8). */
export function reversalRequest(original: ReversalFields, reason: ReversalReason): IsoMessage {
  return {
    mti: '0400',
    fields: presentFields({
      2: original.pan,
      3: original.processingCode,
      4: amountDigits(original.amountFen),
      11: stanDigits(original.stan),
      14: original.expiry,
      22: original.entryMode,
      23: original.cardSequence,
      25: original.conditionCode,
      38: original.authCode,
      39: reason,
      41: original.terminalId,
      42: original.merchantId,
      49: CURRENCY_CNY,
      55: original.chipData,
      60: original.reserved60,
      61: original.originalData,
      62: original.installment === undefined ? undefined : installmentRequestData(original.installment),
    }),
  };
}
