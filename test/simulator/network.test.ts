import { describe, expect, it } from '@jest/globals';
import type { Connection } from '../../firmware/hal/index.ts';
import { LengthFramer, withLength } from '../../firmware/protocol/iso8583/index.ts';
import { FaultSwitches } from '../../simulator/fault-switches.ts';
import { memoryDial, type NetworkFault } from '../../simulator/network.ts';
import { type SaleOptions, testHost, TestTerminal } from './terminal.ts';

const LATENCY_MS = 40;
const BY_CHIP: SaleOptions = { entry: 'chip', pin: '123456' };

function network() {
  const { host, clock } = testHost({ processingMs: 300 });
  const terminal = new TestTerminal(host);
  terminal.signOn();
  const faults = new FaultSwitches<NetworkFault>();
  return { host, clock, terminal, faults, dial: memoryDial(host, clock, LATENCY_MS, faults) };
}

async function connected({
  clock,
  dial,
}: ReturnType<typeof network>): Promise<Connection & { log: string[]; chunks: Uint8Array[] }> {
  const dialled = await clock.resolve(dial());
  if (dialled.kind !== 'connected') throw new Error('not connected');
  const { connection } = dialled;
  const [log, chunks]: [string[], Uint8Array[]] = [[], []];
  connection.onData((bytes) => {
    chunks.push(bytes);
    log.push(`data@${clock.monotonicMs()}`);
  });
  connection.onClose(() => log.push(`closed@${clock.monotonicMs()}`));
  return Object.assign(connection, { log, chunks });
}

function codesOf(terminal: TestTerminal, chunks: readonly Uint8Array[]): string[] {
  const framer = new LengthFramer();
  return chunks
    .flatMap((chunk) => framer.push(chunk))
    .map((frame) => terminal.readAnswers([{ kind: 'frame', afterMs: 0, frame }]).code);
}

describe('memory network', () => {
  it('opens after a round trip and answers after latency, processing and latency', async () => {
    const net = network();
    const connection = await connected(net);
    expect(net.clock.monotonicMs()).toBe(2 * LATENCY_MS);
    connection.write(withLength(net.terminal.frame(net.terminal.saleRequest('debit', 1000, BY_CHIP))));
    await net.clock.advance(10_000);
    expect(connection.log).toEqual([`data@${4 * LATENCY_MS + 300}`]);
    expect(codesOf(net.terminal, connection.chunks)).toEqual(['00']);
  });

  it('takes a frame in single bytes and gives the answer in pieces', async () => {
    const net = network();
    net.faults.inject({ kind: 'split', bytes: 7 });
    const connection = await connected(net);
    const bytes = withLength(net.terminal.frame(net.terminal.saleRequest('debit', 1000, BY_CHIP)));
    for (const byte of bytes) connection.write(new Uint8Array([byte]));
    await net.clock.advance(10_000);
    expect(connection.chunks.length).toBeGreaterThan(10);
    expect(codesOf(net.terminal, connection.chunks)).toEqual(['00']);
  });

  it('serves two frames that come in one chunk', async () => {
    const net = network();
    const connection = await connected(net);
    const frames = [1000, 1051].map((amountFen) => [
      ...withLength(net.terminal.frame(net.terminal.saleRequest('debit', amountFen, BY_CHIP))),
    ]);
    connection.write(Uint8Array.from(frames.flat()));
    await net.clock.advance(10_000);
    expect(codesOf(net.terminal, connection.chunks)).toEqual(['00', '51']);
  });
});

describe('memory network: what goes wrong', () => {
  it.each([
    ['refused', (net: ReturnType<typeof network>) => net.faults.inject({ kind: 'refuse' })],
    ['refused', (net: ReturnType<typeof network>) => net.host.faults.inject({ kind: 'refuseConnect' })],
    ['unreachable', (net: ReturnType<typeof network>) => net.faults.inject({ kind: 'unreachable' })],
    ['unreachable', (net: ReturnType<typeof network>) => net.host.faults.inject({ kind: 'unreachable' })],
  ] as const)('fails to connect once: %s', async (reason, arm) => {
    const net = network();
    arm(net);
    expect(await net.clock.resolve(net.dial())).toEqual({ kind: 'failed', reason });
    expect((await net.clock.resolve(net.dial())).kind).toBe('connected');
  });

  it('refuses as long as the host is down, and executes nothing that an open connection still brings', async () => {
    const net = network();
    const connection = await connected(net);
    net.host.faults.down = true;
    expect(await net.clock.resolve(net.dial())).toEqual({ kind: 'failed', reason: 'refused' });
    connection.write(withLength(net.terminal.frame(net.terminal.saleRequest('debit', 1000, BY_CHIP))));
    await net.clock.advance(100_000);
    expect([connection.log, net.host.netFen()]).toEqual([[], 0]);
  });

  it('breaks before the host has the whole request: nothing is executed', async () => {
    const net = network();
    net.faults.inject({ kind: 'disconnect', direction: 'up', afterBytes: 50 });
    const connection = await connected(net);
    connection.write(withLength(net.terminal.frame(net.terminal.saleRequest('debit', 1000, BY_CHIP))));
    await net.clock.advance(10_000);
    expect(connection.log).toEqual([`closed@${3 * LATENCY_MS}`]);
    expect(net.host.netFen()).toBe(0);
  });

  it('breaks right behind the request, or in the middle of the answer: executed', async () => {
    const net = network();
    const bytes = withLength(net.terminal.frame(net.terminal.saleRequest('debit', 1000, BY_CHIP)));
    net.faults.inject({ kind: 'disconnect', direction: 'up', afterBytes: bytes.length });
    const first = await connected(net);
    first.write(bytes);
    await net.clock.advance(10_000);
    expect([first.chunks, net.host.netFen()]).toEqual([[], 1000]);

    net.faults.inject({ kind: 'disconnect', direction: 'down', afterBytes: 20 });
    const second = await connected(net);
    second.write(withLength(net.terminal.frame(net.terminal.saleRequest('debit', 500, BY_CHIP))));
    await net.clock.advance(10_000);
    expect(second.chunks.map(({ length }) => length)).toEqual([20]);
    expect(second.log[1]).toMatch(/^closed/);
    expect(net.host.netFen()).toBe(1500);
  });
});

describe('memory network: closing', () => {
  it('says once that it is closed, whoever closed, and then carries nothing', async () => {
    const net = network();
    const own = await connected(net);
    const request = withLength(net.terminal.frame(net.terminal.saleRequest('debit', 1000, BY_CHIP)));
    own.write(request);
    await net.clock.advance(100);
    own.close();
    own.close();
    own.write(request);
    await net.clock.advance(10_000);
    expect(own.log).toEqual([expect.stringMatching(/^closed/)]);

    net.host.faults.inject({ kind: 'closeAfterRequest' });
    const theirs = await connected(net);
    theirs.write(withLength(net.terminal.frame(net.terminal.saleRequest('debit', 1000, BY_CHIP))));
    await net.clock.advance(10_000);
    theirs.close();
    expect(theirs.log).toEqual([expect.stringMatching(/^closed/)]);
  });

  it('closes a stream whose lengths lie, after the frames that came before', async () => {
    const net = network();
    const connection = await connected(net);
    connection.write(new Uint8Array([0xff, 0xff, 0x60]));
    await net.clock.advance(10_000);
    expect(connection.log).toEqual([expect.stringMatching(/^closed/)]);
  });
});
