import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Hosts } from '../../apps/emulator/counter.ts';
import { payByChip, payByHuabei, SALES, until } from '../../apps/emulator/sales.ts';
import { SeededRandom } from '../../hal-mock/random.ts';
import { dataAfterCut, journalExtents } from './after-cut.ts';
import { CutDisk } from './cut-disk.ts';
import { cutPoints, type Extent, isIn } from './cut-points.ts';
import { CutReport, type Truth } from './cut-report.ts';
import { copyAgain, copyParts, type Parts } from './disk-parts.ts';
import { Guest } from './guest.ts';
import { testImages } from './images.ts';
import { newerRelease, record, type Run } from './power-cut-run.ts';
import { WriteLog } from './write-log.ts';

const SEED = Number(process.env['FENQI_CUT_SEED'] ?? Date.now() % 2 ** 32);

describe(`the power is cut (FENQI_CUT_SEED=${SEED})`, () => {
  let folder: string;
  let hosts: Hosts;
  let run: Run;
  let log: WriteLog;
  let truth: Truth;
  let extents: readonly Extent[];
  let start: Parts;
  const subfolder = (name: string): string => {
    mkdirSync(join(folder, name), { recursive: true });
    return join(folder, name);
  };
  /** The partitions of `disk` as they are now. */
  const partsNow = (name: string): Parts => copyParts(run.disk, run.parts, subfolder(name));
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'fenqi-power-cuts-'));
    const images = await testImages();
    const newer = await newerRelease(images, folder);
    hosts = await Hosts.open();
    run = await record(images, hosts, subfolder('run'), newer.drive);
    log = new WriteLog(run.log);
    const end = await dataAfterCut(partsNow('end').data.path, folder);
    expect(end.problems).toEqual([]);
    truth = {
      sightings: [...run.sightings.all],
      journal: end.records,
      images: [readFileSync(images.image), newer.image],
      installedAt: run.installedAt,
    };
    start = copyAgain(run.parts, subfolder('start'));
    extents = await journalExtents(end.checked, run.parts.data.offset);
  });
  afterAll(async () => {
    log.close();
    await hosts.close();
    rmSync(folder, { recursive: true });
  });

  it('was recorded with everything that is to outlive it', () => {
    const types = new Set(truth.sightings.map(({ type }) => type));
    expect(types).toEqual(
      new Set(['cardIntent', 'walletIntent', 'saleApproved', 'receiptDone', 'reversalIntent', 'reversalResult']),
    );
    expect(extents.length).toBeGreaterThan(0);
  });

  it('240 times, in sales, in an update and in the first start, and nothing acknowledged is lost', async () => {
    const random = new SeededRandom(SEED);
    const disk = new CutDisk(log, run.parts);
    const report = new CutReport(log, run.parts, truth, subfolder('checked'));
    const [welcomed, sold, installed] = [run.welcomedAt, run.soldAt, run.installedAt].map((bytes) =>
      log.begunAt(bytes),
    );
    const ranges = [
      { from: 0, to: welcomed ?? 0, count: 16 },
      { from: welcomed ?? 0, to: sold ?? 0, count: 104 },
      { from: sold ?? 0, to: installed ?? 0, count: 104 },
      { from: installed ?? 0, to: log.entries.length, count: 16 },
    ];
    for (const range of ranges) await report.make(disk, cutPoints(log, range, extents, random), random);
    disk.close();
    process.stdout.write(`${JSON.stringify(report.figures)}\n`);
    expect(report.problems).toEqual([]);
  });

  it('on a medium that loses the last record that somebody saw, and that is noticed', async () => {
    const to = log.begunAt(run.soldAt);
    const seen = truth.sightings.map(({ logBytes }) => log.begunAt(logBytes)).filter((at) => at <= to);
    const before = seen.at(-2) ?? 0;
    const disk = new CutDisk(log, start, (entry, at) => at >= before && isIn(entry, extents));
    const report = new CutReport(log, start, truth, subfolder('checked'));
    await report.make(disk, [{ at: to, tearing: 4096 }], new SeededRandom(SEED));
    disk.close();
    expect(report.problems).toEqual([
      expect.stringMatching(/lost: the journal has \d+ records, and \d+ were acknowledged/),
    ]);
  });

  it('really, three times, and each time the terminal takes up what was open, sells, and agrees with its hosts', async () => {
    const reversed = (): number => hosts.acquirer.entries().filter(({ state }) => state === 'reversed').length;
    expect(reversed()).toBe(1);
    const second = await Guest.start({ disk: run.disk });
    await second.welcomes();
    // The sale in whose middle the recorded run ended, taken back by the version that was installed before it.
    expect(reversed()).toBe(2);
    await SALES.chip(second.till);
    const orders = hosts.wallets.orders().length;
    await payByHuabei(second.till);
    await until(() => hosts.wallets.orders().length > orders);
    await second.machine.cutPower();
    const third = await Guest.start({ disk: run.disk });
    await third.welcomes();
    await payByChip(third.till, 6600);
    await third.machine.console.shows('Approved');
    await third.machine.cutPower();
    const { records, problems } = await dataAfterCut(partsNow('last').data.path, folder);
    expect(problems).toEqual([]);
    const approved = records.filter((text) => (JSON.parse(text) as { readonly type: string }).type === 'saleApproved');
    const standing = hosts.acquirer.entries().filter(({ state }) => state === 'approved').length;
    const paid = hosts.wallets.orders().filter(({ state }) => state === 'paid').length;
    expect(approved).toHaveLength(standing + paid);
    expect(standing).toBe(3);
  });
});
