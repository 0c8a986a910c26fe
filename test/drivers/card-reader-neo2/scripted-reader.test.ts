import { describe, expect, it } from '@jest/globals';
import { encodeResponse, Neo2Parser } from '../../../drivers/card-reader-neo2/codec.ts';
import { Neo2CardReader, NEO2_LINE } from '../../../drivers/card-reader-neo2/driver.ts';
import { encodeSwipe } from '../../../drivers/card-reader-neo2/swipe/codec.ts';
import { MemoryCardVault } from '../../../drivers/linux/card-vault.ts';
import { openSerialLine } from '../../../drivers/serial/serial-port-line.ts';
import { concatBytes, hex, hexOf, latin1Of } from '../../../firmware/base/bytes.ts';
import { NEVER_CANCELLED } from '../../../firmware/base/cancel.ts';
import type { CardReading } from '../../../firmware/hal/index.ts';
import { encodeTlv } from '../../../firmware/protocol/tlv/index.ts';
import { ChipCard } from '../../../hal-mock/cards/chip-card.ts';
import { ChipTransaction } from '../../../hal-mock/cards/chip-transaction.ts';
import { testCard } from '../../../hal-mock/cards/test-cards.ts';
import { SeededRandom } from '../../../hal-mock/random.ts';
import { VirtualClock } from '../../../hal-mock/time.ts';
import { memoryWire } from '../../../hal-mock/wire/memory-wire.ts';

interface Result {
  readonly status: number;
  readonly data: Uint8Array;
}

/** A reader that says yes to everything and gives this one result, for what the emulated reader does not do. */
async function readFrom(result: Result) {
  const clock = new VirtualClock();
  const wire = memoryWire();
  const parser = new Neo2Parser('command');
  const activations: Uint8Array[] = [];
  wire.end.onData((bytes) => {
    for (const item of parser.push(bytes)) {
      if (item.kind !== 'frame') continue;
      const { command, data } = item.frame;
      if (command === 0x02) activations.push(data);
      const { status, data: answer } = command === 0x02 ? result : { status: 0, data: new Uint8Array() };
      wire.end.write(encodeResponse(command, status, answer));
    }
  });
  const { binding, path } = wire;
  const line = openSerialLine({ device: 'cardReader', path, settings: NEO2_LINE, binding, clock });
  await clock.runUntil(() => line.connected);
  const random = new SeededRandom(5);
  const vault = new MemoryCardVault(random, random.bytes(32));
  const reader = new Neo2CardReader(line, clock, vault);
  const read = (): Promise<CardReading> =>
    clock.resolve(
      reader.readCard(
        {
          accept: ['swipe', 'chip', 'tap'],
          amountFen: 123_456,
          wallMs: Date.UTC(2026, 11, 31, 16, 0, 5),
          timeoutMs: 29_500,
        },
        NEVER_CANCELLED,
      ),
    );
  return { read, vault, activations };
}

function tagsOf(changes: Readonly<Record<string, string | undefined>>): Uint8Array {
  const terms = {
    interface: 'tap',
    amountFen: 123_456,
    date: '270101',
    unpredictableNumber: hex('01 02 03 04'),
    sequenceCounter: 1,
    serialNumber: 'NEO2TEST',
    noPinLimitFen: 100_000,
  } as const;
  const tags = new Map(new ChipTransaction(new ChipCard(testCard('contactless')), terms).tags);
  for (const [tag, value] of Object.entries(changes)) {
    if (value === undefined) tags.delete(tag);
    else tags.set(tag, hex(value));
  }
  return encodeTlv([...tags].map(([tag, value]) => ({ tag, value })));
}

function tapped(changes: Readonly<Record<string, string | undefined>>): Result {
  return { status: 0x23, data: concatBytes(hex('01'), tagsOf(changes)) };
}

function failed(attribution: string, failure: string): Result {
  return { status: 0x0a, data: hex(`${attribution} FF EE 1F 04 ${failure}`) };
}

function swiped(track2: string): Result {
  return { status: 0, data: concatBytes(hex('08'), encodeTlv([{ tag: 'DFEE23', value: encodeSwipe({ track2 }) }])) };
}

describe('NEO 2 driver and the bytes of a reader', () => {
  it('asks for the card as the guide says', async () => {
    const { read, activations } = await readFrom({ status: 0x08, data: new Uint8Array() });
    await read();
    expect(hexOf(activations[0] ?? new Uint8Array())).toBe(
      '1E' +
        '9C0100' +
        '9F0206000000123456' +
        '9F0306000000000000' +
        '5F2A020156' +
        '9F1A020156' +
        '9A03270101' +
        '9F2103000005' +
        'DFEF370107' +
        'DFEF3C0300012C',
    );
  });

  it.each([
    ['01', '02 00 00 00', 'useChip'],
    ['00', '20 6F 00 00', 'chipMute'],
    ['01', '21 00 00 00', 'collision'],
    ['01', '22 00 00 00', 'overLimit'],
    ['01', '24 00 00 00', 'removed'],
    ['00', '25 62 83 00', 'blocked'],
    ['01', '26 00 00 00', 'expired'],
    ['00', '27 6A 82 00', 'unsupported'],
    ['00', '30 00 00 00', 'chipMute'],
    ['00', '30 90 00 00', 'removed'],
    ['00', '54 90 00 00', 'unsupported'],
    ['01', '73 00 00 00', 'removed'],
  ])('takes failure %s %s for %s', async (attribution, failure, reason) => {
    const { read } = await readFrom(failed(attribution, failure));
    expect(await read()).toEqual({ kind: 'unreadable', interface: attribution === '01' ? 'tap' : 'chip', reason });
  });

  it.each([
    ['an error of ours', failed('00', '01 00 00 00'), 'protocol'],
    ['an error that the guide does not know', failed('00', 'EE 00 00 00'), 'protocol'],
    ['a failure without a reason', { status: 0x0a, data: hex('00') }, 'protocol'],
    ['a refused parameter', { status: 0x05, data: new Uint8Array() }, 'protocol'],
    ['tags that are cut off', { status: 0x23, data: hex('01 9F 26 08 00') }, 'protocol'],
    ['a tag missing', tapped({ '9F26': undefined }), 'protocol'],
    ['a cryptogram of no kind', tapped({ '9F27': 'C0' }), 'protocol'],
    ['no application', tapped({ '84': undefined, '4F': undefined }), 'protocol'],
    ['no card number', tapped({ '57': undefined, '5A': undefined }), 'protocol'],
    ['no result', { status: 0, data: new Uint8Array() }, 'protocol'],
    ['an enciphered card', { status: 0x23, data: concatBytes(hex('41'), tagsOf({})) }, 'unsupported'],
    ['an enciphered stripe', { status: 0, data: hex('88') }, 'unsupported'],
  ])('rejects %s and seals nothing', async (_name, result, kind) => {
    const { read, vault } = await readFrom(result);
    await expect(read()).rejects.toMatchObject({ name: 'HalError', device: 'cardReader', kind });
    expect(vault.count()).toBe(0);
  });

  it.each([
    ['online PIN by 9F34', { '9F34': '420300', '9F6C': undefined }, 'onlinePin'],
    ['signature by 9F34', { '9F34': '5E0300', '9F6C': '0000' }, 'signature'],
    ['nothing by 9F34', { '9F34': '3F0000', '9F6C': undefined }, 'none'],
    ['nothing without either', { '9F34': undefined, '9F6C': undefined }, 'none'],
    ['the device by 9F34', { '9F34': '010002', '9F6C': undefined }, 'onDevice'],
    ['the device by 9F6C', { '9F34': '1F0002', '9F6C': '0080' }, 'onDevice'],
    ['online PIN by 9F6C', { '9F34': '1F0002', '9F6C': '8000' }, 'onlinePin'],
  ])('reads %s', async (_name, changes, verification) => {
    const { read } = await readFrom(tapped(changes));
    expect(await read()).toMatchObject({ kind: 'read', card: { verification } });
  });

  it('takes the card number from the track when 5A is not there', async () => {
    const { read, vault } = await readFrom(tapped({ '5A': undefined, '5F34': undefined }));
    const reading = await read();
    expect(reading).toMatchObject({ kind: 'read', card: { cardSequence: undefined } });
    if (reading.kind !== 'read') return;
    expect(latin1Of(vault.reveal(reading.card.panRef))).toBe(testCard('contactless').pan);
  });

  it('takes card number and expiry from their own tags when there is no track', async () => {
    const { read, vault } = await readFrom(tapped({ '57': undefined }));
    const reading = await read();
    const { pan, expiry } = testCard('contactless');
    expect(reading).toMatchObject({ kind: 'read', card: { expiry, serviceCode: undefined, track2Ref: undefined } });
    if (reading.kind !== 'read') return;
    expect(latin1Of(vault.reveal(reading.card.panRef))).toBe(pan);
  });

  it('takes a card that declined offline although the reader calls it failed', async () => {
    const tags = tagsOf({ '9F27': '00' });
    const data = concatBytes(hex('01 FF EE 1F 04 42 90 00 00'), tags);
    const { read } = await readFrom({ status: 0x0a, data });
    expect(await read()).toMatchObject({ kind: 'read', card: { chip: { cryptogramType: 'aac' } } });
  });

  it('reads a stripe without expiry and service code', async () => {
    const { read } = await readFrom(swiped(';6299991000000031===?'));
    expect(await read()).toMatchObject({ kind: 'read', card: { expiry: undefined, serviceCode: undefined } });
  });

  it('reads a stripe out of tag 57, as some readers are set', async () => {
    const data = concatBytes(hex('08'), encodeTlv([{ tag: '57', value: hex('6299991000000031D3012120000000000F') }]));
    const { read } = await readFrom({ status: 0, data });
    expect(await read()).toMatchObject({ kind: 'read', card: { interface: 'swipe', expiry: '3012' } });
  });

  it.each([
    ';62999910000?',
    ';6299991000000031=3012120',
    ';6299991000000031=3013120000?',
    ';629999100000003E=3012120?',
  ])('takes %s for a bad swipe', async (track2) => {
    const { read, vault } = await readFrom(swiped(track2));
    expect(await read()).toEqual({ kind: 'unreadable', interface: 'swipe', reason: 'badSwipe' });
    expect(vault.count()).toBe(0);
  });

  it('names no card in an error, whatever the reader sends', async () => {
    const pan = testCard('contactless').pan;
    for (const changes of [{ '9F26': undefined }, { '9F27': 'FF' }, { '95': undefined }, { '9F36': undefined }]) {
      const { read } = await readFrom(tapped(changes));
      const error = await read().then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(error).toBeInstanceOf(Error);
      expect(String(error)).not.toContain(pan.slice(4, -4));
    }
  });
});
