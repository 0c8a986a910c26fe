/** Many cuts of one recorded run, and what they did. */
import type { SeededRandom } from '../../hal-mock/random.ts';
import { dataAfterCut, type SlotsAfterCut, slotsAfterCut } from './after-cut.ts';
import type { CutDisk, Tearing } from './cut-disk.ts';
import type { Cut } from './cut-points.ts';
import type { Parts } from './disk-parts.ts';
import { recordsKnown, type Sighting } from './sightings.ts';
import type { WriteLog } from './write-log.ts';

/** What is certain from outside, and against which every cut is held. */
export interface Truth {
  readonly sightings: readonly Sighting[];
  /** The journal at the end of the run: what a cut leaves is its beginning. */
  readonly journal: readonly string[];
  readonly images: readonly Buffer[];
  /** Length of the log when the update was reported as installed. */
  readonly installedAt: number;
}

export interface CutFigures {
  readonly tearing: Tearing;
  cuts: number;
  /** Cuts after which something that was acknowledged was not there, or the device would not have run. */
  bad: number;
  backupSuperblock: number;
  tornTail: number;
  /** The journal had records that nobody had seen yet. */
  more: number;
}

export class CutReport {
  readonly problems: string[] = [];
  readonly figures: readonly CutFigures[] = ([512, 4096] as const).map((tearing) => {
    return { tearing, cuts: 0, bad: 0, backupSuperblock: 0, tornTail: 0, more: 0 };
  });
  readonly #log: WriteLog;
  readonly #parts: Parts;
  readonly #truth: Truth;
  readonly #work: string;
  #lastSlots: { readonly content: string; readonly found: SlotsAfterCut } | undefined;

  constructor(log: WriteLog, parts: Parts, truth: Truth, work: string) {
    this.#log = log;
    this.#parts = parts;
    this.#truth = truth;
    this.#work = work;
  }

  async make(disk: CutDisk, cuts: readonly Cut[], random: SeededRandom): Promise<void> {
    for (const cut of cuts) {
      disk.cutAt(cut.at, cut.tearing, random);
      await this.#check(cut, await this.#slots(disk));
    }
  }

  /** Found out again when one of their partitions has changed. */
  async #slots(disk: CutDisk): Promise<SlotsAfterCut> {
    const { slotstate, app_a: a, app_b: b } = this.#parts;
    const content = [slotstate, a, b].map(({ path }) => disk.changesOf(path)).join(' ');
    if (this.#lastSlots?.content === content) return this.#lastSlots.found;
    const found = await slotsAfterCut(this.#parts, this.#truth.images);
    this.#lastSlots = { content, found };
    return found;
  }

  async #check({ at, tearing }: Cut, slots: SlotsAfterCut): Promise<void> {
    const { journal, installedAt, sightings } = this.#truth;
    const figures = this.figures.find((each) => each.tearing === tearing);
    if (figures === undefined) return;
    const data = await dataAfterCut(this.#parts.data.path, this.#work);
    const problems = [...data.problems, ...slots.problems];
    const seen = sightings.filter(({ logBytes }) => this.#log.begunAt(logBytes) <= at);
    const known = recordsKnown(seen, journal);
    const has = data.records.length;
    if (has < known) problems.push(`lost: the journal has ${has} records, and ${known} were acknowledged`);
    if (data.records.some((text, index) => text !== journal[index])) problems.push('the journal has other records');
    const isInstalled = this.#log.begunAt(installedAt) <= at;
    if (isInstalled && slots.primary !== 'B') problems.push(`lost: the update was installed: ${slots.shown}`);
    figures.cuts++;
    if (problems.length > 0) figures.bad++;
    if (data.repair === 'backup superblock') figures.backupSuperblock++;
    if (data.isTailTorn) figures.tornTail++;
    if (has > known) figures.more++;
    const where = `cut before entry ${at} of ${this.#log.entries.length}, ${tearing} bytes`;
    this.problems.push(...problems.map((problem) => `${where}: ${problem}`));
  }
}
