import { CIPHERS } from '../../drivers/crypto/ciphers.ts';
import { cardVerificationValue } from './emv-crypto.ts';
import { CARD_VERIFICATION_KEY, type TestCard } from './test-cards.ts';

/** Service code under which the verification value of a chip's track data is computed, so that it fits no stripe. */
const CHIP_VALUE_SERVICE_CODE = '999';

/** Ten digits of discretionary data: key index and offset unused, then the verification value. 19 + 1 + 7 + 10 = 37. */
function track2(card: TestCard, verificationValue: string): string {
  return `${card.pan}D${card.expiry}${card.serviceCode}0000000${verificationValue}`;
}

/** Track 2 of the stripe with its CVV: digits, `D` as separator, no sentinels. */
export function stripeTrack2(card: TestCard): string {
  const { pan, expiry, serviceCode } = card;
  return track2(card, cardVerificationValue(CIPHERS, CARD_VERIFICATION_KEY, pan, expiry, serviceCode));
}

/** Track 2 equivalent data of the chip, tag 57 without padding: like the stripe's, with the iCVV. */
export function chipTrack2(card: TestCard): string {
  const { pan, expiry } = card;
  return track2(card, cardVerificationValue(CIPHERS, CARD_VERIFICATION_KEY, pan, expiry, CHIP_VALUE_SERVICE_CODE));
}
