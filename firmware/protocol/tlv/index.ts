/** BER-TLV as chip cards and field 55 use it. */

export { issuerAnswerData, requestChipData, reversalChipData } from './chip-data.ts';
export { EMV_TAGS, type EmvTag, isSensitiveTag } from './emv-tags.ts';
export { maskTlv } from './mask.ts';
export { textOfTag } from './tag-text.ts';
export { decodeTlv, encodeTlv, findTag, type TlvNode } from './tlv.ts';
export { DEPTH_MAX, indexTlv, TlvIndex } from './tlv-index.ts';
