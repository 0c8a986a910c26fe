import { bytesOfBase64 } from '../../base/base64.ts';
import { latin1Of } from '../../base/bytes.ts';
import { ProtocolError } from '../../base/protocol-error.ts';
import { decodeTlv, type TlvNode } from '../tlv/index.ts';

/** Tag 85, payload format indicator, stands first and says this. */
const FORMAT = { tag: '85', value: 'CPV01' } as const;

/**
 * The data objects of an EMV consumer-presented code (被扫): base64 of BER-TLV, `85` first, then at least one
 * application template `61`. A UnionPay code of digits is none of these; `classifyPayCode` knows it.
 */
export function decodeCpm(text: string): TlvNode[] {
  const bytes = bytesOfBase64(text);
  if (bytes === undefined) throw new ProtocolError(['cpm'], 'not base64');
  const nodes = decodeTlv(bytes);
  const [first] = nodes;
  if (first?.tag !== FORMAT.tag || !('value' in first) || latin1Of(first.value) !== FORMAT.value) {
    throw new ProtocolError(['cpm', FORMAT.tag], `must come first and say ${FORMAT.value}`);
  }
  if (!nodes.some(({ tag }) => tag === '61')) throw new ProtocolError(['cpm', '61'], 'missing');
  return nodes;
}
