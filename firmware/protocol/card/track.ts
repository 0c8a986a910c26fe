import { ProtocolError } from '../../base/protocol-error.ts';

/** What tracks 1 and 2 of ISO/IEC 7813 have in common. */
export interface TrackData {
  readonly pan: string;
  /** `YYMM`; `undefined` when the stripe has none, or `0000` as many debit cards do. */
  readonly expiry: string | undefined;
  readonly serviceCode: string | undefined;
  readonly discretionary: string;
}

export interface Track2 extends TrackData {
  /** The whole track without sentinels and with `D` as separator, as the vault keeps it and field 35 carries it. */
  readonly bare: string;
}

export interface Track1 extends TrackData {
  readonly name: string;
}

/** How a track is coded: lowest character, bits of data, longest bare text, start sentinel. The end is `?` on both. */
interface TrackForm {
  readonly path: readonly string[];
  readonly base: number;
  readonly mask: number;
  readonly start: string;
  readonly bareMax: number;
}

/** Track 2 has 40 characters and track 1 has 79 with two sentinels and the LRC. */
const FORMS: Readonly<Record<1 | 2, TrackForm>> = {
  1: { path: ['track1'], base: 0x20, mask: 0x3f, start: '%', bareMax: 76 },
  2: { path: ['track2'], base: 0x30, mask: 0x0f, start: ';', bareMax: 37 },
};
const END = '?';

const TRACK2 = /^(\d{12,19})[=D](\d{4}|[=D])(\d{3}|[=D])([\d=D]*)$/;
const TRACK1 = /^B(\d{12,19})\^([\x20-\x3e\x40-\x5d\x5f]{2,26})\^(\d{4}|\^)(\d{3}|\^)([\x20-\x5f]*)$/;

/**
 * Track 2 as a reader gives it: with sentinels and perhaps the LRC, or bare with `=` or `D`. Strict: a stripe read in
 * half is a `ProtocolError`, not a shorter card number.
 */
export function parseTrack2(text: string): Track2 {
  const bare = bareTrack(2, text);
  const [, pan, expiry, serviceCode, discretionary = ''] = TRACK2.exec(bare) ?? [];
  if (pan === undefined) throw new ProtocolError(['track2'], 'not card number, separator, expiry, service code');
  return { ...commonData(2, pan, expiry, serviceCode), discretionary, bare: bare.replaceAll('=', 'D') };
}

/** Track 1 of format B, with sentinels and perhaps the LRC, or bare. */
export function parseTrack1(text: string): Track1 {
  const [, pan, name = '', expiry, serviceCode, discretionary = ''] = TRACK1.exec(bareTrack(1, text)) ?? [];
  if (pan === undefined) throw new ProtocolError(['track1'], 'not format B: card number, name, expiry, service code');
  return { ...commonData(1, pan, expiry, serviceCode), discretionary, name: name.trim() };
}

/** The check character of a track from its start sentinel to its end sentinel: XOR of the data bits. */
export function trackLrc(track: 1 | 2, text: string): string {
  const { base, mask } = FORMS[track];
  let lrc = 0;
  for (let i = 0; i < text.length; i++) lrc ^= (text.charCodeAt(i) - base) & mask;
  return String.fromCharCode(base + lrc);
}

/** First digit 2 or 6: the card has a chip that must be tried before its stripe (the fallback rule). */
export function serviceCodeSaysChip(serviceCode: string): boolean {
  return /^[26]/.test(serviceCode);
}

function bareTrack(track: 1 | 2, text: string): string {
  const { path, start, bareMax } = FORMS[track];
  const bare = text.startsWith(start) ? withoutSentinels(track, text) : text;
  if (bare.length > bareMax) throw new ProtocolError(path, 'too long');
  return bare;
}

function withoutSentinels(track: 1 | 2, text: string): string {
  const { path } = FORMS[track];
  const end = text.indexOf(END, 1);
  if (end === -1) throw new ProtocolError(path, 'no end sentinel');
  const lrc = text.slice(end + 1);
  if (lrc.length > 1) throw new ProtocolError(path, 'goes on after the LRC');
  if (lrc.length === 1 && lrc !== trackLrc(track, text.slice(0, end + 1))) throw new ProtocolError(path, 'wrong LRC');
  return text.slice(1, end);
}

function commonData(
  track: 1 | 2,
  pan: string,
  expiry: string | undefined,
  serviceCode: string | undefined,
): Omit<TrackData, 'discretionary'> {
  const given = expiry === undefined || expiry.length < 4 || expiry === '0000' ? undefined : expiry;
  if (given !== undefined && !/^\d\d(?:0[1-9]|1[0-2])$/.test(given)) {
    throw new ProtocolError([...FORMS[track].path, 'expiry'], 'month outside 01 to 12');
  }
  return { pan, expiry: given, serviceCode: serviceCode?.length === 3 ? serviceCode : undefined };
}
