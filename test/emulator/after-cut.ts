/** What a device finds after its power was cut, looked at with its own programs and without starting it. */
import { execFile } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { JournalFileStore } from '../../drivers/journal/file-store.ts';
import process from 'node:process';
import { LinuxJournalDisk } from '../../drivers/linux/journal-disk.ts';
import { MIB } from '../../image/flash/layout.ts';
import { ROOT } from '../../image/project.ts';
import { runTool } from '../../image/tools.ts';
import type { Extent } from './cut-points.ts';
import type { Parts } from './disk-parts.ts';

const DEVICE_PROGRAMS = join(ROOT, 'image/rootfs/usr/lib/fenqi');
const JOURNAL = '/pos/journal';
/** As `fenqi flash` makes the data partition. */
const BLOCK_BYTES = 4096;
const SLOTS = /^primary=([AB]) A=(good|bad|trying):(\d) B=(good|bad|trying):(\d) /;

/** What happened to the data partition on its way back. */
export type Repair = 'replayed' | 'backup superblock';

export interface DataAfterCut {
  /** The copy of the partition that was checked. */
  readonly checked: string;
  readonly repair: Repair;
  readonly isTailTorn: boolean;
  readonly records: readonly string[];
  /** Why the terminal would not sell with it. */
  readonly problems: readonly string[];
}

/** The check at the start, on a copy of the partition, and then the journal on it. */
export async function dataAfterCut(data: string, work: string): Promise<DataAfterCut> {
  const copy = join(work, 'data.checked');
  const out = join(work, 'read');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);
  // Most of it is holes.
  await runTool('cp', ['--sparse=always', data, copy]);
  const check = await deviceCheck(copy);
  const repair = /^e2fsck \d/m.test(check.said) ? 'backup superblock' : 'replayed';
  const problems: string[] = [];
  const nothing = { checked: copy, repair, isTailTorn: false, records: [], problems } as const;
  if (check.failed) return { ...nothing, problems: [`no repair: ${check.said}`] };
  await runTool('e2fsck', ['-f', '-n', copy]).catch((error: Error) => problems.push(error.message));
  await runTool('debugfs', ['-R', `rdump ${JOURNAL} ${out}`, copy]);
  const folder = join(out, 'journal');
  if (!existsSync(folder)) return nothing;
  const { records, damage } = await openedJournal(folder);
  if (damage !== undefined && damage.kind !== 'tornTail') problems.push(`the journal is damaged: ${damage.kind}`);
  return { checked: copy, repair, isTailTorn: damage?.kind === 'tornTail', records, problems };
}

async function deviceCheck(data: string): Promise<{ readonly failed: boolean; readonly said: string }> {
  const environment = {
    ...process.env,
    FENQI_DATA: data,
    LC_ALL: 'C',
    PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`,
  };
  try {
    const { stdout, stderr } = await promisify(execFile)('sh', [join(DEVICE_PROGRAMS, 'check-data')], {
      env: environment,
    });
    return { failed: false, said: `${stdout}${stderr}` };
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    return { failed: true, said: `${stdout}${stderr}` };
  }
}

async function openedJournal(folder: string) {
  const store = new JournalFileStore({ disk: new LinuxJournalDisk(folder) });
  const records: string[] = [];
  const damage = await store.open((record) => records.push(record));
  await store.close();
  return { records, damage };
}

/** Where on the disk the journal's first file lies, in a checked copy of its partition. */
export async function journalExtents(checked: string, partitionAt: number): Promise<readonly Extent[]> {
  const said = await runTool('debugfs', ['-R', `blocks ${JOURNAL}/journal-00000001.seg`, checked]);
  const blocks = said.toString('utf8').trim().split(/\s+/).map(Number);
  return blocks.map((block) => ({ offset: partitionAt + block * BLOCK_BYTES, bytes: BLOCK_BYTES }));
}

export interface SlotsAfterCut {
  /** As `bootsel show` has it. */
  readonly shown: string;
  readonly primary: string;
  readonly problems: readonly string[];
}

/** Which slot would run, and whether every slot that may run holds one of the images, whole. */
export async function slotsAfterCut(parts: Parts, images: readonly Buffer[]): Promise<SlotsAfterCut> {
  const options = { environment: { FENQI_SLOT_STATE: parts.slotstate.path } };
  const shown = (await runTool('sh', [join(DEVICE_PROGRAMS, 'bootsel'), 'show'], options)).toString('utf8').trim();
  const [, primary = '', a, , b] = SLOTS.exec(shown) ?? [];
  const problems: string[] = [];
  if (primary === '') problems.push(`bootsel says ${shown}`);
  if ((primary === 'A' ? a : b) === 'bad') problems.push(`the slot to run is bad: ${shown}`);
  if (a !== 'bad' && !holdsOneOf(parts.app_a.path, images)) problems.push(`A is half an image: ${shown}`);
  if (b !== 'bad' && !holdsOneOf(parts.app_b.path, images)) problems.push(`B is half an image: ${shown}`);
  return { shown, primary, problems };
}

const holdsOneOf = (partition: string, images: readonly Buffer[]): boolean =>
  images.some((image) => beginsWith(partition, image));

function beginsWith(path: string, content: Buffer): boolean {
  const file = openSync(path, 'r');
  try {
    const piece = Buffer.alloc(MIB);
    for (let at = 0; at < content.length; at += piece.length) {
      const wanted = content.subarray(at, at + piece.length);
      readSync(file, piece, 0, wanted.length, at);
      if (!piece.subarray(0, wanted.length).equals(wanted)) return false;
    }
    return true;
  } finally {
    closeSync(file);
  }
}
