import { describe, expect, it } from '@jest/globals';
import { bytesOfLatin1, hex, latin1Of } from '../../../firmware/base/bytes.ts';
import { SeededRandom } from '../../../hal-mock/random.ts';
import { VirtualClock } from '../../../hal-mock/time.ts';
import { type FaultStep, faultyWire, type FrameChoice, type WireFault } from '../../../hal-mock/wire/faulty-wire.ts';
import { recordingWire } from '../../../hal-mock/wire/recording-wire.ts';
import type { WireEnd } from '../../../hal-mock/wire/wire-end.ts';

/** A wire whose host end is this test. */
function bareWire() {
  let toDevice: (bytes: Uint8Array) => void = () => undefined;
  const plug: string[] = [];
  const end: WireEnd & { fromHost: (text: string) => void; written: string[] } = {
    written: [],
    fromHost: (text) => toDevice(bytesOfLatin1(text)),
    onData: (listener) => {
      toDevice = listener;
    },
    write: (bytes) => void end.written.push(latin1Of(bytes)),
    unplug: () => void plug.push('unplug'),
    replug: () => void plug.push('replug'),
  };
  return { end, plug };
}

function setUp(plan: readonly FaultStep[], seed = 1) {
  const clock = new VirtualClock();
  const { end, plug } = bareWire();
  const wire = faultyWire(end, { clock, random: new SeededRandom(seed), plan });
  const received: string[] = [];
  wire.onData((bytes) => received.push(latin1Of(bytes)));
  return { clock, end, plug, wire, received };
}

const toHost = (fault: WireFault, frames: FrameChoice = 'all'): FaultStep => ({ direction: 'toHost', frames, fault });

/** What the host received, with the virtual moment of each piece. */
async function sent(fault: WireFault, ...frames: string[]): Promise<string[]> {
  const { clock, end, wire } = setUp([toHost(fault)]);
  const pieces: string[] = [];
  end.write = (bytes) => void pieces.push(`${clock.monotonicMs()}:${latin1Of(bytes)}`);
  for (const frame of frames) wire.write(bytesOfLatin1(frame));
  await clock.advance(10_000);
  return pieces;
}

describe('faulty wire', () => {
  it.each<[string, WireFault, string[], string[]]>([
    ['dribbles', { kind: 'dribble', gapMs: 2 }, ['abc'], ['0:a', '2:b', '4:c']],
    ['paces at 9600 baud', { kind: 'pace', baudRate: 10_000 }, ['ab', 'c'], ['0:a', '1:b', '1:c']],
    ['adds noise before', { kind: 'noise', where: 'before', bytes: hex('02') }, ['ab'], ['0:\x02ab']],
    ['adds noise after', { kind: 'noise', where: 'after', bytes: hex('02') }, ['ab'], ['0:ab\x02']],
    ['adds noise inside', { kind: 'noise', where: 'inside', bytes: hex('02') }, ['ab'], ['0:a\x02b']],
    ['flips a bit', { kind: 'flipBit', at: 1, bit: 0 }, ['ab'], ['0:ac']],
    ['flips a bit of the last byte', { kind: 'flipBit', at: -1, bit: 1 }, ['aba'], ['0:abc']],
    ['sets a byte', { kind: 'setByte', at: 0, value: 0x7a }, ['ab'], ['0:zb']],
    ['drops a byte', { kind: 'dropByte', at: 0 }, ['abc'], ['0:bc']],
    ['doubles a byte', { kind: 'doubleByte', at: -2 }, ['abc'], ['0:abbc']],
    ['cuts a frame short', { kind: 'cutShort', bytes: 2 }, ['abc', 'd'], ['0:ab', '0:d']],
    ['merges frames', { kind: 'merge', frames: 2, holdMs: 50 }, ['a', 'b', 'c'], ['0:ab', '50:c']],
    ['duplicates', { kind: 'duplicate', afterMs: 30 }, ['ab'], ['0:ab', '30:ab']],
    ['loses', { kind: 'lose' }, ['ab'], []],
    ['stalls this frame and the next behind it', { kind: 'stall', forMs: 700 }, ['a', 'b'], ['700:a', '1400:b']],
    ['leaves an empty frame alone', { kind: 'dropByte' }, [''], []],
  ])('%s', async (_name, fault, frames, expected) => {
    expect(await sent(fault, ...frames)).toEqual(expected);
  });

  it('cuts random pieces that add up to the frame, the same for the same seed', async () => {
    const run = async (seed: number): Promise<string[]> => {
      const { clock, end, wire } = setUp([toHost({ kind: 'chunks', bytesMax: 3, gapMaxMs: 5 })], seed);
      wire.write(bytesOfLatin1('abcdefghijklmnop'));
      await clock.advance(1_000);
      return end.written;
    };
    const first = await run(1);
    expect(first.join('')).toBe('abcdefghijklmnop');
    expect(first.length).toBeGreaterThan(5);
    expect(await run(1)).toEqual(first);
    expect(await run(2)).not.toEqual(first);
  });

  it('hits only the chosen frames', async () => {
    const { clock, end, wire } = setUp([toHost({ kind: 'lose' }, { from: 2, to: 3 })]);
    for (const frame of ['a', 'b', 'c', 'd']) wire.write(bytesOfLatin1(frame));
    await clock.settle();
    expect(end.written).toEqual(['a', 'd']);
    expect(wire.faultCount).toBe(2);
  });

  it('hits about one frame in so many', async () => {
    const { clock, end, wire } = setUp([toHost({ kind: 'lose' }, { oneIn: 4 })]);
    for (let i = 0; i < 400; i++) wire.write(bytesOfLatin1('a'));
    await clock.settle();
    expect(end.written.length).toBeGreaterThan(250);
    expect(end.written.length).toBeLessThan(350);
  });

  it('cuts a frame short, pulls the plug and puts it back', async () => {
    const { clock, end, plug, wire } = setUp([
      toHost({ kind: 'truncate', afterBytes: 2, replugAfterMs: 100 }, { from: 1, to: 1 }),
    ]);
    wire.write(bytesOfLatin1('abcd'));
    wire.write(bytesOfLatin1('never sent'));
    await clock.advance(50);
    expect(end.written).toEqual(['ab']);
    expect(plug).toEqual(['unplug']);
    await clock.advance(100);
    expect(plug).toEqual(['unplug', 'replug']);
    wire.write(bytesOfLatin1('works again'));
    await clock.settle();
    expect(end.written).toEqual(['ab', 'works again']);
  });

  it('distorts what the host sends as well', async () => {
    const { clock, end, received } = setUp([
      { direction: 'toDevice', frames: { from: 1, to: 1 }, fault: { kind: 'dropByte', at: 0 } },
    ]);
    end.fromHost('abc');
    end.fromHost('def');
    await clock.settle();
    expect(received).toEqual(['bc', 'def']);
  });

  it('delivers what is late at once when it is released, in order', async () => {
    const { clock, end, wire } = setUp([
      toHost({ kind: 'stall', forMs: 30_000 }, { from: 1, to: 2 }),
      toHost({ kind: 'merge', frames: 2, holdMs: 50 }, { from: 3, to: 3 }),
    ]);
    for (const frame of ['a', 'b', 'c']) wire.write(bytesOfLatin1(frame));
    wire.setPlan([]);
    wire.release();
    wire.write(bytesOfLatin1('d'));
    await clock.settle();
    expect(end.written).toEqual(['a', 'b', 'c', 'd']);
    await clock.advance(90_000);
    expect(end.written).toEqual(['a', 'b', 'c', 'd']);
  });

  it('makes other bytes of a frame that is read at another speed', async () => {
    const { clock, end, wire } = setUp([toHost({ kind: 'garble' })]);
    wire.write(bytesOfLatin1('an ordinary frame'));
    await clock.settle();
    expect(end.written.join('')).not.toContain('ordinary');
    expect(end.written.join('').length).toBeGreaterThan(13);
  });

  it('takes a new plan in the middle of a run', async () => {
    const { clock, end, wire } = setUp([toHost({ kind: 'lose' })]);
    wire.write(bytesOfLatin1('a'));
    wire.setPlan([]);
    wire.write(bytesOfLatin1('b'));
    await clock.settle();
    expect(end.written).toEqual(['b']);
  });
});

describe('recording wire', () => {
  it('keeps a transcript of both directions with the time of each piece', async () => {
    const clock = new VirtualClock();
    const { end } = bareWire();
    await clock.advance(1_000);
    const wire = recordingWire(end, clock);
    wire.onData((bytes) => clock.setTimeout(() => wire.write(bytes), 250));
    end.fromHost('\x7e\x00');
    await clock.advance(500);
    expect(wire.transcript()).toBe('+0 > 7E00\n+250 < 7E00');
    expect(end.written).toEqual(['\x7e\x00']);
  });
});
