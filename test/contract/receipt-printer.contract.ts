import { afterEach, describe, expect, it } from '@jest/globals';
import type { PrintEvidence, PrinterStatus, PrinterStop, ReceiptPrinter } from '../../firmware/hal/receipt-printer.ts';
import type { Slip, SlipLine } from '../../firmware/hal/slip.ts';
import type { PrinterControls } from '../../hal-mock/devices/printer/controls.ts';

/** A printer with its customer-side knobs, and time that moves with it. */
export interface PrinterUnderTest {
  readonly printer: ReceiptPrinter;
  readonly controls: PrinterControls;
  /** What the head can prove of a good print. */
  readonly evidence: PrintEvidence;
  /** Stops that the head cannot tell from being offline. */
  readonly toldAsOffline?: readonly PrinterStop[];
  /** Lets time pass until the promise settles. */
  readonly run: <T>(promise: Promise<T>) => Promise<T>;
  /** Lets time pass until the condition holds. */
  readonly until: (condition: () => boolean) => Promise<void>;
  /** Lets so much of the printer's time pass; one that is made to run faster may take less. */
  readonly pass: (ms: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A slip of these lines. */
export function slipOf(...lines: readonly SlipLine[]): Slip {
  return { jobId: '0001', lines };
}

/** A slip of lines that are numbered from 1. */
export function slipOfLines(count: number, jobId = '0002'): Slip {
  return { jobId, lines: Array.from({ length: count }, (_, i) => ({ kind: 'text', text: `line ${i + 1}` })) };
}

const text = (content: string): SlipLine => ({ kind: 'text', text: content });

/** Everything a `ReceiptPrinter` promises. `open` gives a fresh printer with paper and a closed cover. */
export function receiptPrinterContract(name: string, open: () => Promise<PrinterUnderTest>): void {
  describe(`ReceiptPrinter: ${name}`, () => {
    const opened: PrinterUnderTest[] = [];
    const start = async (): Promise<PrinterUnderTest> => {
      const test = await open();
      opened.push(test);
      return test;
    };
    afterEach(async () => {
      for (const test of opened.splice(0)) await test.close();
    });
    paperCases(start);
    statusCases(start);
    stopCases(start);
    drawerCases(start);
    connectionCases(start);
  });
}

/** A stop that no status question can miss. */
const HEAT_MS = 12_000;
/** More than any slip here takes, whole. */
const DRAIN_MS = 4_000;
const LOOK_AGAIN_MS = 200;
const LOOKS_MAX = 100;

/** Asks until the printer is back and ready, as an operator would look. */
async function readyAgain({ printer, run, pass }: PrinterUnderTest): Promise<PrinterStatus | undefined> {
  for (let look = 0; look < LOOKS_MAX; look++) {
    const status = await run(printer.status()).catch(() => undefined);
    if (status?.kind === 'ready') return status;
    await pass(LOOK_AGAIN_MS);
  }
  return undefined;
}

type Start = () => Promise<PrinterUnderTest>;

function paperCases(start: Start): void {
  it('prints the lines in order, cuts, and says how sure it is', async () => {
    const { printer, controls, run, evidence } = await start();
    const slip = slipOf(text('消费 SALE'), { kind: 'pair', label: '金额', value: '¥1,234.56' }, { kind: 'rule' });
    expect(await run(printer.print(slip))).toEqual({ kind: 'printed', evidence });
    const pair = `金额${' '.repeat(printer.columns - 4 - 10)}¥1,234.56`;
    expect(controls.paper.lines()).toEqual(['消费 SALE', pair, '-'.repeat(printer.columns)]);
  });

  it('prints one slip after another', async () => {
    const { printer, controls, run, pass } = await start();
    await run(printer.print(slipOf(text('first'))));
    await run(printer.print({ jobId: '0003', lines: [text('second')] }));
    await pass(DRAIN_MS);
    expect(controls.paper.lines()).toEqual(['first', 'second']);
    expect(controls.paper.tear()).toEqual(['first', 'second']);
    expect(controls.paper.lines()).toEqual([]);
  });

  it('has as many columns as it says, and a Chinese character takes two', async () => {
    const { printer, controls, run } = await start();
    const full = '分'.repeat(printer.columns / 2);
    await run(printer.print(slipOf(text(full), text(`a${full}`), text('8'.repeat(printer.columns)))));
    expect(controls.paper.lines()).toEqual([full, `a${full.slice(1)}`, '分', '8'.repeat(printer.columns)]);
  });

  it('never breaks an amount', async () => {
    const { printer, controls, run } = await start();
    const label = '名'.repeat(printer.columns / 2 - 2);
    const words = `${'x'.repeat(printer.columns - 4)} ¥1,234.50`;
    await run(printer.print(slipOf({ kind: 'pair', label, value: '¥99,999.99' }, text(words))));
    const whole = controls.paper.lines().filter((line) => line.includes('¥99,999.99') || line.includes('¥1,234.50'));
    expect(whole).toHaveLength(2);
  });

  it('gives a large line half of the columns', async () => {
    const { printer, controls, run } = await start();
    const line = 'W'.repeat(printer.columns / 2);
    await run(printer.print(slipOf({ kind: 'text', text: `${line}W`, size: 'large' })));
    expect(controls.paper.lines()).toEqual([line, 'W']);
  });

  it('prints pictures and codes between the lines', async () => {
    const { printer, controls, run, evidence } = await start();
    const image = { kind: 'image', widthDots: 16, heightDots: 200, bits: new Uint8Array(400).fill(0xaa) } as const;
    const slip = slipOf(text('above'), image, { kind: 'qr', data: 'https://pay.example/1' }, text('below'));
    expect(await run(printer.print(slip))).toEqual({ kind: 'printed', evidence });
    expect(controls.paper.lines()).toEqual(['above', 'below']);
    expect(controls.paper.bitmap().heightDots).toBeGreaterThan(300);
  });

  it('refuses before printing what does not fit the paper', async () => {
    const { printer, controls, run } = await start();
    const wide = { kind: 'image', widthDots: 600, heightDots: 1, bits: new Uint8Array(75) } as const;
    await expect(run(printer.print(slipOf(text('x'), wide)))).rejects.toMatchObject({ kind: 'unsupported' });
    await expect(run(printer.print(slipOf({ kind: 'qr', data: 'y'.repeat(9_000) })))).rejects.toMatchObject({
      kind: 'unsupported',
    });
    expect(controls.paper.lines()).toEqual([]);
  });

  it('lets no control character reach the head', async () => {
    const { printer, controls, run, evidence } = await start();
    const slip = slipOf(text('a\x1b@\x1d\x56\x00b\x10\x04\x01\n\x7f'), text('中\u0085😀国'));
    expect(await run(printer.print(slip))).toEqual({ kind: 'printed', evidence });
    expect(controls.paper.lines()).toEqual(['a?@?V?b?????', '中？？国']);
  });
}

function statusCases(start: Start): void {
  it('is ready with paper, and again after each stop has been dealt with', async () => {
    const test = await start();
    const { printer, controls, run, pass, toldAsOffline = [] } = test;
    const told = (reason: PrinterStop) => ({
      kind: 'stopped',
      reason: toldAsOffline.includes(reason) ? 'offline' : reason,
    });
    expect(await run(printer.status())).toEqual({ kind: 'ready', paper: 'ok' });
    controls.endPaperAfterLines(0);
    expect(await run(printer.status())).toEqual(told('paperOut'));
    controls.loadPaper();
    expect(await run(printer.status())).toEqual({ kind: 'ready', paper: 'ok' });
    controls.openCover();
    expect(await run(printer.status())).toEqual(told('coverOpen'));
    controls.closeCover();
    controls.overheat(HEAT_MS);
    expect(await run(printer.status())).toEqual(told('overheated'));
    await pass(HEAT_MS);
    expect(await readyAgain(test)).toEqual({ kind: 'ready', paper: 'ok' });
  });
}

function stopCases(start: Start): void {
  it('does not begin while it is stopped', async () => {
    const { printer, controls, run } = await start();
    controls.endPaperAfterLines(0);
    expect(await run(printer.print(slipOfLines(3)))).toEqual({
      kind: 'stoppedAt',
      reason: 'paperOut',
      partial: false,
    });
    controls.loadPaper();
    await run(printer.print(slipOf(text('after'))));
    expect(controls.paper.lines()).toEqual(['after']);
  });

  it('says stoppedAt, not printed, when the paper ends in the middle, and the rest never comes out', async () => {
    const { printer, controls, run, pass, evidence } = await start();
    controls.endPaperAfterLines(5);
    expect(await run(printer.print(slipOfLines(20)))).toEqual({ kind: 'stoppedAt', reason: 'paperOut', partial: true });
    expect(controls.paper.lines()).toHaveLength(5);
    controls.loadPaper();
    await pass(DRAIN_MS);
    expect(controls.paper.lines()).toHaveLength(5);
    expect(await run(printer.print(slipOf(text('again'))))).toEqual({ kind: 'printed', evidence });
    expect(controls.paper.lines().slice(5)).toEqual(['again']);
  });

  it.each(['coverOpen', 'overheated'] as const)('abandons a job that is stopped by %s', async (reason) => {
    const { printer, controls, run, until, pass, toldAsOffline = [] } = await start();
    const job = printer.print(slipOfLines(60));
    job.catch(() => undefined);
    await until(() => controls.paper.lines().length >= 2);
    if (reason === 'coverOpen') controls.openCover();
    else controls.overheat(HEAT_MS);
    const told = toldAsOffline.includes(reason) ? 'offline' : reason;
    expect(await run(job)).toEqual({ kind: 'stoppedAt', reason: told, partial: true });
    const printed = controls.paper.lines().length;
    controls.closeCover();
    await pass(reason === 'overheated' ? HEAT_MS + DRAIN_MS : DRAIN_MS);
    expect(controls.paper.lines()).toHaveLength(printed);
    expect(printed).toBeLessThan(60);
  });
}

function drawerCases(start: Start): void {
  it('opens the drawer, and prints as before', async () => {
    const { printer, controls, run, pass, evidence } = await start();
    expect(await run(printer.openDrawer())).toEqual({ kind: 'pulsed' });
    await pass(LOOK_AGAIN_MS);
    expect(controls.drawerPulses).toBe(1);
    expect(await run(printer.print(slipOf(text('after'))))).toEqual({ kind: 'printed', evidence });
    expect(controls.paper.lines()).toEqual(['after']);
    expect(controls.drawerPulses).toBe(1);
  });

  it('does not open the drawer while it is stopped, nor later by itself', async () => {
    const test = await start();
    const { printer, controls, run, pass } = test;
    controls.endPaperAfterLines(0);
    expect(await run(printer.openDrawer())).toEqual({ kind: 'stopped', reason: 'paperOut' });
    controls.loadPaper();
    await pass(DRAIN_MS);
    expect(await readyAgain(test)).toMatchObject({ kind: 'ready' });
    expect(controls.drawerPulses).toBe(0);
  });

  it('opens the drawer neither in the middle of a slip nor without its cable', async () => {
    const { printer, controls, run, evidence } = await start();
    const job = printer.print(slipOf(text('slip')));
    await expect(run(printer.openDrawer())).rejects.toMatchObject({ kind: 'busy', device: 'printer' });
    expect(await run(job)).toEqual({ kind: 'printed', evidence });
    controls.unplug();
    await expect(run(printer.openDrawer())).rejects.toMatchObject({ kind: 'disconnected', device: 'printer' });
    expect(controls.drawerPulses).toBe(0);
  });
}

function connectionCases(start: Start): void {
  it('takes one job at a time', async () => {
    const { printer, controls, run, evidence } = await start();
    const first = printer.print(slipOfLines(4));
    await expect(run(printer.print(slipOf(text('second'))))).rejects.toMatchObject({ kind: 'busy' });
    expect(await run(first)).toEqual({ kind: 'printed', evidence });
    expect(controls.paper.lines()).toHaveLength(4);
  });

  it('rejects status and print while it is unplugged, and works again afterwards', async () => {
    const test = await start();
    const { printer, controls, run } = test;
    controls.unplug();
    await expect(run(printer.status())).rejects.toMatchObject({ kind: 'disconnected' });
    await expect(run(printer.print(slipOfLines(1)))).rejects.toMatchObject({ kind: 'disconnected' });
    expect(controls.paper.lines()).toEqual([]);
    controls.replug();
    await readyAgain(test);
    await run(printer.print(slipOf(text('back'))));
    expect(controls.paper.lines()).toEqual(['back']);
  });

  it('rejects a job whose printer is pulled, and the next slip comes out whole', async () => {
    const test = await start();
    const { printer, controls, run, until, pass, evidence } = test;
    const job = printer.print(slipOfLines(40));
    job.catch(() => undefined);
    await until(() => controls.paper.lines().length >= 2);
    controls.unplug();
    await expect(run(job)).rejects.toMatchObject({ kind: 'disconnected' });
    controls.replug();
    await pass(DRAIN_MS);
    const before = controls.paper.lines().length;
    await readyAgain(test);
    expect(await run(printer.print(slipOfLines(3)))).toEqual({ kind: 'printed', evidence });
    expect(controls.paper.lines().slice(before)).toEqual(['line 1', 'line 2', 'line 3']);
  });
}
