import { afterEach, describe, expect, it } from '@jest/globals';
import { autoDetect } from '@serialport/bindings-cpp';
import type { BindingPortInterface } from '@serialport/bindings-interface' with { 'resolution-mode': 'require' };
import { openSerialLine } from '../../../drivers/serial/serial-port-line.ts';
import { portIdentity } from '../../../drivers/linux/port-identity.ts';
import type { SerialLine } from '../../../drivers/serial/serial-line.ts';
import { bytesOfLatin1, latin1Of } from '../../../firmware/base/bytes.ts';
import { type MemoryWire, memoryWire } from '../../../hal-mock/wire/memory-wire.ts';
import { openPtyWire, type PtyWire, ptyAvailable } from '../../../hal-mock/wire/pty-wire.ts';
import { SystemClock } from '../../../drivers/linux/clock.ts';

function openPort(wire: MemoryWire): Promise<BindingPortInterface> {
  return wire.binding.open({ path: wire.path, baudRate: 9600 });
}

describe('memory wire, by the rules of the serialport binding interface', () => {
  it('lets a read wait for at least one byte and keeps what did not fit', async () => {
    const wire = memoryWire();
    const port = await openPort(wire);
    const buffer = Buffer.alloc(8);
    const reading = port.read(buffer, 2, 3);
    wire.end.write(bytesOfLatin1('abcde'));
    expect(await reading).toMatchObject({ bytesRead: 3 });
    expect(await port.read(buffer, 5, 3)).toMatchObject({ bytesRead: 2 });
    expect(buffer.toString('latin1')).toBe('\0\0abcde\0');
  });

  it('gives no more than the kernel buffer it imitates', async () => {
    const wire = memoryWire({ readBytesMax: 2 });
    const port = await openPort(wire);
    wire.end.write(bytesOfLatin1('abc'));
    expect(await port.read(Buffer.alloc(8), 0, 8)).toMatchObject({ bytesRead: 2 });
  });

  it('cancels what is under way when the host closes', async () => {
    const wire = memoryWire();
    const port = await openPort(wire);
    wire.holdWrites(true);
    const read = expect(port.read(Buffer.alloc(8), 0, 8)).rejects.toMatchObject({ canceled: true });
    const write = expect(port.write(Buffer.from('x'))).rejects.toMatchObject({ canceled: true });
    await port.close();
    await Promise.all([read, write]);
    expect(port.isOpen).toBe(false);
  });

  it('fails what is under way without `canceled` when the device is pulled, and cannot be opened until it is back', async () => {
    const wire = memoryWire();
    const port = await openPort(wire);
    const read = port.read(Buffer.alloc(8), 0, 8).catch((error: unknown) => error);
    wire.end.unplug();
    expect(await read).not.toHaveProperty('canceled');
    await expect(port.write(Buffer.from('x'))).rejects.toThrow();
    await port.close();
    await expect(openPort(wire)).rejects.toThrow('No such file');
    wire.end.replug();
    expect((await openPort(wire)).isOpen).toBe(true);
  });

  it('belongs to one host at a time', async () => {
    const wire = memoryWire();
    const port = await openPort(wire);
    await expect(openPort(wire)).rejects.toThrow('Cannot lock port');
    await port.close();
    expect((await openPort(wire)).isOpen).toBe(true);
  });

  it('loses what the device sends while nobody listens', async () => {
    const wire = memoryWire();
    wire.end.write(bytesOfLatin1('lost'));
    const port = await openPort(wire);
    wire.end.write(bytesOfLatin1('heard'));
    const buffer = Buffer.alloc(8);
    const { bytesRead } = await port.read(buffer, 0, 8);
    expect(buffer.toString('latin1', 0, bytesRead)).toBe('heard');
  });

  it('has no modem lines, as a pty has none', async () => {
    const port = await openPort(memoryWire());
    await expect(port.get()).rejects.toThrow('ioctl');
    await expect(port.set({ dtr: true })).rejects.toThrow('ioctl');
  });

  it('does not let the host change bytes it has handed over', async () => {
    const wire = memoryWire();
    const received: string[] = [];
    wire.end.onData((bytes) => received.push(latin1Of(bytes)));
    const port = await openPort(wire);
    const buffer = Buffer.from('abc');
    const writing = port.write(buffer);
    buffer.fill(0);
    await writing;
    expect(received).toEqual(['abc']);
  });
});

const describeWithPty = ptyAvailable() ? describe : describe.skip;

describeWithPty('pty wire with the native binding', () => {
  const opened: { wire: PtyWire; line: SerialLine }[] = [];

  afterEach(async () => {
    for (const { wire, line } of opened.splice(0)) {
      await line.close();
      await wire.close();
    }
  });

  async function setUp() {
    const wire = await openPtyWire();
    wire.end.onData((bytes) => wire.end.write(bytesOfLatin1(`echo ${latin1Of(bytes)}`)));
    const line = openSerialLine({
      device: 'scanner',
      path: wire.path,
      settings: { baudRate: 9600 },
      binding: autoDetect(),
      clock: new SystemClock(),
      reopen: { minMs: 20, maxMs: 100 },
      identityOf: () => portIdentity(wire.path),
    });
    opened.push({ wire, line });
    return { wire, line };
  }

  it('carries eight-bit bytes both ways, also the ones a terminal would interpret', async () => {
    const { line } = await setUp();
    await new Promise<void>((resolve) => line.onConnect(resolve));
    const control = '\x03\x04\r\n\x11\x13\x7f\x80\xff';
    let received = '';
    const complete = new Promise<void>((resolve) => {
      line.onData((bytes) => {
        received += latin1Of(bytes);
        if (received.length === control.length + 5) resolve();
      });
    });
    await line.write(bytesOfLatin1(control));
    await complete;
    expect(received).toBe(`echo ${control}`);
  });

  it('is lost when unplugged and found again under the same path', async () => {
    const { wire, line } = await setUp();
    await new Promise<void>((resolve) => line.onConnect(resolve));
    const lost = new Promise<void>((resolve) => line.onDisconnect(resolve));
    wire.end.unplug();
    await lost;
    const back = new Promise<void>((resolve) => line.onConnect(resolve));
    wire.end.replug();
    await back;
    expect(line.connected).toBe(true);
  });
});
