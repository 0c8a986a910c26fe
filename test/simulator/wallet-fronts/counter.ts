import { createSign, createVerify } from 'node:crypto';
import type {
  CallContext,
  Wallet,
  WalletAnswer,
  WalletCall,
  WalletDialect,
} from '../../../firmware/protocol/wallet/wallet-api.ts';
import type { WebReply, WebRequest } from '../../../firmware/protocol/wallet/web-message.ts';
import { LAKALA_DIALECT } from '../../../firmware/protocol/wallet/lakala-dialect.ts';
import { WECHAT_DIALECT } from '../../../firmware/protocol/wallet/wechat-dialect.ts';
import { VirtualClock } from '../../../hal-mock/time.ts';
import { LakalaFront } from '../../../simulator/wallet/lakala/front.ts';
import { RsaWalletSignatures } from '../../../simulator/wallet/signatures.ts';
import {
  TEST_MERCHANT_PRIVATE_KEY,
  TEST_MERCHANT_PUBLIC_KEY,
  TEST_WALLET_PRIVATE_KEY,
  TEST_WALLET_PUBLIC_KEY,
} from '../../../simulator/wallet/test-keys.ts';
import { WechatFront } from '../../../simulator/wallet/wechat/front.ts';
import { HostDesk } from './desk.ts';

const MERCHANTS = {
  wechat: { appId: 'wx8888888888888888', merchantId: '1900000001', serialNumber: '5157F09EFDC0' },
  lakala: { appId: 'OP00000001', merchantId: '822290070111135', serialNumber: '00DFBA8194C41B84CF' },
} as const;

/** A terminal's dialect in front of a host's front, with the keys of both. */
export class Counter {
  readonly clock = new VirtualClock();
  readonly desk: HostDesk;
  readonly host: 'wechat' | 'lakala';
  /** How far the terminal's clock is off. */
  skewMs = 0;
  #calls = 0;

  constructor(host: 'wechat' | 'lakala') {
    this.host = host;
    const { appId, merchantId } = MERCHANTS[host];
    const identity = host === 'wechat' ? merchantId : appId;
    const { clock } = this;
    const signatures = new RsaWalletSignatures(
      [{ appId: identity, publicKey: TEST_MERCHANT_PUBLIC_KEY }],
      TEST_WALLET_PRIVATE_KEY,
    );
    this.desk = new HostDesk(
      host === 'wechat'
        ? new WechatFront({ clock, signatures, merchant: { appid: appId, mchid: merchantId } })
        : new LakalaFront({ clock, signatures, merchant: { appId, merchantNo: merchantId } }),
    );
  }

  get dialect(): WalletDialect {
    return this.host === 'wechat' ? WECHAT_DIALECT : LAKALA_DIALECT;
  }

  context(): CallContext {
    const nonce = (++this.#calls).toString(16).padStart(32, '0');
    const wallMs = this.clock.wallMs() + this.skewMs;
    return { merchant: MERCHANTS[this.host], terminalId: '12345678', wallMs, nonce };
  }

  /** A signed request; `change` is made to its body before it is signed. */
  request(call: WalletCall, context: CallContext, change: (body: string) => string = (body) => body): WebRequest {
    const unsigned = this.dialect.request(call, context);
    if (unsigned === undefined) throw new Error('not served');
    const { body } = unsigned.sealed('');
    const changed = change(body);
    const signString = unsigned.signString.replace(`\n${body}\n`, () => `\n${changed}\n`);
    const signer = createSign('RSA-SHA256').update(signString);
    return { ...unsigned.sealed(signer.sign(TEST_MERCHANT_PRIVATE_KEY, 'base64')), body: changed };
  }

  /** What the terminal believes; `untrusted` for a reply whose signature is wrong. */
  ask(
    call: WalletCall,
    change: (request: WebRequest) => WebRequest = (request) => request,
  ): WalletAnswer | 'untrusted' {
    const context = this.context();
    return this.believe(call, this.desk.serve(change(this.request(call, context))), context);
  }

  believe(call: WalletCall, reply: WebReply, context: CallContext): WalletAnswer | 'untrusted' {
    const { signedContent, signature, read } = this.dialect.reply(call, reply, context);
    const verifier = createVerify('RSA-SHA256').update(signedContent);
    return verifier.verify(TEST_WALLET_PUBLIC_KEY, signature, 'base64') ? read() : 'untrusted';
  }
}

/** Calls about one order of a wallet. */
export function shopCalls(wallet: Wallet, outTradeNo = '1234567820261121000001000042', amountFen = 120_000) {
  const plan = undefined;
  const order = { outTradeNo, wallet, amountFen, subject: '分期示范商店', plan, expiresInS: 120 };
  const known = (presented: 'customer' | 'merchant') => ({ outTradeNo, wallet, presented, amountFen, plan });
  return {
    pay: { kind: 'pay', order, authCode: '134567890123456789' },
    present: { kind: 'present', order },
    query: { kind: 'query', order: known('customer') },
    cancel: { kind: 'cancel', order: known('customer') },
    close: { kind: 'cancel', order: known('merchant') },
    refund: (refundNo: string, refundFen: number): WalletCall => ({
      kind: 'refund',
      refund: { order: known('customer'), refundNo, refundFen },
    }),
  } as const;
}
