/** ISO 8583 in the UnionPay (CUP) terminal dialects: codec, framing, masking. */

export { createCodec, type IsoCodec } from './codec.ts';
export { CUP_STANDARD } from './cup-standard.ts';
export { CJ, DIALECTS } from './dialects.ts';
export type { Alignment, Dialect, FieldEncoding, FieldLength, FieldMask, FieldSpec, FieldTable } from './fields.ts';
export { ascii, bcd, binary, fixed, gbk, LL, LLL, track } from './fields.ts';
export {
  answerTpdu,
  type Frame,
  FRAME_BYTES_MAX,
  type FrameHead,
  HEADER_BYTES,
  LengthFramer,
  packFrame,
  processingRequirement,
  TPDU_BYTES,
  unpackFrame,
  withLength,
} from './frame.ts';
export { type FieldPlace, layoutOf, type MessageLayout } from './layout.ts';
export { maskMessage, type PrintableMessage, unmaskedMessage } from './mask.ts';
export { bytesField, type IsoMessage, type IsoValue, textField } from './message.ts';
export { ProtocolError } from '../../base/protocol-error.ts';
