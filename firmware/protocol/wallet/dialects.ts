import { ALIPAY_DIALECT } from './alipay-dialect.ts';
import { JD_DIALECT } from './jd-dialect.ts';
import { LAKALA_DIALECT } from './lakala-dialect.ts';
import type { WalletDialect } from './wallet-api.ts';
import type { WalletHost } from './web-message.ts';
import { WECHAT_DIALECT } from './wechat-dialect.ts';

/** Whose words a host speaks. */
export const WALLET_DIALECTS: Readonly<Record<WalletHost, WalletDialect>> = {
  alipay: ALIPAY_DIALECT,
  wechat: WECHAT_DIALECT,
  jd: JD_DIALECT,
  lakala: LAKALA_DIALECT,
};
