import { hex, hexOf } from '../../base/bytes.ts';
import { ProtocolError } from '../../base/protocol-error.ts';
import type { BlockCipher } from './block-cipher.ts';

/** Where in a track the one enciphered block lies, in nibbles from the start, and the clear or enciphered block itself. */
export interface TrackBlocks {
  readonly start: number;
  readonly end: number;
  readonly blocks: Uint8Array;
}

/**
 * The part of track 2 or 3 that travels enciphered (CUP terminal rules A.6): one block of 16 nibbles, 32 for SM4, that
 * ends one nibble before the end of a track of odd length and two before the end of an even one. A track too short
 * for that is refused: sources disagree on its padding.
 */
export function trackBlocks(track: string, blockBytes: 8 | 16): TrackBlocks {
  const nibbles = wireTrack(track);
  const end = nibbles.length - (nibbles.length % 2 === 1 ? 1 : 2);
  const start = end - blockBytes * 2;
  if (start < 0) throw new ProtocolError(['track'], `too short to encipher: under ${blockBytes * 2 + 1} nibbles`);
  return { start, end, blocks: hex(nibbles.slice(start, end)) };
}

/** The track with other bytes in that place, separators as `D`: what goes into field 35 or 36. */
export function replaceTrackBlocks(track: string, { start, end }: TrackBlocks, blocks: Uint8Array): string {
  if (blocks.length * 2 !== end - start) throw new ProtocolError(['track'], 'blocks of another length');
  const nibbles = wireTrack(track);
  return nibbles.slice(0, start) + hexOf(blocks) + nibbles.slice(end);
}

/** Enciphers in place; for emulated devices, as the clear track key is theirs alone. */
export function encryptTrack(track: string, cipher: BlockCipher): string {
  const place = trackBlocks(track, cipher.blockBytes);
  return replaceTrackBlocks(track, place, cipher.encrypt(place.blocks));
}

/** The reverse, for the host. `ProtocolError` when the result is no track, as under a wrong key. */
export function decryptTrack(track: string, cipher: BlockCipher): string {
  const place = trackBlocks(track, cipher.blockBytes);
  const clear = replaceTrackBlocks(track, place, cipher.decrypt(place.blocks));
  if (!/^[\dD]+$/.test(clear)) throw new ProtocolError(['track'], 'deciphers to no track');
  return clear;
}

function wireTrack(track: string): string {
  const nibbles = track.replaceAll('=', 'D').toUpperCase();
  if (!/^[0-9A-F]+$/.test(nibbles)) throw new ProtocolError(['track'], 'a character that is no nibble');
  return nibbles;
}
