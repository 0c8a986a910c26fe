import { responseMti } from './responses.ts';

/**
 * Messages of the CUP terminal dialect: builders of requests, readers and checks of answers. Builders leave out field 64;
 * the caller adds it where {@link needsMac} says so.
 */
export {
  type OriginalSale,
  refundRequest,
  RETURN_PROCESSING_CODE,
  RETURN_TYPES,
  returnFieldsOf,
  type ReturnSecrets,
  voidRequest,
} from './after-sale.ts';
export {
  type CardInstallment,
  type CardInstallmentTerms,
  type InstallmentLayout,
  installmentRequestData,
  parseInstallmentRequest,
  parseInstallmentTerms,
} from './installment.ts';
export { OFFLINE_SALE_TYPE, type OfflineSaleFields, offlineSaleRequest, UNABLE_TO_GO_ONLINE } from './offline-sale.ts';
export { type ReversalFields, reversalFieldsOf, type ReversalReason, reversalRequest } from './reversal.ts';
export { checkResponse, type ResponseCheck, responseMti, type SaleResponse, saleResponse } from './responses.ts';
export { type EncipheredPinBlock, type SaleFields, type SaleKeys, saleRequest, type TerminalFields } from './sale.ts';
export {
  type Balance,
  judgedTotals,
  type NetTotals,
  parseSettlementAnswer,
  parseSettlementRequest,
  type SettlementAnswer,
  type SettlementFields,
  settlementRequest,
  type SettlementRequest,
  type SettlementTotals,
  TOTALS_COUNT_MAX,
} from './settlement.ts';
export {
  parseScriptNotice,
  type ReceivedScriptNotice,
  scriptNotice,
  scriptNoticeChipData,
  type ScriptNoticeFields,
} from './settlement-script-notice.ts';
export { type RefundDetail } from './settlement-refund.ts';
export {
  type CardNetwork,
  type ChipDetail,
  type ChipFailure,
  DETAILS_MAX,
  type OnlineDetail,
  parseUpload,
  type ReceivedUpload,
  type Upload,
  UPLOAD_COUNT_MAX,
  type UploadHead,
  uploadRequest,
} from './settlement-upload.ts';
export { parseSignOnResponse, type SignOnFields, signOnRequest, type SignOnResponse } from './sign-on.ts';
export {
  type CardEntry,
  CURRENCY_CNY,
  entryMode,
  type FieldCipher,
  type ReadCapability,
  type SaleEntry,
  reserved60,
  type Reserved60,
  securityControl,
  type SecurityControl,
} from './sub-fields.ts';

/** Requests that carry field 64, and whose answers do when approved (CUP terminal rules A.7). */
export const WITH_MAC: readonly string[] = ['0100', '0200', '0220', '0400', '0620'];

/** Whether a message of this type, request or answer, is protected by field 64. */
export function needsMac(mti: string): boolean {
  return WITH_MAC.some((request) => mti === request || mti === responseMti(request));
}
