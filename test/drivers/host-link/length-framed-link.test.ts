import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { LATE_REPLY_WAIT_MS, LengthFramedLink } from '../../../drivers/host-link/length-framed-link.ts';
import { concatBytes, hexOf } from '../../../firmware/base/bytes.ts';
import type { Connection, Dial } from '../../../firmware/hal/index.ts';
import { withLength } from '../../../firmware/protocol/iso8583/frame.ts';
import { VirtualClock } from '../../../hal-mock/time.ts';
import { MemoryNetwork } from './hosts.ts';

const DEADLINE_MS = 60_000;
const MESSAGE = new Uint8Array([0x60, 1, 2, 3]);
const REPLY = new Uint8Array([0x61, 4, 5]);
const OTHER = new Uint8Array([0x62]);

/** A host whose connections a test holds in its hands. */
function setUp({ keepOpen = true, dial }: { readonly keepOpen?: boolean; readonly dial?: Dial } = {}) {
  const clock = new VirtualClock();
  const ends: Connection[] = [];
  const received: string[] = [];
  const network = new MemoryNetwork((end) => {
    end.onData((bytes) => received.push(hexOf(bytes)));
    ends.push(end);
  });
  const link = new LengthFramedLink({ dial: dial ?? network.dial, clock, connectTimeoutMs: 10_000, keepOpen });
  const late: string[] = [];
  link.onLateReply((reply) => late.push(hexOf(reply)));
  const answer = async (connection: number, ...frames: readonly Uint8Array[]) => {
    await clock.settle();
    ends[connection]?.write(concatBytes(...frames.map(withLength)));
  };
  return { clock, network, link, late, ends, received, answer };
}

describe('the connection of a LengthFramedLink', () => {
  it('puts the length before the message', async () => {
    const { link, received, answer } = setUp();
    const exchange = link.exchange(MESSAGE, DEADLINE_MS);
    await answer(0, REPLY);
    await exchange;
    expect(received).toEqual(['000460010203']);
  });

  it('is used again when it may stay open', async () => {
    const { link, network, answer } = setUp();
    for (let i = 0; i < 3; i++) {
      const exchange = link.exchange(MESSAGE, DEADLINE_MS);
      await answer(0, REPLY);
      expect(await exchange).toEqual({ kind: 'replied', reply: REPLY });
    }
    expect([network.dials, network.openConnections]).toEqual([1, 1]);
  });

  it('is closed after each reply when it may not', async () => {
    const { clock, link, network, answer } = setUp({ keepOpen: false });
    for (let i = 0; i < 3; i++) {
      const exchange = link.exchange(MESSAGE, DEADLINE_MS);
      await answer(i, REPLY);
      await exchange;
      await clock.settle();
      expect(network.openConnections).toBe(0);
    }
    expect(network.dials).toBe(3);
  });

  it('is made anew after the host closed it between two exchanges', async () => {
    const { clock, link, network, ends, answer } = setUp();
    const first = link.exchange(MESSAGE, DEADLINE_MS);
    await answer(0, REPLY);
    await first;
    ends[0]?.close();
    await clock.settle();
    const second = link.exchange(MESSAGE, DEADLINE_MS);
    await answer(1, REPLY);
    expect(await second).toEqual({ kind: 'replied', reply: REPLY });
    expect(network.dials).toBe(2);
  });

  it('is given up for a length that cannot be true, because nothing behind it can be read', async () => {
    const { clock, link, network, ends, answer } = setUp();
    const exchange = link.exchange(MESSAGE, DEADLINE_MS);
    await clock.settle();
    ends[0]?.write(new Uint8Array([0xff, 0xff, 1, 2, 3]));
    expect(await exchange).toEqual({ kind: 'unknown', reason: 'disconnected' });
    await clock.settle();
    expect(network.openConnections).toBe(0);
    const next = link.exchange(MESSAGE, DEADLINE_MS);
    await answer(1, REPLY);
    expect(await next).toMatchObject({ kind: 'replied' });
  });

  it('that breaks inside a reply leaves the outcome unknown', async () => {
    const { clock, link, ends } = setUp();
    const exchange = link.exchange(MESSAGE, DEADLINE_MS);
    await clock.settle();
    ends[0]?.write(withLength(REPLY).subarray(0, 4));
    ends[0]?.close();
    expect(await exchange).toEqual({ kind: 'unknown', reason: 'disconnected' });
  });

  it('gives replies that come between exchanges to the listener', async () => {
    const { clock, link, late, answer } = setUp();
    const exchange = link.exchange(MESSAGE, DEADLINE_MS);
    await answer(0, REPLY, OTHER);
    expect(await exchange).toEqual({ kind: 'replied', reply: REPLY });
    await answer(0, REPLY);
    await clock.settle();
    expect(late).toEqual([hexOf(OTHER), hexOf(REPLY)]);
  });

  it('reads the same replies however the network cuts the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        async (replies, cuts) => {
          const { clock, link, late, ends } = setUp();
          const exchange = link.exchange(MESSAGE, DEADLINE_MS);
          await clock.settle();
          const stream = concatBytes(...replies.map(withLength));
          for (let at = 0, i = 0; at < stream.length; i++) {
            const end = at + (cuts[i % cuts.length] ?? 1);
            ends[0]?.write(stream.slice(at, end));
            at = end;
          }
          expect(await exchange).toEqual({ kind: 'replied', reply: replies[0] });
          await clock.settle();
          expect(late).toEqual(replies.slice(1).map(hexOf));
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('a LengthFramedLink after a deadline', () => {
  async function missDeadline(parts: ReturnType<typeof setUp>): Promise<void> {
    const outcome = await parts.clock.resolve(parts.link.exchange(MESSAGE, 1_000));
    expect(outcome).toEqual({ kind: 'unknown', reason: 'deadline' });
  }

  it('hears the late reply for a minute and then closes the old connection', async () => {
    const parts = setUp();
    await missDeadline(parts);
    await parts.clock.advance(LATE_REPLY_WAIT_MS - 1);
    await parts.answer(0, REPLY);
    await parts.clock.settle();
    expect(parts.late).toEqual([hexOf(REPLY)]);
    expect(parts.network.openConnections).toBe(1);
    await parts.clock.advance(1);
    expect(parts.network.openConnections).toBe(0);
  });

  it('keeps only the newest connections waiting', async () => {
    const parts = setUp();
    for (let i = 0; i < 10; i++) await missDeadline(parts);
    expect(parts.network.openConnections).toBe(4);
    await parts.answer(9, REPLY);
    await parts.clock.settle();
    expect(parts.late).toEqual([hexOf(REPLY)]);
  });
});

describe('a LengthFramedLink that cannot connect', () => {
  it.each(['refused', 'unreachable'] as const)('says notSent: %s', async (reason) => {
    const { link } = setUp({ dial: async () => ({ kind: 'failed', reason }) });
    expect(await link.exchange(MESSAGE, DEADLINE_MS)).toEqual({ kind: 'notSent', reason });
  });

  it('gives up at the connect timeout and closes a connection that comes later', async () => {
    const standIn = setUp();
    let connect: () => void = () => undefined;
    const parts = setUp({
      dial: async () => {
        await new Promise<void>((resolve) => (connect = resolve));
        return standIn.network.dial();
      },
    });
    const startMs = parts.clock.monotonicMs();
    const outcome = await parts.clock.resolve(parts.link.exchange(MESSAGE, DEADLINE_MS));
    expect(outcome).toEqual({ kind: 'notSent', reason: 'unreachable' });
    expect(parts.clock.monotonicMs() - startMs).toBe(10_000);
    connect();
    await parts.clock.settle();
    expect(standIn.network.dials).toBe(1);
    expect(standIn.network.openConnections).toBe(0);
    expect(standIn.received).toEqual([]);
  });

  it('says notSent at the deadline when that is earlier', async () => {
    const { clock, link } = setUp({ dial: () => new Promise(() => undefined) });
    const outcome = await clock.resolve(link.exchange(MESSAGE, 2_000));
    expect(outcome).toEqual({ kind: 'notSent', reason: 'unreachable' });
    expect(clock.monotonicMs()).toBe(2_000);
  });
});

describe('a LengthFramedLink that is closed', () => {
  it('leaves what went on unknown, sends nothing more and holds nothing open', async () => {
    const { clock, link, network, received } = setUp();
    const going = link.exchange(MESSAGE, DEADLINE_MS);
    await clock.settle();
    const waiting = link.exchange(OTHER, DEADLINE_MS);
    link.close();
    expect(await going).toEqual({ kind: 'unknown', reason: 'disconnected' });
    expect(await waiting).toEqual({ kind: 'notSent', reason: 'closed' });
    expect(await link.exchange(OTHER, DEADLINE_MS)).toEqual({ kind: 'notSent', reason: 'closed' });
    expect(network.openConnections).toBe(0);
    expect(received).toEqual([hexOf(withLength(MESSAGE))]);
  });

  it('refuses a message that no frame holds before anything is dialled', async () => {
    const { link, network } = setUp();
    await expect(link.exchange(new Uint8Array(0), DEADLINE_MS)).rejects.toMatchObject({ name: 'ProtocolError' });
    expect(network.dials).toBe(0);
  });
});
