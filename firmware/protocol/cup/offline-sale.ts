import { bytesOfLatin1, concatBytes } from '../../base/bytes.ts';
import type { IsoMessage } from '../iso8583/message.ts';
import { encodeTlv } from '../tlv/index.ts';
import type { ReversalFields } from './reversal.ts';
import { amountDigits, CURRENCY_CNY, presentFields, stanDigits } from './sub-fields.ts';

/** Sub-field 60.1 of a sale that was approved without the host and is sent afterwards (CUP terminal rules A.5). */
export const OFFLINE_SALE_TYPE = '36';
/** Tag 8A of a chip that approved because the host could not be reached (EMV book 4, A6). */
export const UNABLE_TO_GO_ONLINE = 'Y3';

const CONDITION_NORMAL = '00';

export interface OfflineSaleFields {
  /** The keys that the sale would have had online. */
  readonly keys: ReversalFields;
  readonly pan: string;
  /** Request tags of field 55 with the chip's certificate. */
  readonly chipData: Uint8Array;
}

/** A sale 0200 that stands already, without field 64. It has one number however often it is sent. */
export function offlineSaleRequest({ keys, pan, chipData }: OfflineSaleFields): IsoMessage {
  const authorizationCode = { tag: '8A', value: bytesOfLatin1(UNABLE_TO_GO_ONLINE) };
  return {
    mti: '0200',
    fields: presentFields({
      2: pan,
      3: keys.processingCode,
      4: amountDigits(keys.amountFen),
      11: stanDigits(keys.stan),
      14: keys.expiry,
      22: keys.entryMode,
      23: keys.cardSequence,
      25: CONDITION_NORMAL,
      41: keys.terminalId,
      42: keys.merchantId,
      49: CURRENCY_CNY,
      55: concatBytes(chipData, encodeTlv([authorizationCode])),
      60: OFFLINE_SALE_TYPE + keys.reserved60.slice(OFFLINE_SALE_TYPE.length),
    }),
  };
}
