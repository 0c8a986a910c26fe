/** Hosts that speak a web API. */
export type WalletHost = 'alipay' | 'wechat' | 'jd' | 'lakala';

export interface WebRequest {
  readonly host: WalletHost;
  readonly method: 'GET' | 'POST';
  /** From the host's base address, with query. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface WebReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
