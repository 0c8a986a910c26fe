import type { CancelSignal } from '../base/cancel.ts';
import { HalError } from '../hal/index.ts';
import type { SaleKey } from '../journal/records.ts';
import { packImage } from '../receipts/packed-image.ts';
import type { Services } from '../services.ts';
import type { Effect } from './effect.ts';

export interface TakeSignatureInput {
  readonly key: SaleKey;
  readonly timeoutMs: number;
}

/** `onPaper`: there is no panel, and nothing was shown. */
export type TakeSignatureOutcome = 'asked' | 'onPaper';

/**
 * Has an approved sale signed for on the panel. It stands whatever becomes of that: without a panel, a signature or room
 * for it, the merchant's copy has a line for the pen. The image goes into the journal and nowhere else.
 */
export const takeSignature: Effect<TakeSignatureOutcome, TakeSignatureInput> = async (
  services,
  { key, timeoutMs },
  signal,
) => {
  const { ports, journal, show } = services;
  const { intent } = journal.sale(key);
  if (!ports.signaturePad.isPresent || intent.type !== 'cardIntent') return 'onPaper';
  show('signOnPanel', { amountFen: intent.amountFen, maskedPan: intent.maskedPan });
  ports.indicators.beep('attention');
  const image = await signatureOf(services, timeoutMs, signal);
  if (image !== undefined && !signal.aborted) await journal.append({ type: 'signature', ...key, image });
  return 'asked';
};

async function signatureOf(
  { ports, inTurn }: Services,
  timeoutMs: number,
  signal: CancelSignal,
): Promise<string | undefined> {
  try {
    const signature = await inTurn('signaturePad', () => ports.signaturePad.capture({ timeoutMs }, signal));
    const packed = signature.kind === 'signed' ? packImage(signature.image) : undefined;
    return packed?.kind === 'packed' ? packed.text : undefined;
  } catch (error) {
    if (error instanceof HalError) return undefined;
    throw error;
  }
}
