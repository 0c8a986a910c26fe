import { signString } from '../../firmware/protocol/wallet/alipay.ts';
import type { WalletSignatures } from './signatures.ts';
import { subMessage } from './sub-codes.ts';
import type { BizContent } from './trade.ts';

/** A request whose signature is good, or why the gateway turns it away. */
export type GatewayRequest =
  | { readonly kind: 'accepted'; readonly method: string; readonly biz: BizContent }
  | { readonly kind: 'refused'; readonly method: string | undefined; readonly subCode: string };

/** Checks what merchants send and signs what the wallet answers. */
export class WalletGateway {
  readonly #signatures: WalletSignatures;

  constructor(signatures: WalletSignatures) {
    this.#signatures = signatures;
  }

  /** Reads a form body; nothing of it is trusted before the signature was checked. */
  receive(formBody: string, methods: readonly string[]): GatewayRequest {
    const parameters = Object.fromEntries(new URLSearchParams(formBody));
    const { sign: signature = '', app_id: appId = '', method: asked = '' } = parameters;
    const method = methods.includes(asked) ? asked : undefined;
    const refused = (subCode: string): GatewayRequest => ({ kind: 'refused', method, subCode });

    if (!this.#signatures.knows(appId)) return refused('isv.invalid-app-id');
    const { sign: _, ...signed } = parameters;
    const isSigned =
      parameters['sign_type'] === 'RSA2' && this.#signatures.isMerchants(signString(signed), signature, appId);
    if (!isSigned) return refused('isv.invalid-signature');
    if (method === undefined) return refused('isv.invalid-method');
    const biz = jsonObject(parameters['biz_content'] ?? '');
    return biz === undefined ? refused('isv.invalid-parameter') : { kind: 'accepted', method, biz };
  }

  /** The whole reply text: the response object under its method's name and the signature over that object's text. */
  reply(method: string, response: Readonly<Record<string, unknown>>, signature: 'good' | 'wrong' = 'good'): string {
    const text = JSON.stringify(response);
    const signed = signature === 'good' ? text : `${text} `;
    const value = this.#signatures.signAsWallet(signed);
    return `{"${method.replaceAll('.', '_')}_response":${text},"sign":"${value}"}`;
  }

  /** What callers get who never came as far as a method; such replies carry no signature. */
  refusal({ method, subCode }: { readonly method: string | undefined; readonly subCode: string }): string {
    const response = { code: '40002', msg: 'Invalid Arguments', sub_code: subCode, sub_msg: subMessage(subCode) };
    return method === undefined ? JSON.stringify({ error_response: response }) : this.reply(method, response);
  }
}

function jsonObject(text: string): BizContent | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as BizContent) : undefined;
  } catch {
    return undefined;
  }
}
