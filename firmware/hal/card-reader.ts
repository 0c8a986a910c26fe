import type { CancelSignal } from '../base/cancel.ts';
import type { VaultRef } from './card-vault.ts';

export type CardInterface = 'swipe' | 'chip' | 'tap';

export interface CardRequest {
  readonly accept: readonly CardInterface[];
  readonly amountFen: number;
  /** Stamped into tags 9A and 9F21 by the kernel. */
  readonly wallMs: number;
  /** Monotonic milliseconds from the call until `timedOut`. */
  readonly timeoutMs: number;
}

/** What the kernel asks for, from its CVM processing; the terminal's own limits may ask for more. */
export type CardholderVerification = 'onlinePin' | 'signature' | 'none' | 'onDevice';

/** Safe for journal and slip: no tag in here identifies the card or lets anybody authenticate with it. */
export interface ChipDetails {
  readonly aid: string;
  readonly applicationLabel: string;
  /** 8 bytes hex, tag 9F26. */
  readonly cryptogram: string;
  /** `aac`: the card refuses offline; nothing goes online. */
  readonly cryptogramType: 'aac' | 'tc' | 'arqc';
  readonly tvr: string;
  readonly tsi: string;
  readonly atc: string;
}

export interface CardData {
  readonly interface: CardInterface;
  readonly panRef: VaultRef;
  readonly maskedPan: string;
  /** `YYMM`. */
  readonly expiry: string | undefined;
  /** Three digits of track 2; first digit 2 or 6 says that the card has a chip. */
  readonly serviceCode: string | undefined;
  /** Tag 5F34 as three digits. */
  readonly cardSequence: string | undefined;
  /** Track 2, or tag 57 of a chip. */
  readonly track2Ref: VaultRef | undefined;
  /** The request tags of field 55 in order; chip and tap only. */
  readonly chipDataRef: VaultRef | undefined;
  readonly chip: ChipDetails | undefined;
  readonly verification: CardholderVerification;
}

/** Why a card that was there gave nothing to work with. */
export type UnreadableReason =
  'badSwipe' | 'chipMute' | 'removed' | 'collision' | 'blocked' | 'expired' | 'unsupported' | 'useChip' | 'overLimit';

export type CardReading =
  | { readonly kind: 'read'; readonly card: CardData }
  | { readonly kind: 'unreadable'; readonly interface: CardInterface; readonly reason: UnreadableReason }
  | { readonly kind: 'timedOut' }
  | { readonly kind: 'cancelled' };

export interface IssuerAnswer {
  readonly responseCode: string;
  /** Tags 91, 71, 72 of the reply's field 55; empty when the host sent none or could not be reached. */
  readonly issuerData: Uint8Array;
}

/** A chip's last word on a sale. */
export interface ChipVerdict {
  /** Hex, tags 95 and 9B. */
  readonly tvr: string;
  readonly tsi: string;
  /** Tag DF31 in hex when a script ran. */
  readonly scriptResult: string | undefined;
  /** TLV in hex of what changed since the request: 9F26, 9F27, 9F36, 9F10, 95, 9B, and DF31 when a script ran. */
  readonly chipData: string;
}

export type ChipCompletion =
  /** Second cryptogram TC. */
  | ({ readonly kind: 'accepted' } & ChipVerdict)
  /** The card refused after the host approved (AAC, or ARPC wrong): the sale must be reversed. */
  | ({ readonly kind: 'refused' } & ChipVerdict)
  /** Pulled before the second cryptogram. */
  | { readonly kind: 'removed' };

/** A reader for swipe, chip and tap that runs the EMV steps inside, so that kernels and keys stay in the device. */
export interface CardReader {
  readonly accepts: readonly CardInterface[];
  /**
   * Waits for one card on the asked interfaces and reads it; chip and tap up to the first cryptogram.
   *
   * - Cancelling leaves the reader idle. A card that was read before the cancel reached the reader is still `read`,
   *   and the caller that has gone away simply does not see it.
   * - Card data goes to the vault before this resolves; only references and masked forms come out.
   * - Rejects with `HalError` `disconnected`, `timeout`, `protocol` or `busy`; the reader is then idle or gone.
   */
  readCard(request: CardRequest, signal: CancelSignal): Promise<CardReading>;
  /** Hands the issuer's answer to the chip of the last `readCard` and takes its second cryptogram. Once per reading. */
  completeChip(answer: IssuerAnswer): Promise<ChipCompletion>;
  /** Resolves once no card is in the slot; at once when there is none. */
  waitForRemoval(timeoutMs: number, signal: CancelSignal): Promise<'removed' | 'timedOut' | 'cancelled'>;
}
