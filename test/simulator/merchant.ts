import { createSign, createVerify } from 'node:crypto';
import {
  cancelRequest,
  formBody,
  payRequest,
  type PayOrder,
  parseReply,
  queryRequest,
  signString,
} from '../../firmware/protocol/wallet/alipay.ts';
import { VirtualClock } from '../../hal-mock/time.ts';
import { walletCustomer } from '../../simulator/wallet/customers.ts';
import { TEST_MERCHANT_PRIVATE_KEY, TEST_WALLET_PUBLIC_KEY } from '../../simulator/wallet/test-keys.ts';
import { TEST_APPLICATION } from '../../simulator/wallet/signatures.ts';
import { Wallet } from '../../simulator/wallet/wallet.ts';

export type Reply = Readonly<Record<string, unknown>>;

/** A shop with a signing key in front of a simulated wallet. */
export class Merchant {
  readonly clock = new VirtualClock();
  readonly wallet: Wallet = new Wallet({ clock: this.clock });
  #orders = 0;

  body(params: Readonly<Record<string, string>>): string {
    return formBody(
      params,
      createSign('RSA-SHA256').update(signString(params)).sign(TEST_MERCHANT_PRIVATE_KEY, 'base64'),
    );
  }

  payParams(customerId: string, amountFen: number, order: Partial<PayOrder> = {}): Readonly<Record<string, string>> {
    return payRequest({
      appId: TEST_APPLICATION.appId,
      wallMs: this.clock.wallMs(),
      outTradeNo: `T${(++this.#orders).toString().padStart(4, '0')}`,
      authCode: walletCustomer(customerId).code,
      amountFen,
      subject: '测试门店',
      ...order,
    });
  }

  pay(customerId: string, amountFen: number, order: Partial<PayOrder> = {}): Reply | 'silence' {
    return this.call(this.payParams(customerId, amountFen, order), 'alipay.trade.pay');
  }

  query(outTradeNo: string): Reply | 'silence' {
    return this.call(queryRequest({ appId: TEST_APPLICATION.appId, wallMs: 0, outTradeNo }), 'alipay.trade.query');
  }

  cancel(outTradeNo: string): Reply | 'silence' {
    return this.call(cancelRequest({ appId: TEST_APPLICATION.appId, wallMs: 0, outTradeNo }), 'alipay.trade.cancel');
  }

  /** The response object of a reply whose signature was checked; throws when it is wrong. */
  call(params: Readonly<Record<string, string>>, method: string): Reply | 'silence' {
    const answer = this.wallet.handle(this.body(params));
    return answer.kind === 'silent' ? 'silence' : verified(answer.body, method);
  }
}

export function verified(body: string, method: string): Reply {
  const { signedContent, signature, response } = parseReply(body, method);
  const isGood = createVerify('RSA-SHA256').update(signedContent).verify(TEST_WALLET_PUBLIC_KEY, signature, 'base64');
  if (!isGood) throw new Error('wrong signature');
  return response;
}
