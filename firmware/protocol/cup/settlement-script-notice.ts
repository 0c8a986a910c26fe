import { ProtocolError } from '../../base/protocol-error.ts';
import { bytesField, type IsoMessage, textField } from '../iso8583/message.ts';
import { encodeTlv, indexTlv, textOfTag } from '../tlv/index.ts';
import { managementCodes } from './settlement.ts';
import { amountDigits, CURRENCY_CNY, presentFields, reserved60, stanDigits } from './sub-fields.ts';

/** Sub-field 60.3 of a script notice (CUP terminal rules A.5). */
const SCRIPT_NOTICE_NET_CODE = '951';

/** Field 61.3 where the day of the sale is not known. */
const NO_DATE = '0000';

/** Tags of field 55, in the order of the CUP terminal rules A.7. */
const SCRIPT_NOTICE_TAGS = [0x9f33, 0x95, 0x9f37, 0x9f1e, 0x9f10, 0x9f26, 0x9f36, 0x82, 0xdf31, 0x9f1a, 0x9a] as const;
const SCRIPT_RESULT = 0xdf31;

/** What the issuer's script did to the card of one sale. */
export interface ScriptNoticeFields {
  /** Of the notice itself. */
  readonly stan: number;
  /** 8 characters. */
  readonly terminalId: string;
  /** 15 characters. */
  readonly merchantId: string;
  /** The batch that is open now, six digits. */
  readonly batch: string;
  readonly pan: string;
  readonly processingCode: string;
  readonly amountFen: number;
  /** Field 22 of the sale. */
  readonly entryMode: string;
  readonly cardSequence?: string | undefined;
  /** Field 25 of the sale. */
  readonly conditionCode: string;
  /** Field 32 of the sale's answer. */
  readonly acquirerId?: string | undefined;
  /** Field 37 of the sale's answer. */
  readonly retrievalReference?: string | undefined;
  /** Field 38 of the sale's answer. */
  readonly authorizationCode?: string | undefined;
  /** Field 60 of the sale: the notice repeats 60.4 and 60.5 of it. */
  readonly reserved60: string;
  readonly original: {
    /** Six digits. */
    readonly batch: string;
    readonly stan: number;
    /** `MMDD` of the host. */
    readonly date: string | undefined;
  };
  /** All tags as they stood at the end, DF31 among them. */
  readonly chipData: Uint8Array;
}

/** Script notice 0620 without field 64. */
export function scriptNotice(fields: ScriptNoticeFields): IsoMessage {
  const { original } = fields;
  return {
    mti: '0620',
    fields: presentFields({
      2: fields.pan,
      3: fields.processingCode,
      4: amountDigits(fields.amountFen),
      11: stanDigits(fields.stan),
      22: fields.entryMode,
      23: fields.cardSequence,
      25: fields.conditionCode,
      32: fields.acquirerId,
      37: fields.retrievalReference,
      38: fields.authorizationCode,
      41: fields.terminalId,
      42: fields.merchantId,
      49: CURRENCY_CNY,
      55: scriptNoticeChipData(fields.chipData),
      60:
        reserved60({ type: '00', batch: fields.batch, net: SCRIPT_NOTICE_NET_CODE }) + fields.reserved60.slice(11, 13),
      61: original.batch + stanDigits(original.stan) + (original.date ?? NO_DATE),
    }),
  };
}

/** Field 55 of a script notice out of all tags. `ProtocolError` when no script ran, or the data are not BER-TLV. */
export function scriptNoticeChipData(chipData: Uint8Array): Uint8Array {
  const index = indexTlv(chipData);
  if (index.find(SCRIPT_RESULT) === undefined) throw new ProtocolError(['55', 'DF31'], 'is missing');
  const nodes = SCRIPT_NOTICE_TAGS.flatMap((tag) => {
    const value = index.find(tag);
    return value === undefined ? [] : [{ tag: textOfTag(tag), value }];
  });
  return encodeTlv(nodes);
}

/** A script notice as the host reads it. */
export interface ReceivedScriptNotice {
  readonly original: { readonly batch: string; readonly stan: number };
  readonly pan: string;
  /** Tag DF31. */
  readonly scriptResult: Uint8Array;
}

/** Reads a 0620. Throws `ProtocolError` when it does not say which script ran for which sale. */
export function parseScriptNotice(message: IsoMessage): ReceivedScriptNotice {
  if (message.mti !== '0620') throw new ProtocolError(['mti'], 'not a script notice');
  if (managementCodes(message).net !== SCRIPT_NOTICE_NET_CODE) throw new ProtocolError(['60', '3'], 'no script notice');
  const [, batch, stan] = /^(\d{6})(\d{6})\d{4}$/.exec(textField(message, 61) ?? '') ?? [];
  if (batch === undefined || stan === undefined) throw new ProtocolError(['61'], 'names no sale');
  const pan = textField(message, 2);
  if (pan === undefined) throw new ProtocolError(['2'], 'missing');
  const scriptResult = indexTlv(bytesField(message, 55) ?? new Uint8Array()).find(SCRIPT_RESULT);
  if (scriptResult === undefined) throw new ProtocolError(['55', 'DF31'], 'is missing');
  return { original: { batch, stan: Number(stan) }, pan, scriptResult };
}
