/** Copies of partitions of a disk that nothing uses now. */
import { closeSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { MIB, type Partition } from '../../image/flash/layout.ts';
import type { DiskPart } from './cut-disk.ts';

type Name = 'data' | 'slotstate' | 'app_a' | 'app_b';

/** What of a disk is written to when a device runs. */
export type Parts = Readonly<Record<Name, DiskPart>>;

/** Copies out of the disk into sparse files of the folder. */
export function copyParts(disk: string, partitions: readonly Partition[] | Parts, folder: string): Parts {
  return copied(folder, (name) => {
    const found = 'data' in partitions ? partitions[name] : partitions.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no partition ${name}`);
    return { ...found, from: disk, at: found.offset };
  });
}

/** Copies of copies. */
export function copyAgain(parts: Parts, folder: string): Parts {
  return copied(folder, (name) => ({ ...parts[name], from: parts[name].path, at: 0 }));
}

type Source = Pick<DiskPart, 'offset' | 'bytes'> & { readonly from: string; readonly at: number };

function copied(folder: string, sourceOf: (name: Name) => Source): Parts {
  mkdirSync(folder, { recursive: true });
  const one = (name: Name): DiskPart => {
    const { from, at, offset, bytes } = sourceOf(name);
    const path = join(folder, name);
    copySparse(from, at, path, bytes);
    return { path, offset, bytes };
  };
  return { data: one('data'), slotstate: one('slotstate'), app_a: one('app_a'), app_b: one('app_b') };
}

function copySparse(source: string, offset: number, path: string, bytes: number): void {
  const [from, to] = [openSync(source, 'r'), openSync(path, 'w')];
  try {
    ftruncateSync(to, bytes);
    const piece = Buffer.alloc(MIB);
    const zeros = Buffer.alloc(MIB);
    for (let at = 0; at < bytes; at += piece.length) {
      const length = readSync(from, piece, 0, Math.min(piece.length, bytes - at), offset + at);
      if (!piece.subarray(0, length).equals(zeros.subarray(0, length))) writeSync(to, piece, 0, length, at);
    }
  } finally {
    for (const file of [from, to]) closeSync(file);
  }
}
