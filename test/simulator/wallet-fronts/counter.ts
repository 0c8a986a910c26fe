import { createSign, createVerify } from 'node:crypto';
import { caughtProtocolError } from '../../../firmware/base/protocol-error.ts';
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
import type { HostFront } from '../../../simulator/wallet/host-words.ts';
import { LakalaFront } from '../../../simulator/wallet/lakala/front.ts';
import { RsaWalletSignatures } from '../../../simulator/wallet/signatures.ts';
import {
  TEST_MERCHANT_PRIVATE_KEY,
  TEST_MERCHANT_PUBLIC_KEY,
  TEST_WALLET_PRIVATE_KEY,
  TEST_WALLET_PUBLIC_KEY,
} from '../../../simulator/wallet/test-keys.ts';
import { payCodeOf, WEB_PEOPLE } from '../../../simulator/wallet/web-people.ts';
import { WebWallet } from '../../../simulator/wallet/web-wallet.ts';
import { WechatFront } from '../../../simulator/wallet/wechat/front.ts';
import { said } from '../../protocol/wallet/dialect-samples.ts';

const MERCHANTS = {
  wechat: { appId: 'wx8888888888888888', merchantId: '1900000001', serialNumber: '5157F09EFDC0' },
  lakala: { appId: 'OP00000001', merchantId: '822290070111135', serialNumber: '00DFBA8194C41B84CF' },
} as const;

export type Believed = WalletAnswer | 'untrusted' | 'unreadable';

/** An answer in a word. */
export function word(answer: Believed | 'silence'): string {
  return typeof answer === 'string' ? answer : said(answer);
}

/** The text of the code that the terminal would show. */
export function codeOf(answer: Believed | 'silence'): string {
  if (typeof answer === 'string' || answer.kind !== 'presented') throw new Error('no code');
  return answer.codeText;
}

/** A terminal's dialect in front of a host's front, with the keys of both. */
export class Counter {
  readonly clock = new VirtualClock();
  readonly front: HostFront;
  readonly wallet: WebWallet;
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
    this.front =
      host === 'wechat'
        ? new WechatFront({ clock, signatures, merchant: { appid: appId, mchid: merchantId } })
        : new LakalaFront({ clock, signatures, merchant: { appId, merchantNo: merchantId } });
    this.wallet = new WebWallet({ clock, front: this.front });
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

  /** What the terminal believes; `untrusted` for a wrong signature, `unreadable` for what is no reply of the host. */
  ask(call: WalletCall, change: (request: WebRequest) => WebRequest = (request) => request): Believed | 'silence' {
    const context = this.context();
    const answer = this.wallet.handle(change(this.request(call, context)));
    return answer.kind === 'silent' ? 'silence' : this.believe(call, answer.reply, context);
  }

  believe(call: WalletCall, reply: WebReply, context: CallContext): Believed {
    try {
      const { signedContent, signature, read } = this.dialect.reply(call, reply, context);
      const verifier = createVerify('RSA-SHA256').update(signedContent);
      return verifier.verify(TEST_WALLET_PUBLIC_KEY, signature, 'base64') ? read() : 'untrusted';
    } catch (error) {
      caughtProtocolError(error);
      return 'unreadable';
    }
  }
}

/** Calls about one order of a wallet, by one of its customers. */
export function shopCalls({
  wallet = 'wechat',
  customer = 'ordinary',
  outTradeNo = '1234567820261121000001000042',
  amountFen = 120_000,
}: {
  readonly wallet?: Wallet;
  readonly customer?: string;
  readonly outTradeNo?: string;
  readonly amountFen?: number;
} = {}) {
  const person = WEB_PEOPLE.find(({ id }) => id === customer);
  if (person === undefined) throw new RangeError(`no customer ${customer}`);
  const plan = undefined;
  const order = { outTradeNo, wallet, amountFen, subject: '分期示范商店', plan, expiresInS: 120 };
  const known = (presented: 'customer' | 'merchant') => ({ outTradeNo, wallet, presented, amountFen, plan });
  return {
    pay: { kind: 'pay', order, authCode: payCodeOf(person, wallet) },
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
