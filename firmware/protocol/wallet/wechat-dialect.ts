import type { WalletDialect } from './wallet-api.ts';
import { wechatReply } from './wechat-reply.ts';
import { wechatRequest } from './wechat-request.ts';

/** WeChat Pay, merchant API version 3: code payment 付款码, native 主扫, query, reverse, close, refund. */
export const WECHAT_DIALECT: WalletDialect = { host: 'wechat', request: wechatRequest, reply: wechatReply };
