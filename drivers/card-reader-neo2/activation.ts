import { concatBytes, hex } from '../../firmware/base/bytes.ts';
import type { CardInterface, CardRequest } from '../../firmware/hal/index.ts';
import { encodeTlv } from '../../firmware/protocol/tlv/index.ts';

/** The timeout of an activation is one byte of seconds. */
const SECONDS_MAX = 255;

/** Tag DFEF37. */
const INTERFACE_BITS: Readonly<Record<CardInterface, number>> = { swipe: 1, tap: 2, chip: 4 };

/** China has one time zone and no daylight saving. */
const CHINA_OFFSET_MS = 8 * 3_600_000;

const SALE = hex('00');
const CHINA = hex('01 56');
const YUAN = hex('01 56');
/** First byte of DFEF3C: the reader does not fall back to the stripe by itself. */
const NO_FALLBACK = 0x00;

/** The data of 02-40 and the seconds that it gives the reader; more than the request's, whose end the driver watches. */
export function activationData(
  request: CardRequest,
  completionTimeoutS: number,
): { readonly seconds: number; readonly data: Uint8Array } {
  const seconds = Math.min(SECONDS_MAX, Math.floor(request.timeoutMs / 1000) + 1);
  const moment = new Date(request.wallMs + CHINA_OFFSET_MS).toISOString().replace(/\D/g, '');
  const interfaces = request.accept.reduce((bits, name) => bits | INTERFACE_BITS[name], 0);
  const tags = encodeTlv([
    { tag: '9C', value: SALE },
    { tag: '9F02', value: hex(String(request.amountFen).padStart(12, '0')) },
    { tag: '9F03', value: new Uint8Array(6) },
    { tag: '5F2A', value: YUAN },
    { tag: '9F1A', value: CHINA },
    { tag: '9A', value: hex(moment.slice(2, 8)) },
    { tag: '9F21', value: hex(moment.slice(8, 14)) },
    { tag: 'DFEF37', value: new Uint8Array([interfaces]) },
    { tag: 'DFEF3C', value: new Uint8Array([NO_FALLBACK, completionTimeoutS >> 8, completionTimeoutS & 0xff]) },
  ]);
  return { seconds, data: concatBytes(new Uint8Array([seconds]), tags) };
}
