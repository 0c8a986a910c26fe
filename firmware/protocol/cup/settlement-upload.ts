import { bytesOfLatin1, latin1Of } from '../../base/bytes.ts';
import { invariant } from '../../base/invariant.ts';
import { ProtocolError } from '../../base/protocol-error.ts';
import { bytesField, type IsoMessage, textField } from '../iso8583/message.ts';
import { indexTlv } from '../tlv/index.ts';
import { parseRefundUpload, type RefundDetail, refundUpload } from './settlement-refund.ts';
import { managementCodes, SETTLEMENT_NET_CODE } from './settlement.ts';
import { amountDigits, CURRENCY_CNY, presentFields, reserved60, stanDigits } from './sub-fields.ts';

/** Whose card it was; each half of the totals is uploaded on its own. */
export type CardNetwork = 'domestic' | 'foreign';

/** Who uploads. */
export interface UploadHead {
  /** Of the message; chip details and refunds carry the number of their own, which nothing else in them names. */
  readonly stan: number;
  /** 8 characters. */
  readonly terminalId: string;
  /** 15 characters. */
  readonly merchantId: string;
  /** Six digits. */
  readonly batch: string;
}

/** One sale that went online, as 40 digits of field 48. */
export interface OnlineDetail {
  readonly network: CardNetwork;
  readonly stan: number;
  /** `undefined` for a sale by pay code, whose row has zeros: its host finds it by the number. */
  readonly pan: string | undefined;
  readonly amountFen: number;
}

/** One sale of a chip with what the chip said in the end. */
export interface ChipDetail {
  /** The whole batch balanced. */
  readonly balanced: boolean;
  readonly network: CardNetwork;
  readonly pan: string;
  readonly amountFen: number;
  /** Field 22 of the sale. */
  readonly entryMode: string;
  readonly cardSequence?: string | undefined;
  /** Field 55 with the last cryptogram: a TC under 9F27 = 40 for a certificate. */
  readonly chipData: Uint8Array;
}

/** Why a chip transaction has no good certificate: digits 5 and 6 of field 62 (CUP terminal rules A.9). */
export type ChipFailure = 'refusedOffline' | 'couldNotGoOnline' | 'issuerNotAuthenticated';

/** What one 0320 tells the host. */
export type Upload =
  | { readonly kind: 'details'; readonly details: readonly OnlineDetail[] }
  /** One alone, as its 0220 had it. */
  | ({ readonly kind: 'refund' } & RefundDetail)
  | ({ readonly kind: 'certificate' } & ChipDetail)
  | ({ readonly kind: 'failure'; readonly failure: ChipFailure } & ChipDetail)
  /** Nothing more comes; `count` is the number of sales uploaded. */
  | { readonly kind: 'end'; readonly balanced: boolean; readonly count: number };

/** Details that field 48 has room for: n2 and eight times n40 are its 322 digits. */
export const DETAILS_MAX = 8;

/** Largest number of sales that the end of an upload can say. */
export const UPLOAD_COUNT_MAX = 9999;

/** Sub-field 60.3, balanced and not (CUP terminal rules A.5). */
const NET_CODES = {
  certificate: { balanced: '203', unbalanced: '205' },
  failure: { balanced: '204', unbalanced: '206' },
  end: { balanced: '207', unbalanced: '202' },
} as const;
type JudgedKind = keyof typeof NET_CODES;

const NETWORK_DIGITS: Readonly<Record<CardNetwork, string>> = { domestic: '00', foreign: '01' };
const NETWORKS: Readonly<Record<string, CardNetwork>> = { '00': 'domestic', '01': 'foreign' };

const FAILURE_DIGITS: Readonly<Record<ChipFailure, string>> = {
  refusedOffline: '11',
  couldNotGoOnline: '13',
  issuerNotAuthenticated: '05',
};

/** Field 62: `61` or `71`, network, 00 or the cause, amount n12, currency. */
const CERTIFICATE_MARK = '61';
const FAILURE_MARK = '71';
const NO_FAILURE = '00';

/** Tag 9F27 of a transaction certificate, bits 8 and 7. */
const CRYPTOGRAM_INFORMATION = 0x9f27;
const TRANSACTION_CERTIFICATE = 0x40;

/** Batch upload 0320. Carries no MAC, and neither does its answer (CUP terminal rules A.7). */
export function uploadRequest(head: UploadHead, upload: Upload): IsoMessage {
  if (upload.kind === 'refund') return refundUpload(head, upload);
  const isChip = upload.kind === 'certificate' || upload.kind === 'failure';
  return {
    mti: '0320',
    fields: presentFields({
      11: stanDigits(head.stan),
      41: head.terminalId,
      42: head.merchantId,
      48: isChip ? undefined : countedDigits(upload),
      60: reserved60({ type: '00', batch: head.batch, net: netCode(upload) }),
      ...(isChip ? chipFields(upload) : {}),
    }),
  };
}

function netCode(upload: Exclude<Upload, { kind: 'refund' }>): string {
  if (upload.kind === 'details') return SETTLEMENT_NET_CODE;
  return NET_CODES[upload.kind][upload.balanced ? 'balanced' : 'unbalanced'];
}

function countedDigits(upload: Extract<Upload, { kind: 'details' | 'end' }>): string {
  if (upload.kind === 'end') {
    const { count } = upload;
    invariant(Number.isInteger(count) && count >= 0 && count <= UPLOAD_COUNT_MAX, 'an upload count fits 4 digits');
    return count.toString().padStart(4, '0');
  }
  const { details } = upload;
  invariant(details.length >= 1 && details.length <= DETAILS_MAX, 'a message has one to eight details');
  return details.length.toString().padStart(2, '0') + details.map(detailDigits).join('');
}

function detailDigits({ network, stan, pan, amountFen }: OnlineDetail): string {
  return NETWORK_DIGITS[network] + stanDigits(stan) + (pan ?? '').padStart(20, '0') + amountDigits(amountFen);
}

function chipFields(upload: Extract<Upload, { kind: 'certificate' | 'failure' }>) {
  const marks =
    upload.kind === 'certificate'
      ? [CERTIFICATE_MARK, NETWORK_DIGITS[upload.network], NO_FAILURE]
      : [FAILURE_MARK, NETWORK_DIGITS[upload.network], FAILURE_DIGITS[upload.failure]];
  return {
    2: upload.pan,
    22: upload.entryMode,
    23: upload.cardSequence,
    55: upload.chipData,
    62: bytesOfLatin1(marks.join('') + amountDigits(upload.amountFen) + CURRENCY_CNY),
  };
}

/** An upload as the host reads it. */
export interface ReceivedUpload {
  /** Six digits. */
  readonly batch: string;
  readonly stan: number;
  readonly upload: Upload;
}

/** Reads a 0320 of any kind. Throws `ProtocolError` when a part is missing, has another form or contradicts another. */
export function parseUpload(message: IsoMessage): ReceivedUpload {
  if (message.mti !== '0320') throw new ProtocolError(['mti'], 'not a batch upload');
  const stan = Number(textField(message, 11) ?? refuse('11', 'missing'));
  const refund = parseRefundUpload(message);
  if (refund !== undefined) return { stan, ...refund };
  const { batch, net } = managementCodes(message);
  if (net === SETTLEMENT_NET_CODE) return { batch, stan, upload: { kind: 'details', details: detailsOf(message) } };
  const { kind, balanced } = judgedKind(net);
  if (kind === 'end') return { batch, stan, upload: { kind, balanced, count: endCount(message) } };
  return { batch, stan, upload: chipUpload(message, kind, balanced) };
}

function refuse(field: string, reason: string): never {
  throw new ProtocolError([field], reason);
}

function judgedKind(net: string): { readonly kind: JudgedKind; readonly balanced: boolean } {
  for (const kind of Object.keys(NET_CODES) as JudgedKind[]) {
    if (NET_CODES[kind].balanced === net) return { kind, balanced: true };
    if (NET_CODES[kind].unbalanced === net) return { kind, balanced: false };
  }
  throw new ProtocolError(['60', '3'], 'no kind of upload');
}

function endCount(message: IsoMessage): number {
  const digits = textField(message, 48) ?? '';
  return /^\d{4}$/.test(digits) ? Number(digits) : refuse('48', 'not the count of an upload');
}

function detailsOf(message: IsoMessage): OnlineDetail[] {
  const digits = textField(message, 48) ?? '';
  const [, count, rows] = /^(\d\d)((?:\d{40})+)$/.exec(digits) ?? [];
  if (count === undefined || rows === undefined) refuse('48', 'no details');
  const details = Array.from(rows.matchAll(/\d{40}/g), ([digits]) => detailOf(digits));
  if (details.length !== Number(count) || details.length > DETAILS_MAX) refuse('48', 'another count than details');
  return details;
}

function detailOf(digits: string): OnlineDetail {
  const [, organisation = '', stan, pan, amount] =
    /^(\d\d)(\d{6})(?:0+([1-9]\d{11,18})|0{20})(\d{12})$/.exec(digits) ?? [];
  const network = NETWORKS[organisation];
  if (network === undefined || !(Number(stan) > 0)) refuse('48', 'not a detail');
  return { network, stan: Number(stan), pan, amountFen: Number(amount) };
}

function chipUpload(message: IsoMessage, kind: 'certificate' | 'failure', balanced: boolean): Upload {
  const { mark, network, failure, amountFen } = markOf(message);
  if ((mark === CERTIFICATE_MARK) !== (kind === 'certificate')) refuse('62', 'does not fit field 60');
  const detail: ChipDetail = {
    balanced,
    network,
    amountFen,
    pan: textField(message, 2) ?? refuse('2', 'missing'),
    entryMode: textField(message, 22) ?? refuse('22', 'missing'),
    cardSequence: textField(message, 23),
    chipData: bytesField(message, 55) ?? refuse('55', 'missing'),
  };
  if (kind === 'certificate') checkCertificate(detail.chipData);
  if (kind === 'certificate') return { kind, ...detail };
  return { kind, failure: failure ?? refuse('62', 'no cause'), ...detail };
}

function markOf(message: IsoMessage) {
  const text = latin1Of(bytesField(message, 62) ?? new Uint8Array());
  const [, mark, organisation = '', cause, amount] = /^(61|71)(\d\d)(\d\d)(\d{12})156$/.exec(text) ?? [];
  const network = NETWORKS[organisation];
  if (mark === undefined || network === undefined) refuse('62', 'not the details of a chip');
  if (mark === CERTIFICATE_MARK && cause !== NO_FAILURE) refuse('62', 'a certificate has no cause');
  const failure = (Object.keys(FAILURE_DIGITS) as ChipFailure[]).find((each) => FAILURE_DIGITS[each] === cause);
  return { mark, network, failure, amountFen: Number(amount) };
}

function checkCertificate(chipData: Uint8Array): void {
  const information = indexTlv(chipData).find(CRYPTOGRAM_INFORMATION)?.[0] ?? 0;
  if ((information & 0xc0) !== TRANSACTION_CERTIFICATE) throw new ProtocolError(['55', '9F27'], 'not a certificate');
}
