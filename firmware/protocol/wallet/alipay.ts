/** Alipay open API, the part that a counter needs: pay by the customer's code, query, cancel; RSA2 around it. */
export {
  type AlipayCall,
  type AlipayParams,
  cancelRequest,
  formBody,
  type HuabeiPlan,
  type OrderReference,
  payRequest,
  type PayOrder,
  precreateRequest,
  refundRequest,
  queryRequest,
  signString,
} from './alipay-request.ts';
export {
  cancelResult,
  type CancelResult,
  type ExpectedOrder,
  type PaidTrade,
  parseReply,
  payResult,
  presentResult,
  refundResult,
  type PayResult,
  queryResult,
  type QueryResult,
  type SignedReply,
  type WalletMismatch,
  type WalletRefusal,
  type WalletUnknown,
} from './alipay-reply.ts';
export { chinaTimestamp } from './china-time.ts';
