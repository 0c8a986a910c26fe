import { describe, expect, it } from '@jest/globals';
import { bytesOfLatin1, latin1Of } from '../../../firmware/base/bytes.ts';
import { openSerialLine, type SerialLineOptions } from '../../../drivers/serial/serial-port-line.ts';
import { memoryWire } from '../../../hal-mock/wire/memory-wire.ts';
import { VirtualClock } from '../../../hal-mock/time.ts';

function setUp(options: Partial<SerialLineOptions> = {}) {
  const clock = new VirtualClock();
  const wire = memoryWire();
  const fromHost: string[] = [];
  const fromDevice: string[] = [];
  const events: string[] = [];
  wire.end.onData((bytes) => fromHost.push(latin1Of(bytes)));
  const line = openSerialLine({
    device: 'scanner',
    path: wire.path,
    settings: { baudRate: 9600 },
    binding: wire.binding,
    clock,
    onOpenFailure: (reason) => events.push(`failed: ${reason}`),
    ...options,
  });
  line.onData((bytes) => fromDevice.push(latin1Of(bytes)));
  line.onConnect(() => events.push('connected'));
  line.onDisconnect(() => events.push('lost'));
  return { clock, wire, line, fromHost, fromDevice, events };
}

/** The line up and announced. */
async function connected(options: Partial<SerialLineOptions> = {}) {
  const set = setUp(options);
  await set.clock.runUntil(() => set.line.connected);
  return set;
}

describe('serial line', () => {
  it('carries bytes both ways', async () => {
    const { clock, wire, line, fromHost, fromDevice } = await connected();
    await clock.resolve(line.write(bytesOfLatin1('ping')));
    wire.end.write(bytesOfLatin1('pong'));
    await clock.settle();
    expect(fromHost).toEqual(['ping']);
    expect(fromDevice).toEqual(['pong']);
  });

  it('throws away what the device sent before the line was announced', async () => {
    const { clock, wire, line, fromDevice } = setUp();
    await clock.settle();
    wire.end.write(bytesOfLatin1('stale'));
    await clock.runUntil(() => line.connected);
    wire.end.write(bytesOfLatin1('fresh'));
    await clock.settle();
    expect(fromDevice).toEqual(['fresh']);
  });

  it.each([
    ['nothing', undefined],
    ['another device', 'b'],
  ])(
    'notices before any answer is overdue that its path leads to %s, though the kernel said nothing',
    async (_, next) => {
      let identity: string | undefined = 'a';
      const { clock, events } = await connected({ identityOf: () => identity });
      await clock.advance(10_000);
      expect(events).toEqual(['connected']);
      identity = next;
      await clock.advance(499);
      expect(events).toEqual(['connected', 'lost']);
      identity = 'c';
      await clock.advance(1_000);
      expect(events).toEqual(['connected', 'lost', 'connected']);
    },
  );

  it('opens the port with the settings of the device', async () => {
    const { wire } = await connected({ settings: { baudRate: 38_400, stopBits: 2, parity: 'even', xonxoff: true } });
    expect(wire.openOptions).toMatchObject({ baudRate: 38_400, stopBits: 2, parity: 'even', xon: true, xoff: true });
  });

  it('tells of a loss once and connects again when the device is back', async () => {
    const { clock, wire, line, events, fromHost } = await connected();
    wire.end.unplug();
    await clock.settle();
    expect(line.connected).toBe(false);
    wire.end.replug();
    await clock.runUntil(() => line.connected, 1_000);
    await clock.resolve(line.write(bytesOfLatin1('again')));
    expect(events).toEqual(['connected', 'lost', 'connected']);
    expect(fromHost).toEqual(['again']);
  });

  it('waits twice as long after each failed attempt, up to the maximum', async () => {
    const { clock, wire, events } = await connected();
    wire.end.unplug();
    const attemptsAfterMs: number[] = [];
    const startMs = clock.monotonicMs();
    for (let known = events.length; attemptsAfterMs.length < 6; known = events.length) {
      await clock.runUntil(() => events.slice(known).some((event) => event.startsWith('failed')));
      attemptsAfterMs.push(clock.monotonicMs() - startMs);
    }
    expect(attemptsAfterMs).toEqual([500, 1_500, 3_500, 7_500, 12_500, 17_500]);
  });

  it('finds a device that is plugged in only later', async () => {
    const { clock, wire, line, events } = setUp();
    wire.end.unplug();
    await clock.advance(2_000);
    expect(line.connected).toBe(false);
    wire.end.replug();
    await clock.runUntil(() => line.connected);
    expect(events.at(-1)).toBe('connected');
  });

  it('rejects a write when nothing is connected', async () => {
    const { clock, wire, line } = await connected();
    wire.end.unplug();
    await clock.settle();
    await expect(line.write(bytesOfLatin1('x'))).rejects.toMatchObject({ kind: 'disconnected', device: 'scanner' });
  });

  it('rejects a write that is under way when the device goes', async () => {
    const { clock, wire, line } = await connected();
    wire.holdWrites(true);
    const writing = line.write(bytesOfLatin1('x'));
    wire.end.unplug();
    await expect(clock.resolve(writing)).rejects.toMatchObject({ kind: 'disconnected' });
  });

  it('gives up a write that does not drain and never sends the rest of it later', async () => {
    const { clock, wire, line, fromHost, events } = await connected({ writeDeadlineMs: 1_000 });
    wire.holdWrites(true);
    await expect(clock.resolve(line.write(bytesOfLatin1('stuck')), 2_000)).rejects.toMatchObject({ kind: 'timeout' });
    wire.holdWrites(false);
    await clock.runUntil(() => line.connected);
    await clock.resolve(line.write(bytesOfLatin1('next')));
    expect(fromHost).toEqual(['next']);
    expect(events).toEqual(['connected', 'lost', 'connected']);
  });

  it('closes for good: the port is free, a pending write fails, and nothing is tried again', async () => {
    const { clock, wire, line, events } = await connected();
    wire.holdWrites(true);
    const writing = line.write(bytesOfLatin1('x'));
    const outcome = expect(writing).rejects.toMatchObject({ kind: 'disconnected' });
    await clock.resolve(Promise.all([line.close(), line.close()]));
    await outcome;
    await clock.advance(60_000);
    expect(wire.openOptions).toBeUndefined();
    expect(events).toEqual(['connected', 'lost']);
  });

  it('closes a port whose opening is still under way', async () => {
    const { clock, wire, line, events } = setUp();
    await clock.resolve(line.close());
    await clock.advance(10_000);
    expect(wire.openOptions).toBeUndefined();
    expect(events).toEqual([]);
  });

  it('hands out bytes that stay the same while more arrive', async () => {
    const { clock, wire, line } = await connected();
    const chunks: Uint8Array[] = [];
    line.onData((bytes) => chunks.push(bytes));
    wire.end.write(bytesOfLatin1('one'));
    await clock.settle();
    wire.end.write(bytesOfLatin1('two'));
    await clock.settle();
    expect(chunks.map(latin1Of)).toEqual(['one', 'two']);
  });
});
