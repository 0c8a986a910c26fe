import { describe, expect, it } from '@jest/globals';
import { type CommandName, COMMANDS, encodeFrame, Neo2Parser } from '../../../drivers/card-reader-neo2/codec.ts';
import { decodeSwipe } from '../../../drivers/card-reader-neo2/swipe/codec.ts';
import { concatBytes, hex, hexOf } from '../../../firmware/base/bytes.ts';
import { decodeTlv, encodeTlv, findTag } from '../../../firmware/protocol/tlv/index.ts';
import { testCard } from '../../../hal-mock/cards/test-cards.ts';
import { Neo2Emulator, type Neo2Options } from '../../../hal-mock/devices/card-reader/emulator.ts';
import { SeededRandom } from '../../../hal-mock/random.ts';
import { VirtualClock } from '../../../hal-mock/time.ts';
import type { WireEnd } from '../../../hal-mock/wire/wire-end.ts';

interface Answer {
  readonly atMs: number;
  readonly command: number;
  readonly status: number;
  readonly data: Uint8Array;
}

/** A host that writes raw bytes and keeps every frame that comes back, with its time. */
function connect(options: Neo2Options = {}) {
  const clock = new VirtualClock();
  const parser = new Neo2Parser('response');
  const answers: Answer[] = [];
  const writes: number[] = [];
  let toDevice: (bytes: Uint8Array) => void = () => undefined;
  const wire: WireEnd = {
    onData: (listener) => {
      toDevice = listener;
    },
    write: (bytes) => {
      writes.push(bytes.length);
      for (const item of parser.push(bytes)) {
        if (item.kind !== 'frame') continue;
        const { command, code, data } = item.frame;
        answers.push({ atMs: clock.monotonicMs(), command, status: code, data });
      }
    },
    unplug: () => undefined,
    replug: () => undefined,
  };
  const reader = new Neo2Emulator(wire, clock, new SeededRandom(1), options);
  const send = async (name: CommandName, data = ''): Promise<void> => {
    const [command, code] = COMMANDS[name];
    toDevice(encodeFrame({ command, code, data: hex(data) }, 'command'));
    await clock.settle();
  };
  const statuses = (): string[] =>
    answers.map(({ command, status }) => hexOf(new Uint8Array([command, status])).replace(/^(..)/, '$1-'));
  return { clock, reader, answers, writes, send, sendRaw: (bytes: Uint8Array) => toDevice(bytes), statuses };
}

/** Data of 02-40: all interfaces, 88.00 yuan, the given seconds and fallback flag, one minute for the completion. */
function activation(seconds = 30, fallback = '00', interfaces = '07'): string {
  const time = seconds.toString(16).padStart(2, '0');
  return `${time} 9C0100 9F0206000000008800 9A03261121 DFEF3701${interfaces} DFEF3C03${fallback}003C`;
}

const APPROVAL = '8A023030';

describe('NEO 2 emulator', () => {
  it('answers the examples of the guide', async () => {
    const host = connect();
    await host.send('ping');
    await host.send('pollMode', '01');
    await host.send('serialNumber');
    await host.send('cancel');
    expect(host.statuses()).toEqual(['18-00', '01-00', '12-00', '05-00']);
    expect(hexOf(host.answers[2]?.data ?? hex(''))).toBe('3633305A3030303030310000000000');
  });

  it('answers 0B when its serial number was never set', async () => {
    const host = connect({ serialNumber: undefined });
    await host.send('serialNumber');
    expect(host.statuses()).toEqual(['12-0B']);
  });

  it('knows which commands it does not know', async () => {
    const host = connect();
    host.sendRaw(encodeFrame({ command: 0x77, code: 0x01, data: hex('') }, 'command'));
    host.sendRaw(encodeFrame({ command: 0x02, code: 0x77, data: hex('') }, 'command'));
    expect(host.statuses()).toEqual(['77-02', '02-03']);
  });

  it('announces a card, then gives it: tap', async () => {
    const host = connect();
    await host.send('activate', activation());
    host.reader.tap(testCard('contactless'));
    await host.clock.advance(600);
    expect(host.statuses()).toEqual(['02-0E', '02-23']);
    const [seen, result] = host.answers;
    expect(seen?.atMs).toBeGreaterThanOrEqual(50);
    expect(seen?.atMs).toBeLessThanOrEqual(200);
    expect((result?.atMs ?? 0) - (seen?.atMs ?? 0)).toBe(350);
    expect(hexOf(seen?.data ?? hex(''))).toBe('01');
    expect(result?.data[0]).toBe(0x01);
    expect(findTag(decodeTlv(result?.data.subarray(1) ?? hex('')), 'DFEE30')).toEqual({
      tag: 'DFEE30',
      value: hex('00'),
    });
  });

  it('gives a swipe as the block of its head', async () => {
    const host = connect();
    await host.send('activate', activation());
    host.reader.swipe(testCard('magstripe-only'));
    await host.clock.advance(600);
    const result = host.answers.at(-1);
    expect([result?.status, result?.data[0]]).toEqual([0x00, 0x08]);
    const node = findTag(decodeTlv(result?.data.subarray(1) ?? hex('')), 'DFEE23');
    const block = node !== undefined && 'value' in node ? node.value : hex('');
    expect(decodeSwipe(block).track2).toMatch(/^;6299991000000031=3012120\d{10}\?$/);
  });

  it('gives up after the seconds it was given', async () => {
    const host = connect();
    await host.send('activate', activation(3));
    await host.clock.advance(10_000);
    expect(host.answers.map(({ atMs, status }) => [atMs, status])).toEqual([[3000, 0x08]]);
    expect(host.reader.state).toBe('idle');
  });

  it.each([
    ['cancelAnswer', '05-00'],
    ['failedActivation', '02-0A'],
  ] as const)(
    'takes any command while polling for a cancel (%s) and holds it against the host',
    async (style, answer) => {
      const host = connect();
      host.reader.faults.interruptedBy = style;
      await host.send('activate', activation());
      await host.send('ping');
      expect(host.statuses()).toEqual([answer]);
      expect(host.reader.misuses.map(({ kind }) => kind)).toEqual(['commandWhilePolling']);
      await host.send('ping');
      expect(host.statuses()).toEqual([answer, '18-00']);
    },
  );

  it.each(['cancel', 'stop'] as const)('allows %s while polling', async (name) => {
    const host = connect();
    await host.send('activate', activation());
    await host.send(name);
    expect(host.statuses()).toEqual(['05-00']);
    expect(host.reader.state).toBe('idle');
    expect(host.reader.misuses).toEqual([]);
  });

  it('holds a CRC in the order of responses against the host and says nothing', async () => {
    const host = connect();
    host.sendRaw(encodeFrame({ command: 0x18, code: 0x01, data: hex('') }, 'response'));
    host.sendRaw(concatBytes(encodeFrame({ command: 0x18, code: 0x01, data: hex('') }, 'command').fill(0, 14)));
    expect(host.answers).toEqual([]);
    expect(host.reader.misuses.map(({ kind }) => kind)).toEqual(['crcOrder', 'badCrc']);
  });

  it.each(['', '00', activation(0), activation(3, '00', '00'), '1E 9C01'])(
    'refuses to activate with %s',
    async (data) => {
      const host = connect();
      await host.send('activate', data);
      expect(host.statuses()).toEqual(['02-05']);
      expect(host.reader.misuses.map(({ kind }) => kind)).toEqual(['badActivation']);
    },
  );

  it('waits for the host after a chip asked to go online, takes one answer and reports in two frames', async () => {
    const host = connect();
    host.reader.insert(testCard('credit'));
    await host.send('activate', activation());
    await host.clock.advance(2000);
    expect(host.reader.state).toBe('waiting');
    await host.send('applyHostResponse', APPROVAL);
    await host.clock.advance(1000);
    await host.send('applyHostResponse', APPROVAL);
    expect(host.statuses()).toEqual(['02-0E', '02-23', '60-63', '60-00', '60-0B']);
    expect(hexOf(host.answers[3]?.data.subarray(0, 6) ?? hex(''))).toBe('00DFEE250200');
    expect(host.reader.misuses.map(({ kind }) => kind)).toEqual(['answerWithoutChip']);
  });

  it('switches a chip off that the host forgot', async () => {
    const host = connect();
    host.reader.insert(testCard('credit'));
    await host.send('activate', activation());
    await host.clock.advance(62_000);
    expect(host.reader.state).toBe('idle');
    await host.send('applyHostResponse', APPROVAL);
    expect(host.statuses().at(-1)).toBe('60-0B');
  });

  it('falls back to the stripe by itself when it was told to', async () => {
    const host = connect();
    host.reader.insert(testCard('chip-mute'));
    await host.send('activate', activation(30, '01'));
    await host.clock.advance(2000);
    expect(host.reader.waitingFor).toEqual(['swipe']);
    host.reader.swipe(testCard('chip-mute'));
    await host.clock.advance(1000);
    expect(host.statuses()).toEqual(['02-0E', '02-0E', '02-00']);
  });

  it('changes its rate after the answer at the old one, and is deaf and garbled to hosts of another', async () => {
    let hostBaudRate = 115_200;
    const host = connect({ hostBaudRate: () => hostBaudRate });
    await host.send('setBaudRate', '02');
    expect(host.statuses()).toEqual(['30-00']);
    await host.send('ping');
    hostBaudRate = 19_200;
    await host.send('ping');
    expect(host.statuses()).toEqual(['30-00', '18-00']);
    expect(host.reader.baudRate).toBe(19_200);
    host.reader.unplug();
    expect(host.reader.baudRate).toBe(115_200);
  });

  it('tells whether a chip that answers is in the slot', async () => {
    const host = connect();
    await host.send('cardAnswerToReset', '20');
    host.reader.insert(testCard('debit'));
    await host.send('cardAnswerToReset', '20');
    host.reader.pull();
    host.reader.insert(testCard('chip-mute'));
    await host.send('cardAnswerToReset', '20');
    expect(host.statuses()).toEqual(['2C-0A', '2C-00', '2C-0A']);
  });

  it('dribbles byte by byte in order, at the pace of the line', async () => {
    const host = connect();
    host.reader.faults.dribble = true;
    await host.send('ping');
    await host.send('serialNumber');
    await host.clock.advance(10);
    expect(host.statuses()).toEqual(['18-00', '12-00']);
    expect(new Set(host.writes)).toEqual(new Set([1]));
    expect(host.answers[0]?.atMs).toBeCloseTo((16 * 10_000) / 115_200, 5);
  });

  it('forgets a poll when its power goes', async () => {
    const host = connect();
    await host.send('activate', activation());
    host.reader.unplug();
    host.reader.replug();
    host.reader.tap(testCard('contactless'));
    await host.clock.advance(60_000);
    expect(host.answers).toEqual([]);
    expect(host.reader.state).toBe('idle');
  });

  it('gives the same bytes for the same seed', async () => {
    const run = async (): Promise<string> => {
      const host = connect();
      host.reader.insert(testCard('debit'));
      await host.send('activate', activation());
      await host.clock.advance(5000);
      return host.answers.map(({ atMs, data }) => `${atMs}:${hexOf(data)}`).join('\n');
    };
    expect(await run()).toBe(await run());
  });

  it('refuses a host answer without a response code', async () => {
    const host = connect();
    host.reader.insert(testCard('debit'));
    await host.send('activate', activation());
    await host.clock.advance(2000);
    await host.send('applyHostResponse', hexOf(encodeTlv([{ tag: '91', value: new Uint8Array(10) }])));
    expect(host.statuses().at(-1)).toBe('60-07');
    expect(host.reader.state).toBe('waiting');
  });
});
