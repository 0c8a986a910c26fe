import { describe, expect, it } from '@jest/globals';
import { hex, hexOf } from '../../../firmware/base/bytes.ts';
import { PRINTER_PROFILES } from '../../../drivers/printer-escpos/profile.ts';
import { slipOf, slipOfLines } from '../../contract/receipt-printer.contract.ts';
import { openBench } from './bench.ts';

const hello = slipOf({ kind: 'text', text: '你好' });

describe('evidence of a print', () => {
  it('is inferred from the barrier when the echo of the id is lost', async () => {
    const { printer, emulator, run } = await openBench();
    emulator.losesIds = true;
    expect(await run(printer.print(hello))).toEqual({ kind: 'printed', evidence: 'inferred' });
    expect(emulator.paper.slips()).toEqual([['你好']]);
  });

  it('is unknown for a head without back channel, which gets its time to print', async () => {
    const { printer, emulator, run } = await openBench('mute-58');
    expect(await run(printer.status())).toEqual({ kind: 'ready', paper: 'unknown' });
    expect(await run(printer.print(slipOfLines(50)))).toEqual({ kind: 'printed', evidence: 'unknown' });
    expect(emulator.paper.lines()).toHaveLength(50);
    expect(emulator.droppedBytes).toBe(0);
  });

  it('is not given by an id of an earlier job', async () => {
    const { printer, emulator, run } = await openBench();
    await run(printer.print(hello));
    emulator.losesIds = true;
    expect(await run(printer.print(hello))).toMatchObject({ evidence: 'inferred' });
  });

  it('is not claimed when the head lost its power in the middle', async () => {
    const { clock, printer, emulator, run } = await openBench();
    const job = printer.print(slipOfLines(40));
    job.catch(() => undefined);
    await clock.runUntil(() => emulator.paper.lines().length === 3);
    emulator.powerCycle();
    await expect(run(job)).rejects.toMatchObject({ kind: 'timeout' });
    expect(await run(printer.print(hello))).toEqual({ kind: 'printed', evidence: 'confirmed' });
  });

  it('asks the head to confirm after the cut, in one write', async () => {
    const { printer, sent, run } = await openBench();
    await run(printer.print({ jobId: 'Z~ 9', lines: [] }));
    expect(hexOf(Uint8Array.from(sent))).toContain('1D5642001D2848060030305A7E2039');
  });
});

describe('a job that is abandoned', () => {
  it('has its rest taken out of the head', async () => {
    const { printer, emulator, sent, run } = await openBench();
    emulator.endPaperAfterLines(2);
    await run(printer.print(slipOfLines(10)));
    expect(hexOf(Uint8Array.from(sent))).toContain('10140801031401060208');
  });

  it('is not repeated when the paper ends just at its cut', async () => {
    const { clock, printer, emulator, run } = await openBench();
    emulator.endPaperAfterLines(4);
    expect(await run(printer.print(slipOfLines(4)))).toEqual({ kind: 'stoppedAt', reason: 'paperOut', partial: true });
    emulator.loadPaper();
    await clock.advance(10_000);
    expect(emulator.paper.lines()).toHaveLength(4);
  });

  it('whose knife jams says so, and the next one waits for the knife', async () => {
    const { printer, emulator, run } = await openBench();
    emulator.jamCutter();
    expect(await run(printer.print(hello))).toEqual({ kind: 'stoppedAt', reason: 'cutter', partial: true });
    expect(await run(printer.print(hello))).toEqual({ kind: 'stoppedAt', reason: 'cutter', partial: false });
    emulator.freeCutter();
    expect(await run(printer.status())).toEqual({ kind: 'ready', paper: 'ok' });
    expect(await run(printer.print(hello))).toEqual({ kind: 'printed', evidence: 'confirmed' });
    expect(emulator.paper.lines()).toEqual(['你好', '你好']);
  });

  it('by a pulled cable is cleared before anything else is printed', async () => {
    const { clock, printer, emulator, line, run } = await openBench();
    const job = printer.print(slipOfLines(40));
    job.catch(() => undefined);
    await clock.runUntil(() => emulator.paper.lines().length === 2);
    emulator.openCover();
    emulator.unplug();
    await expect(run(job)).rejects.toMatchObject({ kind: 'disconnected' });
    emulator.replug();
    await clock.runUntil(() => line.connected);
    expect(await run(printer.print(hello))).toEqual({ kind: 'stoppedAt', reason: 'coverOpen', partial: false });
    emulator.closeCover();
    expect(await run(printer.print(hello))).toEqual({ kind: 'printed', evidence: 'confirmed' });
    expect(emulator.paper.lines()).toEqual(['line 1', 'line 2', '你好']);
  });

  it('is an error when the head does not acknowledge that it forgot the rest', async () => {
    const { printer, emulator, run } = await openBench('epson-80', { flavour: 'cloneN1N4' }, { statusPages: [1, 4] });
    emulator.endPaperAfterLines(2);
    await expect(run(printer.print(slipOfLines(9)))).rejects.toMatchObject({ kind: 'timeout' });
  });

  it('stops at once when the head reports by itself', async () => {
    const { clock, printer, emulator, line, run } = await openBench();
    await line.write(hex('1D 61 0F'));
    const job = printer.print(slipOfLines(100));
    await clock.runUntil(() => emulator.paper.lines().length === 2);
    const openedMs = clock.monotonicMs();
    emulator.openCover();
    expect(await run(job)).toEqual({ kind: 'stoppedAt', reason: 'coverOpen', partial: true });
    expect(clock.monotonicMs() - openedMs).toBeLessThan(200);
  });
});

it('status may be asked while a slip is printed', async () => {
  const { clock, printer, emulator, run } = await openBench();
  const job = printer.print(slipOfLines(30));
  await clock.runUntil(() => emulator.paper.lines().length === 2);
  expect(await run(printer.status())).toEqual({ kind: 'ready', paper: 'ok' });
  expect(emulator.paper.lines().length).toBeLessThan(30);
  expect(await run(job)).toEqual({ kind: 'printed', evidence: 'confirmed' });
});

describe('a printer that misbehaves', () => {
  it('low paper warns and prints', async () => {
    const { printer, emulator, run } = await openBench();
    emulator.lowPaper();
    expect(await run(printer.status())).toEqual({ kind: 'ready', paper: 'low' });
    expect(await run(printer.print(hello))).toEqual({ kind: 'printed', evidence: 'confirmed' });
  });

  it('stray status bytes and flow control do not disturb a job', async () => {
    const { clock, printer, emulator, run } = await openBench();
    const job = printer.print(slipOfLines(30));
    for (const stray of ['7E', '13', '11', '72', '13 11 13 11', '1A']) {
      await clock.advance(30);
      emulator.say(hex(stray));
    }
    expect(await run(job)).toEqual({ kind: 'printed', evidence: 'confirmed' });
    expect(emulator.paper.lines()).toHaveLength(30);
  });

  it('bad news that is not repeated is not believed', async () => {
    const { clock, printer, emulator, run } = await openBench();
    const status = printer.status();
    emulator.say(hex('72'));
    await clock.settle();
    expect(await run(status)).toEqual({ kind: 'ready', paper: 'ok' });
  });

  it('an XON that never comes does not hold a slip for ever', async () => {
    const { printer, emulator, clock, run } = await openBench();
    emulator.say(hex('13'));
    await clock.advance(10);
    expect(await run(printer.print(hello))).toEqual({ kind: 'printed', evidence: 'confirmed' });
  });

  it('a silent head is a timeout, within its time', async () => {
    const { clock, printer, run } = await openBench('epson-80', { flavour: 'mute' });
    await expect(run(printer.status())).rejects.toMatchObject({ kind: 'timeout', device: 'printer' });
    await expect(run(printer.print(hello))).rejects.toMatchObject({ kind: 'timeout' });
    expect(clock.monotonicMs()).toBeLessThan(10_000);
  });
});

describe('a head that is less than its profile', () => {
  it('without ids is never taken for one that gave proof', async () => {
    const { printer, emulator, run } = await openBench('epson-80', { flavour: 'cloneN1N4' }, { statusPages: [1, 4] });
    expect(await run(printer.print(hello))).toEqual({ kind: 'printed', evidence: 'inferred' });
    expect(emulator.misuse).toContain('GS ( H is not known to this head');
  });

  it('slow, it loses nothing of a long slip', async () => {
    const slow = { speedMmPerSecond: 50, flowControl: 'xonxoff' } as const;
    const { printer, emulator, run } = await openBench('epson-58', slow);
    const image = {
      kind: 'image',
      widthDots: 384,
      heightDots: 600,
      bits: new Uint8Array(48 * 600).fill(0x3c),
    } as const;
    expect(await run(printer.print(slipOf(image)))).toEqual({ kind: 'printed', evidence: 'confirmed' });
    expect(emulator.droppedBytes).toBe(0);
    expect(emulator.paper.bitmap().heightDots).toBeGreaterThanOrEqual(600);
  });

  it('mute, it is fed no faster than it prints', async () => {
    const { printer, emulator, run } = await openBench('mute-58', { speedMmPerSecond: 60 });
    const image = {
      kind: 'image',
      widthDots: 384,
      heightDots: 600,
      bits: new Uint8Array(48 * 600).fill(0x3c),
    } as const;
    await run(printer.print(slipOf(image)));
    expect(emulator.droppedBytes).toBe(0);
  });
});

describe('the drawer', () => {
  it('does not open later by a pulse that a stopped head has kept', async () => {
    const { clock, printer, emulator, run } = await openBench('epson-80', {}, { statusPages: [] });
    emulator.openCover();
    await expect(run(printer.openDrawer())).rejects.toMatchObject({ kind: 'timeout', device: 'printer' });
    emulator.closeCover();
    await clock.advance(5_000);
    expect(emulator.drawerPulses).toBe(0);
    expect(await run(printer.openDrawer())).toEqual({ kind: 'pulsed' });
    expect(emulator.drawerPulses).toBe(1);
  });

  it('is not said to be open by a head that stops meanwhile', async () => {
    const { clock, printer, emulator, run } = await openBench('epson-80', {}, { statusPages: [] });
    emulator.openCover();
    const opening = printer.openDrawer();
    await clock.settle();
    emulator.say(hex('3C 00 00 0F'));
    expect(await run(opening)).toEqual({ kind: 'stopped', reason: 'coverOpen' });
  });
});

it('every profile has columns of 12 dots', () => {
  for (const profile of Object.values(PRINTER_PROFILES)) expect(profile.columns * 12).toBe(profile.dots);
});
