import { describe, expect, it } from '@jest/globals';
import { RequestSession, type Received, type SessionParser } from '../../../drivers/serial/request-session.ts';
import { openSerialLine } from '../../../drivers/serial/serial-port-line.ts';
import { bytesOfLatin1, latin1Of } from '../../../firmware/base/bytes.ts';
import { VirtualClock } from '../../../hal-mock/time.ts';
import { memoryWire } from '../../../hal-mock/wire/memory-wire.ts';

/** A toy protocol: answers end in `.`, `!` is an event, an answer with `#` in it is damaged. */
class LineParser implements SessionParser<string, string> {
  #text = '';

  push(bytes: Uint8Array): readonly Received<string, string>[] {
    const received: Received<string, string>[] = [];
    for (const character of latin1Of(bytes)) {
      if (character === '!') received.push({ kind: 'event', event: '!' });
      else if (character === '.') received.push(this.#finish());
      else this.#text += character;
    }
    return received;
  }

  reset(): void {
    this.#text = '';
  }

  #finish(): Received<string, string> {
    const reply = this.#text;
    this.#text = '';
    return reply.includes('#') ? { kind: 'damaged' } : { kind: 'reply', reply };
  }
}

async function setUp(
  answer: (command: string, count: number) => { readonly afterMs: number; readonly text: string }[],
) {
  const clock = new VirtualClock();
  const wire = memoryWire();
  const commands: string[] = [];
  wire.end.onData((bytes) => {
    commands.push(latin1Of(bytes));
    for (const { afterMs, text } of answer(latin1Of(bytes), commands.length)) {
      clock.setTimeout(() => wire.end.write(bytesOfLatin1(text)), afterMs);
    }
  });
  const line = openSerialLine({
    device: 'pinPad',
    path: wire.path,
    settings: { baudRate: 9600 },
    binding: wire.binding,
    clock,
  });
  const events: string[] = [];
  const session = new RequestSession<string, string>({
    line,
    clock,
    parser: new LineParser(),
    quietMs: 100,
    onEvent: (event) => events.push(event),
  });
  await clock.runUntil(() => line.connected);
  const ask = (command: string, options: { retries?: number; accept?: (reply: string) => boolean } = {}) =>
    session.request(bytesOfLatin1(command), { replyDeadlineMs: 1_000, ...options });
  return { clock, wire, commands, events, ask };
}

describe('request session', () => {
  it('answers each of several commands in turn, one on the line at a time', async () => {
    const open: string[] = [];
    const { clock, ask } = await setUp((command) => {
      open.push(command);
      return [{ afterMs: 50, text: `${command}.` }];
    });
    const replies = Promise.all([ask('a'), ask('b'), ask('c')]);
    await clock.advance(60);
    expect(open).toEqual(['a', 'b']);
    expect(await clock.resolve(replies)).toEqual(['a', 'b', 'c']);
  });

  it('passes events on between the bytes of an answer', async () => {
    const { clock, ask, events } = await setUp(() => [
      { afterMs: 5, text: 'o!' },
      { afterMs: 10, text: 'k!.' },
    ]);
    expect(await clock.resolve(ask('a'))).toBe('ok');
    expect(events).toEqual(['!', '!']);
  });

  it('repeats a command that may be repeated, and only as often as told', async () => {
    const { clock, ask, commands } = await setUp((_, count) => (count === 3 ? [{ afterMs: 1, text: 'ok.' }] : []));
    expect(await clock.resolve(ask('a', { retries: 2 }))).toBe('ok');
    expect(commands).toEqual(['a', 'a', 'a']);
  });

  it('says timeout after silence, without a repeat unless asked', async () => {
    const { clock, ask, commands } = await setUp(() => []);
    await expect(clock.resolve(ask('a'))).rejects.toMatchObject({ kind: 'timeout', device: 'pinPad' });
    expect(commands).toEqual(['a']);
    expect(clock.monotonicMs()).toBeLessThan(1_100);
  });

  it('says protocol when every answer is damaged', async () => {
    const { clock, ask, commands } = await setUp(() => [{ afterMs: 1, text: '#.' }]);
    await expect(clock.resolve(ask('a', { retries: 1 }))).rejects.toMatchObject({ kind: 'protocol' });
    expect(commands).toEqual(['a', 'a']);
  });

  it('does not take a late answer for the answer to the next command', async () => {
    const { clock, ask } = await setUp((command) => [
      { afterMs: command === 'slow' ? 1_080 : 200, text: `${command}.` },
    ]);
    const slow = expect(ask('slow')).rejects.toMatchObject({ kind: 'timeout' });
    const next = ask('next');
    expect(await clock.resolve(next)).toBe('next');
    await slow;
  });

  it('waits on past an answer that is not accepted', async () => {
    const { clock, ask } = await setUp(() => [
      { afterMs: 5, text: 'old.' },
      { afterMs: 9, text: 'new.' },
    ]);
    expect(await clock.resolve(ask('a', { accept: (reply) => reply === 'new' }))).toBe('new');
  });

  it('ends the wait when the device goes, and works again afterwards', async () => {
    const { clock, wire, ask } = await setUp((command) =>
      command === 'lost' ? [{ afterMs: 1, text: 'half an ans' }] : [{ afterMs: 1, text: 'ok.' }],
    );
    const lost = expect(ask('lost', { retries: 3 })).rejects.toMatchObject({ kind: 'disconnected' });
    await clock.advance(10);
    wire.end.unplug();
    await clock.settle();
    await lost;
    wire.end.replug();
    await clock.advance(1_000);
    expect(await clock.resolve(ask('a'))).toBe('ok');
  });
});
