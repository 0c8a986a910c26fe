import { hexOf } from '../../base/bytes.ts';
import { caughtProtocolError } from '../../base/protocol-error.ts';
import { isSensitiveTag } from './emv-tags.ts';
import { textOfTag } from './tag-text.ts';
import { TlvIndex } from './tlv-index.ts';

/** Upper-case hex of BER-TLV with `*` for every digit of a sensitive value; all of it when it is not BER-TLV. */
export function maskTlv(bytes: Uint8Array): string {
  const digits = hexOf(bytes);
  const index = indexed(bytes);
  if (index === undefined) return '*'.repeat(digits.length);
  let shown = '';
  for (let entry = 0; entry < index.count; entry++) {
    if (!isSensitiveTag(textOfTag(index.tagAt(entry)))) continue;
    const start = 2 * index.startAt(entry);
    const end = 2 * index.endAt(entry);
    shown += digits.slice(shown.length, start) + '*'.repeat(end - start);
  }
  return shown + digits.slice(shown.length);
}

function indexed(bytes: Uint8Array): TlvIndex | undefined {
  try {
    return new TlvIndex(bytes);
  } catch (error) {
    caughtProtocolError(error);
    return undefined;
  }
}
