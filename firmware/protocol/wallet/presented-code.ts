import { fenOfYuan } from '../../base/fen.ts';
import { caughtProtocolError } from '../../base/protocol-error.ts';
import { decodeMpm, decodeMpmTemplate, type MpmField } from '../qr/mpm.ts';

/** Why a code of a host must not be shown or printed. */
export type CodeRefusal =
  /** No code for a payment of this order in China. */
  | 'foreignCode'
  | 'wrongCrc'
  | 'wrongAmount'
  /** Control characters, which could be orders to a printer, or more than a code can hold. */
  | 'unprintable';

export type PresentedCode =
  { readonly kind: 'good'; readonly form: 'emvco' | 'url' } | { readonly kind: 'refused'; readonly why: CodeRefusal };

/** What the code must be about. */
export interface PresentedOrder {
  readonly amountFen: number;
  readonly outTradeNo?: string | undefined;
}

/** The longest code that a customer's phone still reads well from a screen of a terminal; our own bound. */
const LENGTH_MAX = 512;

/** Data objects of a dynamic code for yuan in China (EMVCo merchant-presented mode; reference C.1). */
const REQUIRED: Readonly<Record<string, string>> = { '01': '12', '53': '156', '58': 'CN' };
const FORMAT = '000201';
const AMOUNT = '54';
const ADDITIONAL = '62';
const REFERENCE_LABEL = '05';

/**
 * Checks the text of every code that is about to be shown. Either an EMVCo code, which says what it is about, or a
 * web address that the wallet's app opens: nothing of the order can be read from that one.
 */
export function checkPresentedCode(text: string, order: PresentedOrder): PresentedCode {
  if (text.length > LENGTH_MAX || /[\p{C}\p{Zl}\p{Zp}]/u.test(text)) return refused('unprintable');
  if (text.startsWith(FORMAT)) return checkEmvco(text, order);
  if (!/^(?:https|weixin):\/\/./.test(text)) return refused('foreignCode');
  return /^[!-~]+$/.test(text) ? { kind: 'good', form: 'url' } : refused('unprintable');
}

function checkEmvco(text: string, { amountFen, outTradeNo }: PresentedOrder): PresentedCode {
  let fields: ReadonlyMap<string, string>;
  let label: string | undefined;
  try {
    const decoded = decodeMpm(text);
    fields = new Map(decoded.map(({ id, value }) => [id, value]));
    label = referenceLabel(decoded);
  } catch (error) {
    return refused(caughtProtocolError(error).path[0] === '63' ? 'wrongCrc' : 'foreignCode');
  }
  if (Object.entries(REQUIRED).some(([id, value]) => fields.get(id) !== value)) return refused('foreignCode');
  // A label has at most 25 characters (EMVCo), less than an order number of ours, so that it may be the end of one.
  const isOfOrder = label === undefined || outTradeNo === undefined || outTradeNo.endsWith(label);
  if (!isOfOrder) return refused('foreignCode');
  const amount = fields.get(AMOUNT);
  if (amount !== undefined && fenOfYuan(amount) !== amountFen) return refused('wrongAmount');
  return { kind: 'good', form: 'emvco' };
}

function referenceLabel(fields: readonly MpmField[]): string | undefined {
  const additional = fields.find(({ id }) => id === ADDITIONAL);
  if (additional === undefined) return undefined;
  return decodeMpmTemplate(additional).find(({ id }) => id === REFERENCE_LABEL)?.value;
}

function refused(why: CodeRefusal): PresentedCode {
  return { kind: 'refused', why };
}
