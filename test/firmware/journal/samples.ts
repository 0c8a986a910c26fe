import type {
  CardIntent,
  CardResult,
  JournalRecord,
  ReceiptCopy,
  SaleKey,
  StampedRecord,
  WalletIntent,
  WalletResult,
} from '../../../firmware/journal/records.ts';
import type { RefundIntent, RefundResult } from '../../../firmware/journal/refund-records.ts';
import type { ReversalReason } from '../../../firmware/protocol/cup/messages.ts';

const REVERSAL = {
  processingCode: '000000',
  entryMode: '072',
  conditionCode: '00',
  terminalId: '10000001',
  merchantId: '898310058120001',
  reserved60: '2200000100060',
} as const;

/** A card sale of 100 yuan as the journal has it. */
export function cardIntent(key: SaleKey): CardIntent {
  return {
    type: 'cardIntent',
    ...key,
    amountFen: 10_000,
    entry: 'tap',
    maskedPan: '629999******0013',
    sealedPan: 'pan.c2VhbGVk',
    verification: 'none',
    chip: undefined,
    reversal: { ...REVERSAL, amountFen: 10_000, stan: key.stan },
    reversalChipData: undefined,
  };
}

export function walletIntent(key: SaleKey): WalletIntent {
  return {
    type: 'walletIntent',
    ...key,
    amountFen: 10_000,
    wallet: 'alipay',
    outTradeNo: `1000000120261121${key.batch}${key.stan}`,
    maskedCode: '28************02',
    plan: undefined,
  };
}

export function cardResult(key: SaleKey, result: CardResult['result'], why?: CardResult['why']): CardResult {
  const nothing = { authorizationCode: undefined, hostDate: undefined, hostTime: undefined, issuer: undefined };
  return {
    type: 'cardResult',
    ...key,
    result,
    why,
    responseCode: undefined,
    retrievalReference: undefined,
    ...nothing,
    acquirer: undefined,
    remarks: [],
  };
}

export function walletResult(key: SaleKey, result: WalletResult['result']): WalletResult {
  return { type: 'walletResult', ...key, result, tradeNo: undefined, buyer: undefined, subCode: undefined };
}

/** A refund of a sale, as the journal has it; by card unless told. */
export function refundIntent(
  key: SaleKey,
  original: SaleKey,
  more: Partial<Pick<RefundIntent, 'kind' | 'amountFen' | 'feeBackFen'>> & {
    readonly by?: 'card' | 'wallet' | 'code';
  } = {},
): RefundIntent {
  const { by = 'card', kind = 'refund', amountFen = 4_000, feeBackFen = 0 } = more;
  const fields = { ...REVERSAL, processingCode: '200000', amountFen, stan: key.stan };
  const card = {
    entry: 'tap',
    maskedPan: '629999******0013',
    sealedPan: by === 'code' ? '' : 'pan.c2VhbGVk',
    fields,
  } as const;
  const way = by === 'wallet' ? ({ by, refundNo: `R${key.stan}` } as const) : ({ by: 'card', ...card } as const);
  return { type: 'refundIntent', ...key, kind, original, amountFen, feeBackFen, way };
}

export function refundResult(key: SaleKey, result: RefundResult['result']): RefundResult {
  return { type: 'refundResult', ...key, result, responseCode: undefined, retrievalReference: undefined };
}

/** The records of one sale by the words of the text tables in these tests. */
export function recordOf(word: string, key: SaleKey): StampedRecord {
  return { ...unstamped(word, key), wallMs: 1_000 };
}

function unstamped(word: string, key: SaleKey): JournalRecord {
  const [name = '', detail = ''] = word.split(':');
  switch (name) {
    case 'card':
      return cardIntent(key);
    case 'wallet':
      return walletIntent(key);
    case 'answer':
      return cardResult(key, detail as CardResult['result']);
    case 'order':
      return walletResult(key, detail as WalletResult['result']);
    case 'back':
      return refundResult(key, detail as RefundResult['result']);
    case 'stands':
      return { type: 'saleApproved', ...key, tvr: undefined, tsi: undefined, scriptResult: undefined };
    case 'reverse':
      return { type: 'reversalIntent', ...key, reason: detail as ReversalReason };
    case 'reversal':
      return { type: 'reversalResult', ...key, outcome: detail as 'reversed', responseCode: undefined };
    case 'cancel':
      return { type: 'cancelIntent', ...key };
    case 'print':
      return { type: 'receiptStarted', ...key, copy: copyOf(detail) };
    case 'printed':
      return { type: 'receiptDone', ...key, copy: copyOf(detail), evidence: 'confirmed' };
    case 'unprinted':
      return { type: 'receiptNotStarted', ...key, copy: copyOf(detail) };
    case 'signOn':
      return { type: 'signOnIntent', stan: Number(detail) };
    case 'batch':
      return { type: 'signedOn', batch: detail };
    case 'late':
      return { type: 'lateReply', stan: 77, responseCode: '00' };
    case 'fault':
      return { type: 'fault', rule: 'a rule' };
    default:
      throw new RangeError(`no record is called ${name}`);
  }
}

function copyOf(letter: string): ReceiptCopy {
  return letter === 'M' ? 'merchant' : 'cardholder';
}
