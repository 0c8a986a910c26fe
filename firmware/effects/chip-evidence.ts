import { bytesOfHex, concatBytes, hexOf } from '../base/bytes.ts';
import { ProtocolError } from '../base/protocol-error.ts';
import type { SaleKey } from '../journal/records.ts';
import { scriptNoticeChipData } from '../protocol/cup/messages.ts';
import { encodeTlv, indexTlv } from '../protocol/tlv/index.ts';
import { requestChipData } from '../protocol/tlv/chip-data.ts';
import type { ChipEvidence } from '../journal/settlement-records.ts';

const SCRIPT_RESULT = 0xdf31;
const FIELD_55_BYTES_MAX = 255;

/**
 * What the journal keeps of a chip's last word: the tags that the upload's certificate and a script notice take, and
 * nothing else. `undefined` when a tag is missing that the host demands, or field 55 cannot hold them: the sale is then
 * uploaded without a certificate.
 *
 * @param chipData all tags as they stood after the second cryptogram, hex
 */
export function chipEvidence(key: SaleKey, chipData: string): ChipEvidence | undefined {
  const tags = bytesOfHex(chipData);
  if (tags === undefined) return undefined;
  try {
    const scriptResult = indexTlv(tags).find(SCRIPT_RESULT);
    const script = scriptResult === undefined ? [] : [{ tag: 'DF31', value: scriptResult }];
    const certificate = requestChipData(tags);
    const kept = concatBytes(certificate, encodeTlv(script));
    const notice = scriptResult === undefined ? [] : scriptNoticeChipData(kept);
    if (Math.max(certificate.length, notice.length) > FIELD_55_BYTES_MAX) return undefined;
    return { type: 'chipEvidence', ...key, scriptRan: scriptResult !== undefined, chipData: hexOf(kept) };
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
