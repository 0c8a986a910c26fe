import { afterEach, describe, expect, it } from '@jest/globals';
import { bytesOfLatin1, hexOf } from '../../firmware/base/bytes.ts';
import type { HostLink } from '../../firmware/hal/index.ts';

/** One message as the host got it. */
export interface ReceivedRequest {
  readonly message: Uint8Array;
  readonly reply: (bytes: Uint8Array) => void;
  readonly disconnect: () => void;
}

/** A link, the host at its other end, and the time between them. */
export interface HostLinkUnderTest {
  readonly link: HostLink;
  /** The next message that reaches the host, in the order of arrival. */
  readonly nextRequest: () => Promise<ReceivedRequest>;
  /** Messages that reached the host so far. */
  readonly requestCount: () => number;
  /** No connection can be made any more, and none is open. */
  readonly goDown: () => Promise<void>;
  /** Lets time pass until this is settled. */
  readonly passTime: <T>(promise: Promise<T>) => Promise<T>;
  /** A deadline that soon passes. */
  readonly shortMs: number;
  readonly dispose: () => Promise<void>;
}

const LONG_MS = 30_000;

function bytes(text: string): Uint8Array {
  return bytesOfLatin1(text);
}

function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 0xff);
}

/** Late replies as they come, and a promise for the first of them. */
function lateRepliesOf(link: HostLink): { readonly all: string[]; readonly first: Promise<void> } {
  const all: string[] = [];
  const first = new Promise<void>((resolve) => {
    link.onLateReply((reply) => {
      all.push(hexOf(reply));
      resolve();
    });
  });
  return { all, first };
}

type Open = () => Promise<HostLinkUnderTest>;

function orderlyCases(open: Open): void {
  it.each([1, 2, 255, 256, 1000, 2048])('carries %i bytes there and back unchanged', async (length) => {
    const { link, nextRequest } = await open();
    const exchange = link.exchange(pattern(length), LONG_MS);
    const request = await nextRequest();
    expect(hexOf(request.message)).toBe(hexOf(pattern(length)));
    request.reply(pattern(length).toReversed());
    const outcome = await exchange;
    expect(outcome.kind === 'replied' && hexOf(outcome.reply)).toBe(hexOf(pattern(length).toReversed()));
  });

  it('sends a second message only after the first exchange has ended', async () => {
    const { link, nextRequest, requestCount } = await open();
    const first = link.exchange(bytes('first'), LONG_MS);
    const second = link.exchange(bytes('second'), LONG_MS);
    const request = await nextRequest();
    expect(requestCount()).toBe(1);
    request.reply(bytes('one'));
    expect(await first).toEqual({ kind: 'replied', reply: bytes('one') });
    (await nextRequest()).reply(bytes('two'));
    expect(await second).toEqual({ kind: 'replied', reply: bytes('two') });
  });

  it('goes on for many exchanges', async () => {
    const { link, nextRequest } = await open();
    for (let i = 0; i < 10; i++) {
      const exchange = link.exchange(bytes(`request ${i}`), LONG_MS);
      (await nextRequest()).reply(bytes(`reply ${i}`));
      expect(await exchange).toEqual({ kind: 'replied', reply: bytes(`reply ${i}`) });
    }
  });
}

function notSentCases(open: Open): void {
  it('says notSent while the host is down, and nothing reaches it', async () => {
    const { link, goDown, requestCount, passTime } = await open();
    await goDown();
    expect(await passTime(link.exchange(bytes('lost'), LONG_MS))).toMatchObject({ kind: 'notSent' });
    expect(requestCount()).toBe(0);
  });

  it('says notSent for a message whose turn did not come before its deadline', async () => {
    const { link, nextRequest, requestCount, passTime, shortMs } = await open();
    const first = link.exchange(bytes('slow'), LONG_MS);
    const request = await nextRequest();
    expect(await passTime(link.exchange(bytes('queued'), shortMs))).toMatchObject({ kind: 'notSent' });
    request.reply(bytes('done'));
    expect(await first).toMatchObject({ kind: 'replied' });
    const next = link.exchange(bytes('next'), LONG_MS);
    const nextInHost = await nextRequest();
    expect(nextInHost.message).toEqual(bytes('next'));
    expect(requestCount()).toBe(2);
    nextInHost.reply(bytes('done'));
    await next;
  });
}

function unknownCases(open: Open): void {
  it('says unknown when the deadline passes, and hears the late reply exactly once', async () => {
    const { link, nextRequest, passTime, shortMs } = await open();
    const late = lateRepliesOf(link);
    const exchange = link.exchange(bytes('slow'), shortMs);
    const request = await nextRequest();
    expect(await passTime(exchange)).toEqual({ kind: 'unknown', reason: 'deadline' });
    request.reply(bytes('too late'));
    await late.first;
    const next = link.exchange(bytes('next'), LONG_MS);
    (await nextRequest()).reply(bytes('in time'));
    expect(await next).toEqual({ kind: 'replied', reply: bytes('in time') });
    expect(late.all).toEqual([hexOf(bytes('too late'))]);
  });

  it('does not take a late reply for the reply to the next message', async () => {
    const { link, nextRequest, passTime, shortMs } = await open();
    const late = lateRepliesOf(link);
    const slow = link.exchange(bytes('slow'), shortMs);
    const slowRequest = await nextRequest();
    await passTime(slow);
    const next = link.exchange(bytes('next'), LONG_MS);
    const nextInHost = await nextRequest();
    slowRequest.reply(bytes('too late'));
    await late.first;
    nextInHost.reply(bytes('in time'));
    expect(await next).toEqual({ kind: 'replied', reply: bytes('in time') });
    expect(late.all).toEqual([hexOf(bytes('too late'))]);
  });

  it('says unknown when the connection breaks after the message left, and connects again for the next', async () => {
    const { link, nextRequest } = await open();
    const exchange = link.exchange(bytes('cut'), LONG_MS);
    (await nextRequest()).disconnect();
    expect(await exchange).toEqual({ kind: 'unknown', reason: 'disconnected' });
    const next = link.exchange(bytes('next'), LONG_MS);
    (await nextRequest()).reply(bytes('back'));
    expect(await next).toEqual({ kind: 'replied', reply: bytes('back') });
  });
}

function unaskedCases(open: Open): void {
  it('gives a reply that nobody asked for to the listener', async () => {
    const { link, nextRequest } = await open();
    const late = lateRepliesOf(link);
    const exchange = link.exchange(bytes('once'), LONG_MS);
    const request = await nextRequest();
    request.reply(bytes('one'));
    request.reply(bytes('two'));
    expect(await exchange).toEqual({ kind: 'replied', reply: bytes('one') });
    await late.first;
    expect(late.all).toEqual([hexOf(bytes('two'))]);
  });
}

/**
 * Every sentence of the port, over one implementation.
 *
 * @param transport `request` when a host can send nothing but one reply to each request
 */
export function hostLinkContract(name: string, transport: 'stream' | 'request', start: Open): void {
  describe(`HostLink: ${name}`, () => {
    let opened: HostLinkUnderTest | undefined;
    const open = async () => (opened = await start());
    afterEach(async () => opened?.dispose());
    orderlyCases(open);
    notSentCases(open);
    unknownCases(open);
    if (transport === 'stream') unaskedCases(open);
  });
}
