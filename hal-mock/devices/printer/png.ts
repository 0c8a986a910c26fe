import { crc32, deflateSync } from 'node:zlib';
import { bytesOfLatin1, concatBytes } from '../../../firmware/base/bytes.ts';
import { rowBytesOf, type Bitmap } from './bitmap.ts';

const SIGNATURE = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function uint32(value: number): Uint8Array {
  return new Uint8Array([value >>> 24, value >>> 16, value >>> 8, value]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const named = concatBytes(bytesOfLatin1(type), data);
  return concatBytes(uint32(data.length), named, uint32(crc32(named)));
}

/** A one-bit greyscale PNG (ISO/IEC 15948) of the dots, black on white. */
export function pngOf(bitmap: Bitmap): Uint8Array {
  const rowBytes = rowBytesOf(bitmap.widthDots);
  const rows = new Uint8Array((rowBytes + 1) * bitmap.heightDots);
  for (let y = 0; y < bitmap.heightDots; y++) {
    const row = bitmap.bits.subarray(y * rowBytes, (y + 1) * rowBytes);
    // Each row starts with filter type 0; in greyscale 0 is black, on paper 1 is.
    rows.set(
      row.map((byte) => ~byte),
      y * (rowBytes + 1) + 1,
    );
  }
  const bitDepthOneGrey = new Uint8Array([1, 0, 0, 0, 0]);
  const header = concatBytes(uint32(bitmap.widthDots), uint32(bitmap.heightDots), bitDepthOneGrey);
  return concatBytes(
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', new Uint8Array()),
  );
}
