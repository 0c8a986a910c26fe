/** BER-TLV: our tree and our index against npm `ber-tlv`, in one run. `node bench/tlv.ts` */
import { createRequire } from 'node:module';
import { hex } from '../firmware/base/bytes.ts';
import { decodeTlv, indexTlv } from '../firmware/protocol/tlv/index.ts';
import { type BenchRow, operationsPerSecond, printRows, ratioRow, speedRow } from './bench-row.ts';

/** Field 55 of a sale: 19 tags in 127 bytes. */
const CHIP_DATA = hex(
  '9F2608A1B2C3D4E5F607189F2701809F100807010103A02000019F37041A2B3C4D9F360200219505008004E8009A032611219C0100' +
    '9F02060000000010005F2A02015682027C009F1A0201569F03060000000000009F3303E0F9C89F34030203009F3501229F1E08313233343536' +
    '37388408A0000003330101029F0902002F',
);

const { TlvFactory } = createRequire(import.meta.url)('ber-tlv') as {
  TlvFactory: { parse(bytes: Buffer): { readonly items: unknown } };
};

/** Takes the tags apart and looks one up; each a whole pass over the bytes. */
export async function benchTlv(): Promise<BenchRow[]> {
  const buffer = Buffer.from(CHIP_DATA);
  const speeds = operationsPerSecond([
    { name: 'tree, ours', run: () => decodeTlv(CHIP_DATA) },
    { name: 'index and one look-up, ours', run: () => indexTlv(CHIP_DATA).find(0x9f36) },
    { name: 'npm ber-tlv 0.9.2', run: () => TlvFactory.parse(buffer) },
  ]);
  return [
    ...[...speeds.keys()].map((name) => speedRow(name, speeds)),
    ratioRow('BER-TLV tree, ours / npm ber-tlv', speeds, 'tree, ours', 'npm ber-tlv 0.9.2', 10),
    ratioRow('BER-TLV index, ours / npm ber-tlv', speeds, 'index and one look-up, ours', 'npm ber-tlv 0.9.2', 10),
  ];
}

if (import.meta.main) printRows(await benchTlv());
