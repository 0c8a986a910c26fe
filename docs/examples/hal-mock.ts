/**
 * Testing a driver without hardware: a few lines of driver code write ESC/POS to a serial port that exists in memory,
 * and an emulated printer at its other end prints, runs out of paper and says so. Run it with
 *
 *   node docs/examples/hal-mock.ts
 */
// oxlint-disable no-console -- an example shows what it does
import { memoryWire, PrinterEmulator, recordingWire, VirtualClock } from 'fenqi-pos/hal-mock';

const clock = new VirtualClock();
const wire = memoryWire();
const line = recordingWire(wire.end, clock);
const printer = new PrinterEmulator(line, clock, { widthDots: 384 });

// The host's side. `binding` is what `@serialport/stream` takes, so a real driver opens it as it would open /dev/ttyUSB0.
const port = await wire.binding.open({ path: wire.path, baudRate: 115_200 });

async function printLine(text: string): Promise<void> {
  await port.write(Buffer.from(`${text}\n`, 'ascii'));
  await clock.advance(200);
}

/** DLE EOT 4 asks for the paper sensor: bits 5 and 6 are set once the roll has ended. */
async function hasPaper(): Promise<boolean> {
  await port.write(Buffer.from([0x10, 0x04, 0x04]));
  await clock.advance(10);
  const answer = Buffer.alloc(1);
  await port.read(answer, 0, 1);
  return ((answer[0] ?? 0) & 0x60) === 0;
}

await printLine('Hello');
console.log(`paper: ${await hasPaper()}`);

printer.endPaperAfterLines(1);
await printLine('the last line');
await printLine('one too many');
console.log(`paper: ${await hasPaper()}`);

printer.loadPaper();
await clock.advance(1_000);
console.log(printer.paper.lines());
console.log(line.transcript());
await port.close();
