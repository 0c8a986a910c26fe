import { bytesOfLatin1 } from '../../base/bytes.ts';
import { ProtocolError } from '../../base/protocol-error.ts';
import { bytesField, type IsoMessage, textField } from '../iso8583/message.ts';
import type { SignOnScheme } from './sign-on-keys.ts';
import { reserved60, stanDigits } from './sub-fields.ts';

/** What a terminal says of itself when it signs on. */
export interface SignOnFields {
  readonly stan: number;
  /** 8 characters. */
  readonly terminalId: string;
  /** 15 characters. */
  readonly merchantId: string;
  /** Six digits. */
  readonly batch: string;
  readonly scheme: SignOnScheme;
  /** Two digits of cashier number. */
  readonly operator: string;
  /** 4 characters of network licence number. */
  readonly licence: string;
  /** 8 characters of device serial number. */
  readonly serial: string;
}

/** Sign-on 0800 for working keys and the batch number. Carries no MAC: there may be no key yet. */
export function signOnRequest(fields: SignOnFields): IsoMessage {
  const device = fields.licence.padEnd(4).slice(0, 4) + fields.serial.padEnd(8).slice(0, 8);
  return {
    mti: '0800',
    fields: {
      11: stanDigits(fields.stan),
      41: fields.terminalId,
      42: fields.merchantId,
      60: reserved60({ type: '00', batch: fields.batch, net: fields.scheme }),
      62: bytesOfLatin1(`Sequence No${device.length}${device}`),
      63: fields.operator.padEnd(3),
    },
  };
}

/** The answer to a sign-on. Date and time set the clock; `keys` is field 62 for `parseSignOnKeys`. */
export type SignOnResponse =
  | {
      readonly kind: 'accepted';
      /** Six digits. */
      readonly batch: string;
      /** `MMDD`. */
      readonly date: string | undefined;
      /** `hhmmss`. */
      readonly time: string | undefined;
      readonly keys: Uint8Array;
    }
  | { readonly kind: 'refused'; readonly responseCode: string };

/** Throws `ProtocolError` when the host accepts but sends no keys or no batch number. */
export function parseSignOnResponse(message: IsoMessage): SignOnResponse {
  const responseCode = textField(message, 39);
  if (responseCode === undefined) throw new ProtocolError(['39'], 'missing');
  if (responseCode !== '00') return { kind: 'refused', responseCode };
  const keys = bytesField(message, 62);
  if (keys === undefined) throw new ProtocolError(['62'], 'missing');
  return {
    kind: 'accepted',
    batch: batchOf(textField(message, 60)),
    date: textField(message, 13),
    time: textField(message, 12),
    keys,
  };
}

function batchOf(f60: string | undefined): string {
  const batch = /^\d\d(\d{6})/.exec(f60 ?? '')?.[1];
  if (batch === undefined) throw new ProtocolError(['60', '2'], 'no batch number');
  return batch;
}
