import { JD_SIGNATURE_HEADER, jdPath } from './jd-names.ts';
import { jdAnswer, jdReplyString } from './jd-reply.ts';
import { jdBody, jdRequestString } from './jd-request.ts';
import { requiredHeader } from './reply-members.ts';
import type { OrderedPlan, Wallet, WalletCall, WalletDialect } from './wallet-api.ts';

/**
 * JD-style host: JD's operations over JSON, RSA signatures both ways. A reply is bound to its request by path and nonce,
 * so that none can be played again for another call. Serves orders of JD, in full or by Baitiao.
 */
export const JD_DIALECT: WalletDialect = {
  host: 'jd',
  request(call, context) {
    if (!isServed(call)) return undefined;
    const path = jdPath(call);
    const body = jdBody(call, context);
    return {
      signString: jdRequestString(path, body),
      sealed: (signature) => ({
        host: 'jd',
        method: 'POST',
        path,
        headers: { 'content-type': 'application/json; charset=utf-8', [JD_SIGNATURE_HEADER]: signature },
        body,
      }),
    };
  },
  reply(call, { status, headers, body }, { nonce }) {
    const signature = requiredHeader(headers, JD_SIGNATURE_HEADER);
    return {
      signedContent: jdReplyString(status, jdPath(call), nonce, body),
      signature,
      read: () => (status === 200 ? jdAnswer(call, body) : { kind: 'unknown' }),
    };
  },
};

function isServed(call: WalletCall): boolean {
  switch (call.kind) {
    case 'pay':
    case 'present':
    case 'charge':
    case 'query':
    case 'cancel':
      return isJds(call.order);
    case 'refund':
      return isJds(call.refund.order);
    case 'bills':
      return call.subject.kind === 'account' || isJds(call.subject.order);
    case 'plans':
    case 'sendCode':
    case 'startFace':
    case 'faceState':
      return true;
  }
}

function isJds({ wallet, plan }: { readonly wallet: Wallet; readonly plan: OrderedPlan | undefined }): boolean {
  return wallet === 'jd' && (plan === undefined || plan.method === 'baitiao');
}
