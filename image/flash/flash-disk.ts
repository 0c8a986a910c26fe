/** Writes the disk of a device: root, both application slots, data, and what boots them. */
import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ImageManifest, readManifest } from '../slot-image.ts';
import { readFromSquashfs } from '../squashfs.ts';
import { ImageError, runTool } from '../tools.ts';
import { type Kernel, THIS_KERNEL } from './block-devices.ts';
import { type DataEntry, dataEntries, dataProblem, makeDataFileSystem } from './data-partition.ts';
import { makeEsp } from './esp.ts';
import { FlashError, sizeText } from './flash-error.ts';
import {
  isLayout,
  layoutOf,
  MIB,
  type Partition,
  partitionNamed,
  type PartitionName,
  sfdiskScript,
  TABLE,
} from './layout.ts';
import { Medium } from './medium.ts';
import { isFirstState, STATE_BYTES, writeFirstState } from './slot-state.ts';
import { checkRoom, checkTarget, type Target } from './target.ts';

export interface FlashRequest {
  /** A whole disk, or a file. */
  readonly to: string;
  /** Debian with the files of `image/rootfs/`, made for `image`. */
  readonly rootImage: string;
  /** The application, as `fenqi image build` makes it. */
  readonly image: string;
  /** Checked files of the configuration, by their path below `config/`. */
  readonly config?: ReadonlyMap<string, Uint8Array>;
  /** Folder with key files of this device. */
  readonly keys?: string;
  /** Of a file. Default: what it has, or 2 GiB. */
  readonly sizeBytes?: number;
  /** Of the root partition. Default 448. */
  readonly rootMib?: number;
  /** More words for the kernel's command line. */
  readonly append?: string;
  readonly signal?: AbortSignal;
  readonly kernel?: Kernel;
}

export type FlashPhase = 'prepare' | 'erase' | 'esp' | 'root' | 'slots' | 'data' | 'flush' | 'verify' | 'table';

/** `fraction` of the whole work that is done, 0 to 1. */
export type FlashProgress = (phase: FlashPhase, fraction: number) => void;

export interface FlashPlan {
  readonly target: Target;
  readonly layout: readonly Partition[];
  readonly manifest: ImageManifest;
  readonly entries: readonly DataEntry[];
}

/**
 * Checks everything that can be checked before a byte is written.
 *
 * @throws FlashError with what to do
 */
export async function planFlash(request: FlashRequest): Promise<FlashPlan> {
  const rootMib = request.rootMib ?? Number(TABLE.find(({ name }) => name === 'root')?.mib);
  const target = checkTarget(request.to, request.sizeBytes, request.kernel ?? THIS_KERNEL);
  const layout = layoutOf(request.to, target.bytes, rootMib);
  const rootBytes = checkFits(request.rootImage, partitionNamed(layout, 'root'));
  const imageBytes = checkFits(request.image, partitionNamed(layout, 'app_a'));
  checkRoom(target, rootBytes + 2 * imageBytes + partitionNamed(layout, 'esp').bytes + 16 * MIB);
  const manifest = await readManifest(request.image);
  await checkBelongTogether(request, manifest);
  const entries = dataEntries({
    config: request.config ?? new Map(),
    ...(request.keys === undefined ? {} : { keys: request.keys }),
  });
  return { target, layout, manifest, entries };
}

function checkFits(file: string, { name, bytes }: Partition): number {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isFile() !== true) throw new FlashError(`there is no file ${file}`, `没有文件 ${file}`);
  if (found.size <= bytes) return found.size;
  const [need, has] = [sizeText(found.size), sizeText(bytes)];
  throw new FlashError(
    `${file} has ${need} and the partition ${name} has ${has}${name === 'root' ? ': give --root-size' : ''}`,
    `${file} 有 ${need}，分区 ${name} 只有 ${has}${name === 'root' ? '：请用 --root-size 加大' : ''}`,
  );
}

/** A root takes updates for one board and one root certificate; another application would never be updated again. */
async function checkBelongTogether({ rootImage }: FlashRequest, { compatible }: ImageManifest): Promise<void> {
  const config = await readFromSquashfs(rootImage, 'etc/rauc/system.conf').catch((error: unknown) => {
    if (error instanceof ImageError && error.message.includes('not installed')) throw error;
    throw new FlashError(
      `${rootImage} is no root that fenqi image root has made`,
      `${rootImage} 不是 fenqi image root 生成的根镜像`,
    );
  });
  const of = /^compatible=(.*)$/m.exec(config.toString('utf8'))?.[1];
  if (of === compatible) return;
  throw new FlashError(
    `${rootImage} is for ${of ?? 'nothing'} and the image for ${compatible}: make the root for this image`,
    `${rootImage} 用于 ${of ?? '未知'}，而应用镜像用于 ${compatible}：请为该镜像重新生成根镜像`,
  );
}

/**
 * Writes and verifies. The partition table comes last: before everything else was read back and found right there is
 * nothing to boot.
 *
 * @throws FlashError when it was not done; the message says whether the target was touched
 */
export async function flashDisk(request: FlashRequest, progress: FlashProgress = () => undefined): Promise<FlashPlan> {
  progress('prepare', 0);
  const plan = await planFlash(request);
  const work = mkdtempSync(join(tmpdir(), 'fenqi-flash-'));
  try {
    await new Flashing(request, plan, work, progress).run();
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return plan;
}

interface Copy {
  readonly phase: FlashPhase;
  readonly to: PartitionName;
  readonly from: string;
}

interface Written {
  readonly to: PartitionName;
  readonly sha256: string;
  readonly bytes: number;
}

class Flashing {
  readonly #request: FlashRequest;
  readonly #plan: FlashPlan;
  readonly #work: string;
  readonly #progress: FlashProgress;
  readonly #medium: Medium;
  #phase: FlashPhase = 'prepare';
  #done = 0;
  #all = 1;

  constructor(request: FlashRequest, plan: FlashPlan, work: string, progress: FlashProgress) {
    this.#request = request;
    this.#plan = plan;
    this.#work = work;
    this.#progress = progress;
    this.#medium = new Medium(plan.target, { count: (bytes) => this.#count(bytes) });
  }

  async run(): Promise<void> {
    const copies = await this.#prepare();
    // Each is written, and read again.
    this.#all = 2 * copies.reduce((sum, { from }) => sum + statSync(from).size, 0);
    this.#enter('erase');
    await this.#medium.claim();
    try {
      await this.#medium.erase();
      await this.#verify(await this.#write(copies));
      await this.#writeTable();
    } catch (error) {
      throw this.#unfinished(error);
    }
    this.#progress('table', 1);
  }

  async #prepare(): Promise<readonly Copy[]> {
    const { rootImage, image, append = '' } = this.#request;
    const { bytes } = partitionNamed(this.#plan.layout, 'esp');
    const esp = await makeEsp({ rootImage, target: this.#plan.manifest.target, append, bytes }, this.#work);
    const state = join(this.#work, 'slotstate');
    writeFileSync(state, '');
    truncateSync(state, STATE_BYTES);
    await writeFirstState(state);
    // The old state must not outlive a new one that is shorter.
    truncateSync(state, partitionNamed(this.#plan.layout, 'slotstate').bytes);
    return [
      { phase: 'esp', to: 'esp', from: esp },
      { phase: 'root', to: 'root', from: rootImage },
      { phase: 'slots', to: 'slotstate', from: state },
      { phase: 'slots', to: 'app_a', from: image },
      { phase: 'slots', to: 'app_b', from: image },
    ];
  }

  async #write(copies: readonly Copy[]): Promise<readonly Written[]> {
    const written: Written[] = [];
    for (const { phase, to, from } of copies) {
      this.#enter(phase);
      const sha256 = await this.#medium.copy(from, this.#partition(to).offset);
      written.push({ to, sha256, bytes: statSync(from).size });
    }
    this.#enter('data');
    await makeDataFileSystem(this.#dataPlace(), this.#plan.entries, this.#work);
    this.#enter('flush');
    await this.#medium.flush();
    return written;
  }

  async #verify(written: readonly Written[]): Promise<void> {
    this.#enter('verify');
    for (const { to, sha256, bytes } of written) {
      if ((await this.#medium.sha256(this.#partition(to).offset, bytes)) !== sha256) throw readBack(to);
    }
    const state = join(this.#work, 'slotstate-read');
    writeFileSync(state, await this.#medium.read(this.#partition('slotstate').offset, STATE_BYTES));
    if (!(await isFirstState(state))) throw readBack('slotstate');
    const problem = await dataProblem(this.#dataPlace(), this.#plan.entries);
    if (problem !== undefined) throw readBack(`data (${problem})`);
  }

  async #writeTable(): Promise<void> {
    this.#enter('table');
    const { path } = this.#medium;
    const options = ['--quiet', '--wipe', 'never', '--wipe-partitions', 'never'];
    const isFile = this.#plan.target.kind === 'file' ? ['--no-reread', '--no-tell-kernel'] : [];
    await runTool('sfdisk', [...options, ...isFile, path], { input: sfdiskScript(this.#plan.layout) });
    await this.#medium.flush();
    const answer = await runTool('sfdisk', ['--json', path]);
    if (!isLayout(answer.toString('utf8'), this.#plan.layout)) throw readBack('GPT');
  }

  #partition(name: PartitionName): Partition {
    return partitionNamed(this.#plan.layout, name);
  }

  #dataPlace(): { path: string; offset: number; bytes: number } {
    const { offset, bytes } = this.#partition('data');
    return { path: this.#medium.path, offset, bytes };
  }

  #enter(phase: FlashPhase): void {
    this.#phase = phase;
    this.#count(0);
  }

  #count(bytes: number): void {
    this.#request.signal?.throwIfAborted();
    this.#done += bytes;
    this.#progress(this.#phase, this.#done / this.#all);
  }

  #unfinished(error: unknown): FlashError {
    const { path } = this.#medium;
    const why = this.#request.signal?.aborted === true ? 'stopped / 已中止' : (error as Error).message;
    return new FlashError(
      `${why}\n${path} is not complete and does not boot now: flash it again`,
      `${path} 未写完，现在无法启动：请重新刷写`,
    );
  }
}

const readBack = (what: string): FlashError =>
  new FlashError(
    `what was read back from ${what} is not what was written: the medium may be worn, take another one`,
    `从 ${what} 读回的内容与写入的不同：介质可能已损坏，请更换`,
  );
