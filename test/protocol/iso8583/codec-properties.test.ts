import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { hexOf } from '../../../firmware/base/bytes.ts';
import { ProtocolError } from '../../../firmware/base/protocol-error.ts';
import { bytesOfGbk } from '../../../firmware/base/text.ts';
import {
  CJ,
  createCodec,
  type FieldEncoding,
  type FieldSpec,
  type IsoMessage,
  type IsoValue,
  layoutOf,
} from '../../../firmware/protocol/iso8583/index.ts';
import { bytes, CHIP_SALE, KNOWN_MESSAGES, MESSAGES } from './samples.ts';

const codec = createCodec(CJ);
const SEEDS = [CHIP_SALE, ...Object.values(KNOWN_MESSAGES), ...MESSAGES.map(({ iso }) => iso)].map(bytes);
const DIGITS = Array.from('0123456789');
const CHINESE = Array.from('A1 *-银联商务分期付款￥');
const PRINTABLE = Array.from({ length: 0x7f - 0x20 }, (_, i) => String.fromCharCode(0x20 + i));

function textOver(characters: readonly string[], least: number, most: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...characters), minLength: least, maxLength: most });
}

function valueOf({ encoding, length: { prefixBytes, max } }: FieldSpec): fc.Arbitrary<IsoValue> {
  const least = prefixBytes === 0 ? max : 1;
  const makers: Record<FieldEncoding['kind'], () => fc.Arbitrary<IsoValue>> = {
    bcd: () => textOver(DIGITS, least, max),
    track: () => textOver([...DIGITS, 'D'], least, max),
    ascii: () => textOver(PRINTABLE, least, max),
    gbk: () => textOver(CHINESE, 1, max).filter((text) => bytesOfGbk(text).length <= max),
    binary: () => fc.uint8Array({ minLength: least, maxLength: max }),
  };
  return makers[encoding.kind]();
}

const anyMessage: fc.Arbitrary<IsoMessage> = fc.record({
  mti: textOver(DIGITS, 4, 4),
  fields: fc.record(
    Object.fromEntries(Object.entries(CJ.fields).map(([field, spec]) => [field, valueOf(spec)])) as Record<
      number,
      fc.Arbitrary<IsoValue>
    >,
    { requiredKeys: [] },
  ),
});

/** What decoding did: the message, or `undefined` for a refusal. Anything but a ProtocolError fails the test. */
function decoded(input: Uint8Array): IsoMessage | undefined {
  try {
    return codec.decode(input);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    for (const run of digitRuns(input)) expect(error.message).not.toContain(run);
    expect(error.message).not.toMatch(/\d{12}/);
    return undefined;
  }
}

function digitRuns(input: Uint8Array): readonly string[] {
  return hexOf(input).match(/\d{12,}/g) ?? [];
}

describe('properties of the codec', () => {
  it('what it encodes it decodes to the same', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(codec.decode(codec.encode(message))).toEqual({ mti: message.mti, fields: { ...message.fields } });
      }),
      { numRuns: 300 },
    );
  });

  it('no message may be cut or go on', () => {
    fc.assert(
      fc.property(anyMessage, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 4 }), (message, cut, more) => {
        const whole = codec.encode(message);
        expect(decoded(whole.subarray(0, cut % whole.length))).toBeUndefined();
        expect(decoded(new Uint8Array([...whole, ...more]))).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });

  it('a changed byte gives a refusal or another whole message, never a stray error', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SEEDS), fc.nat(), fc.integer({ min: 1, max: 255 }), (seed, at, change) => {
        const input = seed.slice();
        const index = at % input.length;
        input[index] = (input[index] ?? 0) ^ change;
        const message = decoded(input);
        if (message !== undefined) expect(layoutOf(CJ, input).places.at(-1)?.end).toBe(input.length);
      }),
      { numRuns: 5000 },
    );
  });

  it('garbage is refused with a typed error that repeats no long number', () => {
    const garbage = fc.uint8Array({ maxLength: 80 });
    const plausible = fc
      .tuple(fc.constantFrom('0200', '0210', '0800'), fc.uint8Array({ minLength: 8, maxLength: 120 }))
      .map(([mti, rest]) => new Uint8Array([...bytes(mti), ...rest]));
    fc.assert(
      fc.property(fc.oneof(garbage, plausible), (input) => void decoded(input)),
      { numRuns: 20_000 },
    );
  });

  it('refuses to encode with a typed error that repeats no long number', () => {
    const wild = fc.dictionary(
      fc.oneof(fc.integer({ min: 0, max: 130 }).map(String), textOver(DIGITS, 12, 19)),
      fc.oneof(textOver(DIGITS, 0, 40), fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 12 })),
    );
    fc.assert(
      fc.property(fc.string(), wild, (mti, fields) => {
        try {
          codec.encode({ mti, fields });
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
          expect((error as Error).message).not.toMatch(/\d{12}/);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
