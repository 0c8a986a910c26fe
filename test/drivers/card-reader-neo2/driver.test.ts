import { describe, expect, it } from '@jest/globals';
import { Neo2Parser } from '../../../drivers/card-reader-neo2/codec.ts';
import { bytesOfLatin1, latin1Of } from '../../../firmware/base/bytes.ts';
import { cancelSource, NEVER_CANCELLED } from '../../../firmware/base/cancel.ts';
import { type CardRequest, HalError } from '../../../firmware/hal/index.ts';
import { testCard } from '../../../hal-mock/cards/test-cards.ts';
import { openBench } from './bench.ts';

type Bench = Awaited<ReturnType<typeof openBench>>;

const REQUEST: CardRequest = {
  accept: ['swipe', 'chip', 'tap'],
  amountFen: 8800,
  wallMs: Date.UTC(2026, 10, 21, 4, 0, 5),
  timeoutMs: 30_000,
};

const APPROVED = { responseCode: '00', issuerData: new Uint8Array() };

/** Commands that the driver sent, as `command-sub` in hex. */
function sentCommands(bench: Bench): string[] {
  const items = new Neo2Parser('command').push(Uint8Array.from(bench.sent));
  return items.map((item) => {
    if (item.kind !== 'frame') return item.kind;
    return [item.frame.command, item.frame.code].map((byte) => byte.toString(16).padStart(2, '0')).join('-');
  });
}

/** Starts a reading and inserts, taps or swipes once the reader waits. */
async function start(bench: Bench, how: 'insert' | 'tap' | 'swipe' | 'nothing', id = 'debit', request = REQUEST) {
  const cancel = cancelSource();
  const reading = bench.reader.readCard(request, cancel.signal);
  reading.catch(() => undefined);
  await bench.clock.runUntil(() => bench.emulator.waitingFor.length > 0);
  if (how !== 'nothing') bench.emulator[how](testCard(id));
  return { reading, cancel };
}

describe('NEO 2 driver', () => {
  it('sets the reader up once, before the first card', async () => {
    const bench = await openBench();
    const { reading } = await start(bench, 'tap', 'contactless');
    await bench.run(reading);
    await bench.run((await start(bench, 'tap', 'contactless')).reading);
    expect(sentCommands(bench)).toEqual(['05-01', '18-01', '01-01', '12-01', '02-40', '02-40']);
  });

  it('sets it up again after it came back', async () => {
    const bench = await openBench();
    await bench.run((await start(bench, 'tap', 'contactless')).reading);
    bench.emulator.unplug();
    bench.emulator.replug();
    await bench.clock.runUntil(() => !bench.line.connected);
    await bench.clock.runUntil(() => bench.line.connected);
    await bench.run((await start(bench, 'tap', 'contactless')).reading);
    expect(sentCommands(bench).filter((command) => command === '18-01')).toHaveLength(2);
  });

  it('works with a reader whose serial number was never set', async () => {
    const bench = await openBench({ emulator: { serialNumber: undefined } });
    const { reading } = await start(bench, 'tap', 'contactless');
    expect(await bench.run(reading)).toMatchObject({ kind: 'read' });
  });

  it.each([0, 1, 3])('takes %i announcements of a card for what they are', async (events) => {
    const bench = await openBench();
    bench.emulator.faults.eventsPerCard = events;
    expect(await bench.run((await start(bench, 'insert')).reading)).toMatchObject({ kind: 'read' });
  });

  it('gives a card its time when it came in the last moment', async () => {
    const bench = await openBench();
    const { reading } = await start(bench, 'nothing', '', { ...REQUEST, timeoutMs: 2000 });
    await bench.clock.advance(1700);
    bench.emulator.insert(testCard('debit'));
    expect(await bench.run(reading)).toMatchObject({ kind: 'read' });
    expect(bench.clock.monotonicMs()).toBeGreaterThan(2500);
  });

  it('waits as long as it was asked to, beyond what the reader can count', async () => {
    const bench = await openBench();
    const startedMs = bench.clock.monotonicMs();
    const { reading } = await start(bench, 'nothing', '', { ...REQUEST, timeoutMs: 400_000 });
    expect(await bench.run(reading)).toEqual({ kind: 'timedOut' });
    const tookMs = bench.clock.monotonicMs() - startedMs;
    expect(tookMs).toBeGreaterThanOrEqual(400_000);
    expect(tookMs).toBeLessThan(401_000);
    expect(bench.emulator.misuses).toEqual([]);
  });

  describe('cancelling while a card is read', () => {
    it.each(['before', 'after'] as const)('gives the card that was quicker, told %s the cancel', async (order) => {
      const bench = await openBench();
      bench.emulator.faults.resultAtCancel = order;
      const { reading, cancel } = await start(bench, 'insert');
      await bench.clock.advance(500);
      expect(bench.emulator.state).toBe('transaction');
      cancel.cancel();
      const result = await bench.run(reading);
      expect(result).toMatchObject({ kind: 'read', card: { interface: 'chip' } });
      expect(await bench.run(bench.reader.completeChip(APPROVED))).toMatchObject({ kind: 'accepted' });
    });

    it('gives a cancel when the reader dropped the card, and holds no secrets', async () => {
      const bench = await openBench();
      const { reading, cancel } = await start(bench, 'insert');
      await bench.clock.advance(500);
      cancel.cancel();
      expect(await bench.run(reading)).toEqual({ kind: 'cancelled' });
      expect(bench.emulator.state).toBe('idle');
      expect(bench.vault.count()).toBe(0);
    });

    it('gives a cancel, not a problem, when the card was unreadable at that moment', async () => {
      const bench = await openBench();
      bench.emulator.faults.resultAtCancel = 'before';
      const { reading, cancel } = await start(bench, 'insert', 'chip-mute');
      await bench.clock.advance(500);
      cancel.cancel();
      expect(await bench.run(reading)).toEqual({ kind: 'cancelled' });
    });

    it('gives a cancel when the reader ends the activation with an error because of it', async () => {
      const bench = await openBench({ faults: { cancelFailsActivation: true } });
      const { reading, cancel } = await start(bench, 'nothing');
      cancel.cancel();
      expect(await bench.run(reading)).toEqual({ kind: 'cancelled' });
      expect(await bench.run((await start(bench, 'tap', 'contactless')).reading)).toMatchObject({ kind: 'read' });
    });

    it('tells the reader to give up a chip that nobody completes', async () => {
      const bench = await openBench();
      await bench.run((await start(bench, 'insert')).reading);
      expect(bench.emulator.state).toBe('waiting');
      const { reading, cancel } = await start(bench, 'nothing', '', { ...REQUEST, accept: ['tap'] });
      cancel.cancel();
      await bench.run(reading);
      expect(sentCommands(bench).slice(4)).toEqual(['02-40', '05-01', '02-40', '05-01']);
    });

    it('rejects when the reader does not answer the cancel, and starts over the next time', async () => {
      const bench = await openBench();
      const { reading, cancel } = await start(bench, 'nothing');
      bench.emulator.faults.ignoreCommands = 6;
      cancel.cancel();
      await expect(bench.run(reading)).rejects.toMatchObject({ kind: 'timeout', retriable: true });
      expect(bench.emulator.state).toBe('polling');
      expect(await bench.run((await start(bench, 'tap', 'contactless')).reading)).toMatchObject({ kind: 'read' });
      expect(bench.emulator.misuses).toEqual([]);
    });
  });

  describe('a bad line', () => {
    it('repeats what may be repeated', async () => {
      const bench = await openBench({ faults: { flipResponses: 2 } });
      expect(await bench.run((await start(bench, 'tap', 'contactless')).reading)).toMatchObject({ kind: 'read' });
      expect(sentCommands(bench).filter((command) => command === '05-01')).toHaveLength(3);
    });

    it('says that nobody answers, after three tries', async () => {
      const bench = await openBench({ faults: { ignoreCommands: 1000 } });
      const reading = bench.reader.readCard(REQUEST, NEVER_CANCELLED);
      await expect(bench.run(reading)).rejects.toMatchObject({ kind: 'timeout', device: 'cardReader' });
      expect(sentCommands(bench)).toEqual(['05-01', '05-01', '05-01']);
      bench.emulator.faults.ignoreCommands = 0;
      expect(await bench.run((await start(bench, 'tap', 'contactless')).reading)).toMatchObject({ kind: 'read' });
    });

    it('never sends an activation twice', async () => {
      const bench = await openBench();
      await bench.run((await start(bench, 'tap', 'contactless')).reading);
      bench.sent.length = 0;
      bench.emulator.faults.ignoreCommands = 1;
      const reading = bench.reader.readCard({ ...REQUEST, timeoutMs: 60_000 }, NEVER_CANCELLED);
      expect(await bench.run(reading)).toEqual({ kind: 'timedOut' });
      expect(sentCommands(bench)).toEqual(['02-40', '05-01']);
    });

    it('never sends an issuer’s answer twice, and says that the outcome is not known', async () => {
      const bench = await openBench();
      await bench.run((await start(bench, 'insert')).reading);
      bench.sent.length = 0;
      bench.emulator.faults.ignoreCommands = 1;
      await expect(bench.run(bench.reader.completeChip(APPROVED))).rejects.toMatchObject({ kind: 'timeout' });
      expect(sentCommands(bench)).toEqual(['60-12', '05-01']);
    });

    it('keeps what the chip said when the reader falls silent after it', async () => {
      const bench = await openBench();
      await bench.run((await start(bench, 'insert')).reading);
      const completion = bench.reader.completeChip(APPROVED);
      await bench.clock.advance(1);
      bench.emulator.faults.ignoreCommands = 1000;
      expect(await bench.run(completion)).toMatchObject({ kind: 'accepted' });
    });

    it('reads the right card or none, whatever bit is wrong in its data', async () => {
      const seen = new Set<string>();
      for (let seed = 1; seed <= 60; seed++) {
        const bench = await openBench({ seed });
        const { reading } = await start(bench, 'tap', 'contactless');
        await bench.clock.advance(201);
        bench.emulator.faults.flipResponses = 1;
        const result = await bench.run(reading).catch((error: unknown) => error);
        if (result instanceof HalError) {
          seen.add(result.kind);
          expect(bench.vault.count()).toBe(0);
        } else {
          const { card } = result as { card: { panRef: Parameters<typeof bench.vault.reveal>[0] } };
          expect(latin1Of(bench.vault.reveal(card.panRef))).toBe(testCard('contactless').pan);
        }
        bench.emulator.faults.flipResponses = 0;
        expect(await bench.run((await start(bench, 'tap', 'contactless')).reading)).toMatchObject({ kind: 'read' });
        expect(bench.emulator.misuses).toEqual([]);
      }
      expect(seen).toContain('protocol');
    });

    it('takes bytes one by one, and reads of one byte', async () => {
      const bench = await openBench({ readBytesMax: 1 });
      bench.emulator.faults.dribble = true;
      expect(await bench.run((await start(bench, 'insert')).reading)).toMatchObject({ kind: 'read' });
      expect(await bench.run(bench.reader.completeChip(APPROVED))).toMatchObject({ kind: 'accepted' });
    });

    it('is not misled by noise, not even by the beginning of a frame', async () => {
      const bench = await openBench();
      const { reading } = await start(bench, 'nothing');
      bench.end.write(bytesOfLatin1('\u00ff\u0000VVViVO'));
      await bench.clock.advance(300);
      bench.end.write(bytesOfLatin1('ViVOtech2\0\u0002'));
      await bench.clock.advance(300);
      bench.emulator.tap(testCard('contactless'));
      expect(await bench.run(reading)).toMatchObject({ kind: 'read' });
    });

    it('says so when the rates of reader and port differ', async () => {
      const bench = await openBench({ emulator: { hostBaudRate: () => 9600 } });
      const reading = bench.reader.readCard(REQUEST, NEVER_CANCELLED);
      await expect(bench.run(reading)).rejects.toMatchObject({ kind: 'timeout' });
    });

    it('ends at once when the reader is not there', async () => {
      const bench = await openBench();
      bench.emulator.unplug();
      await bench.clock.runUntil(() => !bench.line.connected);
      const gone = { kind: 'disconnected' };
      await expect(bench.reader.readCard(REQUEST, NEVER_CANCELLED)).rejects.toMatchObject(gone);
      await expect(bench.reader.waitForRemoval(1000, NEVER_CANCELLED)).rejects.toMatchObject(gone);
    });

    it('loses the outcome, and says so, when the reader goes away during the second cryptogram', async () => {
      const bench = await openBench();
      await bench.run((await start(bench, 'insert')).reading);
      const completion = bench.reader.completeChip(APPROVED);
      completion.catch(() => undefined);
      await bench.clock.advance(100);
      bench.emulator.unplug();
      await expect(bench.run(completion)).rejects.toMatchObject({ kind: 'disconnected' });
    });
  });

  it('does nothing that the reader forbids, over a whole day of sales', async () => {
    const bench = await openBench();
    for (const [how, id] of [
      ['insert', 'credit'],
      ['tap', 'phone'],
      ['swipe', 'magstripe-only'],
      ['insert', 'chip-mute'],
      ['insert', 'refuses-after-approval'],
      ['tap', 'tap-wants-chip'],
    ] as const) {
      const reading = await bench.run((await start(bench, how, id)).reading);
      if (reading.kind === 'read' && reading.card.interface === 'chip') {
        await bench.run(bench.reader.completeChip(APPROVED));
      }
      bench.emulator.pull();
      expect(await bench.run(bench.reader.waitForRemoval(5000, NEVER_CANCELLED))).toBe('removed');
    }
    expect(bench.emulator.misuses).toEqual([]);
  });
});
