import { ImageError } from '../tools.ts';

/** Why a device cannot be flashed: what is wrong, where, and what to do, in both languages. */
export class FlashError extends ImageError {
  constructor(en: string, zh: string) {
    super(`${en} / ${zh}`);
  }
}

/** Bytes as people say them: `448 MiB`, `29.7 GiB`. */
export function sizeText(bytes: number): string {
  const mib = bytes / 2 ** 20;
  if (mib < 1024) return `${Number(mib.toFixed(1))} MiB`;
  return `${Number((mib / 1024).toFixed(1))} GiB`;
}
