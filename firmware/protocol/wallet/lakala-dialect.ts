import { lakalaReply } from './lakala-reply.ts';
import { lakalaRequest } from './lakala-request.ts';
import type { WalletDialect } from './wallet-api.ts';

/** The Lakala aggregator: one merchant, the money of four wallets, with Huabei and Baitiao. */
export const LAKALA_DIALECT: WalletDialect = { host: 'lakala', request: lakalaRequest, reply: lakalaReply };
