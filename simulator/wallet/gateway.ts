import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { bytesOfUtf8 } from '../../firmware/base/text.ts';
import { signString } from '../../firmware/protocol/wallet/alipay.ts';
import { subMessage } from './sub-codes.ts';
import type { BizContent } from './trade.ts';

/** A merchant's application at the wallet: who may call, and with which key it signs. */
export interface MerchantApplication {
  readonly appId: string;
  /** SPKI PEM. */
  readonly publicKey: string;
}

/** A request whose signature is good, or why the gateway turns it away. */
export type GatewayRequest =
  | { readonly kind: 'accepted'; readonly method: string; readonly biz: BizContent }
  | { readonly kind: 'refused'; readonly method: string | undefined; readonly subCode: string };

/** RSA2 on both sides: checks what merchants send, signs what the wallet answers. */
export class WalletGateway {
  readonly #merchants: ReadonlyMap<string, KeyObject>;
  readonly #signingKey: KeyObject;

  /** @param signingKey the wallet's private key, PKCS#8 PEM */
  constructor(merchants: readonly MerchantApplication[], signingKey: string) {
    this.#merchants = new Map(merchants.map(({ appId, publicKey }) => [appId, createPublicKey(publicKey)]));
    this.#signingKey = createPrivateKey(signingKey);
  }

  /** Reads a form body; nothing of it is trusted before the signature was checked. */
  receive(formBody: string, methods: readonly string[]): GatewayRequest {
    const parameters = Object.fromEntries(new URLSearchParams(formBody));
    const { sign: signature = '', app_id: appId = '', method: asked = '' } = parameters;
    const method = methods.includes(asked) ? asked : undefined;
    const refused = (subCode: string): GatewayRequest => ({ kind: 'refused', method, subCode });

    const key = this.#merchants.get(appId);
    if (key === undefined) return refused('isv.invalid-app-id');
    if (parameters['sign_type'] !== 'RSA2' || !isSigned(key, parameters, signature)) {
      return refused('isv.invalid-signature');
    }
    if (method === undefined) return refused('isv.invalid-method');
    const biz = jsonObject(parameters['biz_content'] ?? '');
    return biz === undefined ? refused('isv.invalid-parameter') : { kind: 'accepted', method, biz };
  }

  /** The whole reply text: the response object under its method's name and the signature over that object's text. */
  reply(method: string, response: Readonly<Record<string, unknown>>, signature: 'good' | 'wrong' = 'good'): string {
    const text = JSON.stringify(response);
    const signed = signature === 'good' ? text : `${text} `;
    const value = sign('RSA-SHA256', bytesOfUtf8(signed), this.#signingKey).toString('base64');
    return `{"${method.replaceAll('.', '_')}_response":${text},"sign":"${value}"}`;
  }

  /** What callers get who never came as far as a method; such replies carry no signature. */
  refusal({ method, subCode }: { readonly method: string | undefined; readonly subCode: string }): string {
    const response = { code: '40002', msg: 'Invalid Arguments', sub_code: subCode, sub_msg: subMessage(subCode) };
    return method === undefined ? JSON.stringify({ error_response: response }) : this.reply(method, response);
  }
}

function isSigned(key: KeyObject, parameters: Readonly<Record<string, string>>, signature: string): boolean {
  const { sign: _, ...signed } = parameters;
  return verify('RSA-SHA256', bytesOfUtf8(signString(signed)), key, Buffer.from(signature, 'base64'));
}

function jsonObject(text: string): BizContent | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as BizContent) : undefined;
  } catch {
    return undefined;
  }
}
