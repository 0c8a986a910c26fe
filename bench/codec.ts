/** ISO 8583: ours against the two codecs on npm and against a bare Buffer codec, in one run. `node bench/codec.ts` */
import { createRequire } from 'node:module';
import { hex, hexOf } from '../firmware/base/bytes.ts';
import { createCodec, CUP_STANDARD, type IsoMessage, unmaskedMessage } from '../firmware/protocol/iso8583/index.ts';
import { barePack, bareUnpack } from './bare-codec.ts';
import { type BenchRow, type Contender, operationsPerSecond, printRows, ratioRow, speedRow } from './bench-row.ts';

/** A chip sale with PIN: 18 fields, invented card. */
const SALE: IsoMessage = {
  mti: '0200',
  fields: {
    2: '6228480402564890018',
    3: '000000',
    4: '000000001000',
    11: '000124',
    14: '3012',
    22: '051',
    23: '001',
    25: '00',
    26: '06',
    35: '6228480402564890018D30122011000000000',
    41: '12345678',
    42: '898310058120001',
    49: '156',
    52: hex('F1E2D3C4B5A69788'),
    53: '2600000000000000',
    55: hex(
      '9F2608A1B2C3D4E5F607189F2701809F101307010103A02000010A0100000000009D4D3F8B9F37041A2B3C4D9F36020021' +
        '9505008004E8009A032611219C01009F02060000000010005F2A02015682027C009F1A0201569F03060000000000009F3303E0F9C8' +
        '9F34030203009F3501229F1E0831323334353637388408A0000003330101029F0902002F9F4104000001235F340101',
    ),
    60: '22000002000500',
    64: hex('3945413742304646'),
  },
};

/** What `iso8583` 0.0.1 knows of a sale's answer, with no bit beyond those that its bitmap arithmetic keeps. */
const ANSWER_IT_CAN: IsoMessage = {
  mti: '0210',
  fields: {
    2: '6228480402564890018',
    3: '000000',
    4: '000000001000',
    11: '000124',
    12: '101112',
    13: '1121',
    15: '1122',
    32: '48021000',
    37: '022923595901',
    38: '123456',
    39: '00',
    41: '12345678',
    49: '156',
  },
};

interface Iso8583Classic {
  pack(fields: Record<string, unknown>): string;
  unpack(message: string): Record<string, string>;
}
interface Iso8583Underscore {
  getBufferMessage(): Buffer;
  getIsoJSON(message: Buffer): Record<string, string>;
}

const require = createRequire(import.meta.url);
const { ISO8583, defaultPackager } = require('iso8583') as {
  ISO8583: new (packager: unknown) => Iso8583Classic;
  defaultPackager: unknown;
};
const IsoUnderscore = require('iso_8583') as new (fields?: object, formats?: object) => Iso8583Underscore;

/** Its own formats, but for fields that are longer or of another type in the CUP dialects. */
const UNDERSCORE_FORMATS = {
  52: { ContentType: 'b', Label: 'PIN', LenType: 'fixed', MaxLen: 16 },
  53: { ContentType: 'n', Label: 'Security control', LenType: 'fixed', MaxLen: 16 },
  64: { ContentType: 'b', Label: 'MAC', LenType: 'fixed', MaxLen: 16 },
};

function ourContender(name: string, message: IsoMessage): Contender {
  const codec = createCodec(CUP_STANDARD);
  return { name, run: () => codec.decode(codec.encode(message)) };
}

function bareContender(): Contender {
  const fields = Object.fromEntries(
    Object.entries(SALE.fields).map(([key, value]) => [key, typeof value === 'string' ? value : Buffer.from(value)]),
  );
  const ours = createCodec(CUP_STANDARD).encode(SALE);
  if (hexOf(barePack(fields)) !== hexOf(ours)) throw new Error('the bare codec packs something else');
  return { name: 'bare Buffer codec', run: () => bareUnpack(barePack(fields)) };
}

function underscoreContender(): Contender {
  const fields = { 0: SALE.mti, ...unmaskedMessage(SALE).fields };
  const run = (): unknown => {
    const message = new IsoUnderscore(fields, UNDERSCORE_FORMATS).getBufferMessage();
    return new IsoUnderscore({}, UNDERSCORE_FORMATS).getIsoJSON(message);
  };
  if (!('64' in (run() as object))) throw new Error('iso_8583 does not take the message');
  return { name: 'npm iso_8583 2.6.7', run };
}

function classicContender(): Contender {
  const fields = { 0: ANSWER_IT_CAN.mti, 1: true, ...ANSWER_IT_CAN.fields };
  const run = (): unknown => new ISO8583(defaultPackager).unpack(new ISO8583(defaultPackager).pack(fields));
  if ((run() as Record<string, string>)['49'] !== '156') throw new Error('iso8583 does not take the message');
  return { name: 'npm iso8583 0.0.1, 13 text fields', run };
}

/** Packs and unpacks, each round trip one operation; ours with all its checks on. */
export async function benchCodec(): Promise<BenchRow[]> {
  const ours = 'ours, sale of 18 fields';
  const oursText = 'ours, 13 text fields';
  const speeds = operationsPerSecond([
    ourContender(ours, SALE),
    bareContender(),
    underscoreContender(),
    ourContender(oursText, ANSWER_IT_CAN),
    classicContender(),
  ]);
  return [
    ...[...speeds.keys()].map((name) => speedRow(name, speeds)),
    ratioRow('ISO 8583 sale, ours / npm iso_8583', speeds, ours, 'npm iso_8583 2.6.7', 15),
    ratioRow('ISO 8583 sale, ours / bare Buffer codec', speeds, ours, 'bare Buffer codec', 0.6),
    ratioRow('ISO 8583 text, ours / npm iso8583', speeds, oursText, 'npm iso8583 0.0.1, 13 text fields', 1),
  ];
}

if (import.meta.main) printRows(await benchCodec());
