import type { WebRequest } from '../../../firmware/protocol/wallet/web-message.ts';
import { chinaTimestamp } from '../../china-time.ts';
import { jsonMembers, type Members, membersOf, textOf } from '../front-members.ts';
import type { WalletSignatures } from '../signatures.ts';

/** Members of `biz`, unchecked. */
export type JdBiz = Members;

/** What an operation answers: a code and its members. */
export interface JdReply {
  readonly code: string;
  readonly biz: JdBiz;
}

/** A request whose signature is good, or why it is turned away. `nonce` binds the reply in both cases. */
export type JdRequest =
  | { readonly kind: 'accepted'; readonly operation: string; readonly nonce: string; readonly biz: JdBiz }
  | { readonly kind: 'refused'; readonly nonce: string; readonly code: string };

/** How far a terminal's clock may be off. */
const CLOCK_TOLERANCE_MS = 10 * 60_000;

const TEXTS: Readonly<Record<string, string>> = {
  '000000': '成功',
  'JD.PAYING': '等待用户付款',
  'JD.SYSTEM': '系统异常',
};

/** Reads a request; nothing of it is trusted before the signature was checked. */
export function receiveJd(
  { method, path, headers, body }: WebRequest,
  signatures: WalletSignatures,
  nowWallMs: number,
): JdRequest {
  const members = jsonMembers(body) ?? {};
  const nonce = textOf(members, 'nonce') ?? '';
  const refused = (code: string): JdRequest => ({ kind: 'refused', nonce, code });
  const merchantNo = textOf(members, 'merchantNo') ?? '';
  if (!signatures.knows(merchantNo)) return refused('JD.MERCHANT');
  const signed = `${method}\n${path}\n${body}\n`;
  if (!signatures.isMerchants(signed, headers['jd-signature'] ?? '', merchantNo)) return refused('JD.SIGNATURE');
  const sentAtMs = Date.parse(`${(textOf(members, 'timestamp') ?? '').replace(' ', 'T')}+08:00`);
  if (!(Math.abs(sentAtMs - nowWallMs) <= CLOCK_TOLERANCE_MS)) return refused('JD.TIMESTAMP');
  const [, operation] = /^\/api\/(\w+)$/.exec(path) ?? [];
  const biz = membersOf(members['biz']);
  const isValid = method === 'POST' && members['version'] === 'V2.0' && nonce !== '';
  return operation === undefined || biz === undefined || !isValid
    ? refused('JD.PARAMETER')
    : { kind: 'accepted', operation, nonce, biz };
}

/** Body and signature of a reply. */
export function sealJd(
  { code, biz }: JdReply,
  request: { readonly path: string; readonly nonce: string; readonly status: number },
  signatures: WalletSignatures,
  own: { readonly wallMs: number; readonly nonce: string },
): { readonly body: string; readonly signature: string } {
  const { path, nonce, status } = request;
  const result = { code, desc: TEXTS[code] ?? code };
  const body = JSON.stringify({ result, timestamp: chinaTimestamp(own.wallMs), nonce: own.nonce, biz });
  return { body, signature: signatures.signAsWallet(`${status}\n${path}\n${nonce}\n${body}\n`) };
}

/** A positive amount of whole fen; anything else counts as absent. */
export function fenMember(members: JdBiz, name: string): number | undefined {
  const text = textOf(members, name);
  return text !== undefined && /^[1-9]\d{0,11}$/.test(text) ? Number(text) : undefined;
}
