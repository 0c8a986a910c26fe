import { latin1Of } from '../base/bytes.ts';
import type { Ports } from '../hal/index.ts';

/** The card number behind its sealed form in the journal, for the moment of writing it into a message. */
export function storedPan({ vault }: Ports, sealedPan: string): string {
  const panRef = vault.fromStored(sealedPan);
  const pan = latin1Of(vault.reveal(panRef));
  vault.wipe(panRef);
  return pan;
}
