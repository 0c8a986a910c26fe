import type { SimulatedDisk } from '../../hal-mock/disk.ts';
import type { SeededRandom } from '../../hal-mock/random.ts';

const NEWEST_BYTES = 400;

/** Puts a disk back into the state before somebody tampered with it. */
export type Mending = () => void;

/** Flips one bit of one segment, most often where something is written. */
export async function flipSomeBit(disk: SimulatedDisk, random: SeededRandom): Promise<Mending | undefined> {
  const names = await disk.list();
  const name = names[random.below(Math.max(1, names.length))];
  if (name === undefined) return undefined;
  const content = disk.contentOf(name);
  const used = content.findLastIndex((byte) => byte !== 0) + 1;
  if (used === 0) return undefined;
  // The newest records are those that a mark alone tells from a torn write.
  const within = random.chance(0.5) ? Math.min(used, NEWEST_BYTES) : used;
  const bit = (used - within + random.below(within)) * 8 + random.below(8);
  disk.flipBit(name, bit);
  return () => disk.flipBit(name, bit);
}

/** Exchanges two segments, or takes one away that is not the newest. */
export async function rearrange(disk: SimulatedDisk, random: SeededRandom): Promise<Mending | undefined> {
  const names = [...(await disk.list())].toSorted();
  const [first, second] = names;
  if (first === undefined || second === undefined) return undefined;
  const at = random.below(names.length - 1);
  const [one = first, other = second] = [names[at], names[at + 1]];
  disk.swap(one, other);
  return () => disk.swap(one, other);
}
