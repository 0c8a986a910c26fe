import { createSign, createVerify } from 'node:crypto';
import { caughtProtocolError } from '../../firmware/base/protocol-error.ts';
import { WALLET_DIALECTS } from '../../firmware/protocol/wallet/dialects.ts';
import type {
  CallContext,
  KnownOrder,
  OrderedPlan,
  OrderTerms,
  Presentation,
  Wallet,
  WalletAnswer,
  WalletCall,
} from '../../firmware/protocol/wallet/wallet-api.ts';
import type { WalletHost, WebReply, WebRequest } from '../../firmware/protocol/wallet/web-message.ts';
import { VirtualClock } from '../../hal-mock/time.ts';
import { walletCustomer } from '../../simulator/wallet/customers.ts';
import { jdPerson } from '../../simulator/wallet/jd/people.ts';
import { SIMULATED_MERCHANTS } from '../../simulator/wallet/merchants.ts';
import { TEST_MERCHANT_PRIVATE_KEY, TEST_WALLET_PUBLIC_KEY } from '../../simulator/wallet/test-keys.ts';
import { WalletHosts } from '../../simulator/wallet/wallet-hosts.ts';
import { payCodeOf, WEB_PEOPLE } from '../../simulator/wallet/web-people.ts';
import { said } from '../protocol/wallet/dialect-samples.ts';

/** Whose money goes through a host in these tests. */
export const WALLET_OF: Readonly<Record<WalletHost, Wallet>> = {
  alipay: 'alipay',
  wechat: 'wechat',
  jd: 'jd',
  lakala: 'unionpay',
};

/** A shop that speaks to every simulated host through the terminal's own dialects. */
export class HostsShop {
  readonly clock = new VirtualClock();
  readonly hosts: WalletHosts = new WalletHosts({ clock: this.clock });
  #calls = 0;

  context(host: WalletHost): CallContext {
    return {
      merchant: SIMULATED_MERCHANTS[host],
      terminalId: '12345678',
      wallMs: this.clock.wallMs(),
      nonce: (++this.#calls).toString(16).padStart(32, '0'),
    };
  }

  request(host: WalletHost, call: WalletCall, context: CallContext = this.context(host)): WebRequest {
    const request = WALLET_DIALECTS[host].request(call, context);
    if (request === undefined) throw new Error(`a call that ${host} does not serve`);
    const signer = createSign('RSA-SHA256').update(request.signString);
    return request.sealed(signer.sign(TEST_MERCHANT_PRIVATE_KEY, 'base64'));
  }

  /** What the terminal believes: an answer, `silence`, or `untrusted` for a wrong signature and for what is no reply. */
  ask(host: WalletHost, call: WalletCall): WalletAnswer | 'silence' | 'untrusted' {
    const context = this.context(host);
    const answer = this.hosts.handle(this.request(host, call, context));
    return answer.kind === 'silent' ? 'silence' : this.believe(host, call, answer.reply, context);
  }

  believe(host: WalletHost, call: WalletCall, reply: WebReply, context: CallContext): WalletAnswer | 'untrusted' {
    try {
      const { signedContent, signature, read } = WALLET_DIALECTS[host].reply(call, reply, context);
      const verifier = createVerify('RSA-SHA256').update(signedContent);
      return verifier.verify(TEST_WALLET_PUBLIC_KEY, signature, 'base64') ? read() : 'untrusted';
    } catch (error) {
      caughtProtocolError(error);
      return 'untrusted';
    }
  }

  /** The answer in a word. */
  says(host: WalletHost, call: WalletCall): string {
    const answer = this.ask(host, call);
    return typeof answer === 'string' ? answer : said(answer);
  }

  /** The text of the code that the terminal would show. */
  shownCode(host: WalletHost, call: WalletCall): string {
    const answer = this.ask(host, call);
    if (typeof answer === 'string' || answer.kind !== 'presented') throw new Error('no code');
    return answer.codeText;
  }
}

/** The code on the phone of a customer of a host. */
export function payCode(host: WalletHost, customer: string): string {
  if (host === 'alipay') return walletCustomer(customer).code;
  if (host === 'jd') return jdPerson(customer).code;
  const person = WEB_PEOPLE.find(({ id }) => id === customer);
  if (person === undefined) throw new RangeError(`no customer ${customer}`);
  return payCodeOf(person, WALLET_OF[host]);
}

/** Calls about one order of a host. */
export function callsAt(
  host: WalletHost,
  {
    customer = 'refuses',
    outTradeNo = '1234567820261121000001000042',
    amountFen = 120_000,
    plan,
  }: {
    readonly customer?: string;
    readonly outTradeNo?: string;
    readonly amountFen?: number;
    readonly plan?: OrderedPlan;
  } = {},
) {
  const wallet = WALLET_OF[host];
  const order: OrderTerms = { outTradeNo, wallet, amountFen, subject: '分期示范商店', plan, expiresInS: 180 };
  const known = (presented: Presentation): KnownOrder => ({ outTradeNo, wallet, presented, amountFen, plan });
  return {
    pay: { kind: 'pay', order, authCode: payCode(host, customer) },
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
