/** China has one time zone and no summer time: UTC+8 all year. */
const CHINA_OFFSET_MS = 8 * 3_600_000;

/** Year to second as people in China read it, each part zero-padded. */
export interface ChinaTime {
  readonly year: string;
  readonly month: string;
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
  /** 001–366. */
  readonly dayOfYear: string;
}

/** Splits milliseconds since 1970 UTC into the parts of China's wall clock. */
export function chinaTime(wallMs: number): ChinaTime {
  const iso = new Date(wallMs + CHINA_OFFSET_MS).toISOString();
  const year = iso.slice(0, 4);
  const dayOfYear = Math.floor((wallMs + CHINA_OFFSET_MS - Date.UTC(Number(year), 0, 1)) / 86_400_000) + 1;
  return {
    year,
    month: iso.slice(5, 7),
    day: iso.slice(8, 10),
    hour: iso.slice(11, 13),
    minute: iso.slice(14, 16),
    second: iso.slice(17, 19),
    dayOfYear: dayOfYear.toString().padStart(3, '0'),
  };
}

/** `2026-11-21 12:00:00`, as the wallet writes time. */
export function chinaTimestamp(wallMs: number): string {
  const { year, month, day, hour, minute, second } = chinaTime(wallMs);
  return `${year}-${month}-${day} ${hour}:${minute}:${second}`;
}
