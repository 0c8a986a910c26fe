const BATCH_MAX = 999_999;

/** Batch numbers run 000001–999999 and begin again (CUP terminal rules, field 60.2). */
export function nextBatchOf(batch: string): string {
  const next = Number(batch) >= BATCH_MAX ? 1 : Number(batch) + 1;
  return next.toString().padStart(6, '0');
}
