const CHINA_OFFSET_MS = 8 * 3_600_000;

/** `yyyy-MM-dd HH:mm:ss` in China, which has one zone and no summer time. */
export function chinaTimestamp(wallMs: number): string {
  return new Date(wallMs + CHINA_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}
