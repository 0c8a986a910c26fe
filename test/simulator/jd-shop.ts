import { createSign, createVerify } from 'node:crypto';
import { JD_DIALECT } from '../../firmware/protocol/wallet/jd-dialect.ts';
import type {
  CallContext,
  FeePayer,
  KnownOrder,
  OfferedPlan,
  OrderedPlan,
  OrderTerms,
  Proof,
  WalletAccount,
  WalletAnswer,
  WalletCall,
} from '../../firmware/protocol/wallet/wallet-api.ts';
import type { WebReply, WebRequest } from '../../firmware/protocol/wallet/web-message.ts';
import { VirtualClock } from '../../hal-mock/time.ts';
import { JdHost } from '../../simulator/wallet/jd/host.ts';
import { jdPerson } from '../../simulator/wallet/jd/people.ts';
import { RsaWalletSignatures } from '../../simulator/wallet/signatures.ts';
import {
  TEST_MERCHANT_PRIVATE_KEY,
  TEST_MERCHANT_PUBLIC_KEY,
  TEST_WALLET_PRIVATE_KEY,
  TEST_WALLET_PUBLIC_KEY,
} from '../../simulator/wallet/test-keys.ts';

export const MERCHANT_NO = '110000000000001';

const JD_SIGNATURES = new RsaWalletSignatures(
  [{ appId: MERCHANT_NO, publicKey: TEST_MERCHANT_PUBLIC_KEY }],
  TEST_WALLET_PRIVATE_KEY,
);

/** A shop that speaks to a simulated JD through the terminal's own dialect. */
export class JdShop {
  readonly clock = new VirtualClock();
  readonly jd: JdHost = new JdHost({ clock: this.clock, signatures: JD_SIGNATURES });
  #calls = 0;

  context(): CallContext {
    return {
      merchant: { appId: '', merchantId: MERCHANT_NO, serialNumber: '' },
      terminalId: '12345678',
      wallMs: this.clock.wallMs(),
      nonce: (++this.#calls).toString(16).padStart(32, '0'),
    };
  }

  signed(call: WalletCall, context: CallContext): WebRequest {
    const request = JD_DIALECT.request(call, context);
    if (request === undefined) throw new Error('a call that JD does not serve');
    return request.sealed(
      createSign('RSA-SHA256').update(request.signString).sign(TEST_MERCHANT_PRIVATE_KEY, 'base64'),
    );
  }

  /** A request with members that no dialect would send, signed like any other. */
  signedBiz(operation: string, biz: unknown): WebRequest {
    const sent = JSON.parse(this.signed({ kind: 'faceState', reference: 'F' }, this.context()).body) as object;
    const [path, body] = [`/api/${operation}`, JSON.stringify({ ...sent, biz })];
    const signature = createSign('RSA-SHA256')
      .update(`POST\n${path}\n${body}\n`)
      .sign(TEST_MERCHANT_PRIVATE_KEY, 'base64');
    return { host: 'jd', method: 'POST', path, headers: { 'jd-signature': signature }, body };
  }

  /** What the terminal believes; `silence` when nothing came, `untrusted` for a signature that does not hold. */
  call(call: WalletCall): WalletAnswer | 'silence' | 'untrusted' {
    const context = this.context();
    const answer = this.jd.handle(this.signed(call, context));
    return answer.kind === 'silent' ? 'silence' : believed(call, answer.reply, context);
  }

  /** The kind of an answer, with what it names. */
  says(call: WalletCall): string {
    const answer = this.call(call);
    if (typeof answer === 'string') return answer;
    if (answer.kind === 'failed') return answer.code;
    return answer.kind === 'face' ? answer.state : answer.kind;
  }

  /** The plan of so many periods, as JD offers it for the amount, and as the customer confirms it. */
  plan(amountFen: number, periods: number, feePayer: FeePayer = 'customer'): OrderedPlan {
    const merchantPays = feePayer === 'merchant' ? [periods] : [];
    const answer = this.call({ kind: 'plans', account: undefined, amountFen, merchantPays });
    const offered = typeof answer !== 'string' && answer.kind === 'plans' ? answer.plans : [];
    const found: OfferedPlan | undefined = offered.find((plan) => plan.periods === periods);
    if (found === undefined) throw new Error('no such plan');
    const { totalFen } = found;
    return { method: 'baitiao', periods, feePayer: found.feePayer, feeFen: totalFen - amountFen, totalFen };
  }

  sendCode(account: WalletAccount, amountFen: number): string {
    const answer = this.call({ kind: 'sendCode', account, amountFen });
    if (typeof answer === 'string' || answer.kind !== 'codeSent') throw new Error('no SMS was sent');
    return answer.reference;
  }

  startFace(account: WalletAccount, amountFen: number): string {
    const answer = this.call({ kind: 'startFace', account, amountFen });
    if (typeof answer === 'string' || answer.kind !== 'faceStarted') throw new Error('no face check was started');
    return answer.reference;
  }

  /** The code in the newest SMS of a customer. */
  smsCode(personId: string): string {
    const [, code = ''] = /验证码(\d{6})/.exec(this.jd.phone(personId).messages().at(-1)?.text ?? '') ?? [];
    return code;
  }

  /** An SMS proof as a customer gives it who reads the newest message. */
  smsProof(personId: string, amountFen: number): Extract<Proof, { readonly kind: 'sms' }> {
    const reference = this.sendCode(phoneOf(personId), amountFen);
    return { kind: 'sms', reference, code: this.smsCode(personId) };
  }
}

/** Checks the signature of a reply like a terminal, then reads it. */
export function believed(call: WalletCall, reply: WebReply, context: CallContext): WalletAnswer | 'untrusted' {
  const { signedContent, signature, read } = JD_DIALECT.reply(call, reply, context);
  const isGood = createVerify('RSA-SHA256').update(signedContent).verify(TEST_WALLET_PUBLIC_KEY, signature, 'base64');
  return isGood ? read() : 'untrusted';
}

export function phoneOf(personId: string): WalletAccount {
  return { kind: 'phone', text: jdPerson(personId).phone };
}

export function terms(outTradeNo: string, amountFen: number, plan?: OrderedPlan): OrderTerms {
  return { outTradeNo, wallet: 'jd', amountFen, subject: '分期示范商店', plan, expiresInS: 120 };
}

export function known({ outTradeNo, wallet, amountFen, plan }: OrderTerms): KnownOrder {
  return { outTradeNo, wallet, presented: 'customer', amountFen, plan };
}

export function payBy(personId: string, order: OrderTerms): WalletCall {
  return { kind: 'pay', order, authCode: jdPerson(personId).code };
}
