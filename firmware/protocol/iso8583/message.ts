/**
 * The value of a field: bytes for the binary ones (52 55 58 62 64), text for all others: digits, digits with the
 * separator `D` for tracks, decoded text with its trailing spaces for the rest.
 */
export type IsoValue = string | Uint8Array;

export interface IsoMessage {
  /** Message type: four digits. */
  readonly mti: string;
  readonly fields: Readonly<Record<number, IsoValue>>;
}

/** The text of a field; `undefined` when the message has none or has bytes there. */
export function textField(message: IsoMessage, field: number): string | undefined {
  const value = message.fields[field];
  return typeof value === 'string' ? value : undefined;
}

/** The bytes of a field; `undefined` when the message has none or has text there. */
export function bytesField(message: IsoMessage, field: number): Uint8Array | undefined {
  const value = message.fields[field];
  return value instanceof Uint8Array ? value : undefined;
}
