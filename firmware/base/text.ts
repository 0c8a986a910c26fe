/**
 * Text encodings: UTF-8 for wallets and the journal, GBK for the acquirer's texts and the printer.
 *
 * `TextDecoder` and `TextEncoder` are pure web-standard functions that every JavaScript runtime of ours has; they are
 * declared here because the firmware compiles without the library types that would bring timers and I/O along.
 */
declare class TextDecoder {
  constructor(label: string, options?: { fatal?: boolean });
  decode(bytes: Uint8Array): string;
}
declare class TextEncoder {
  encode(text: string): Uint8Array;
}

const utf8Encoder = new TextEncoder();

export function bytesOfUtf8(text: string): Uint8Array {
  return utf8Encoder.encode(text);
}

const utf8Decoder = new TextDecoder('utf-8', { fatal: true });

/** `undefined` when the bytes are not UTF-8. */
export function textOfUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8Decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

let gbkDecoder: TextDecoder | undefined;

/**
 * `undefined` when the bytes are not GBK: single bytes below 0x80, or pairs 0x81–0xFE × 0x40–0xFE.
 * The four-byte codes of GB18030 are refused, because GBK printer heads print them as garbage.
 */
export function textOfGbk(bytes: Uint8Array): string | undefined {
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte < 0x80) continue;
    const second = bytes[++i];
    if (byte === 0x80 || byte === 0xff || second === undefined || second < 0x40 || second === 0x7f || second === 0xff) {
      return undefined;
    }
  }
  // Made once: it costs more than what it decodes.
  gbkDecoder ??= new TextDecoder('gb18030', { fatal: true });
  try {
    return gbkDecoder.decode(bytes);
  } catch {
    gbkDecoder = undefined;
    return undefined;
  }
}

let gbkCodes: ReadonlyMap<string, number> | undefined;

/** The reverse table is made from the decoder on first use (9 ms), which keeps 1 MB of tables out of the bundle. */
function gbkCodeOf(character: string): number | undefined {
  if (gbkCodes === undefined) {
    const codes = new Map<string, number>();
    const decoder = new TextDecoder('gb18030');
    for (let lead = 0x81; lead <= 0xfe; lead++) {
      for (let trail = 0x40; trail <= 0xfe; trail++) {
        if (trail === 0x7f) continue;
        const decoded = decoder.decode(new Uint8Array([lead, trail]));
        const isPrivateUse = decoded >= '\uE000' && decoded <= '\uF8FF';
        if (decoded.length === 1 && decoded !== '\uFFFD' && !isPrivateUse && !codes.has(decoded)) {
          codes.set(decoded, (lead << 8) | trail);
        }
      }
    }
    gbkCodes = codes;
  }
  return gbkCodes.get(character);
}

/** Whether the character has a code in GBK, U+00A5 (¥) by that of U+FFE5. */
export function isInGbk(character: string): boolean {
  return (
    (character.codePointAt(0) ?? 0) < 0x80 || gbkCodeOf(character === '\u00A5' ? '\uFFE5' : character) !== undefined
  );
}

/**
 * GBK bytes of a text. U+00A5 (¥) becomes the full-width U+FFE5, which GBK has; any other character outside GBK
 * becomes `?`, so that a strange name can never stop a receipt.
 */
export function bytesOfGbk(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) {
      bytes.push(code);
      continue;
    }
    const gbk = gbkCodeOf(character === '\u00A5' ? '\uFFE5' : character);
    if (gbk === undefined) bytes.push(0x3f);
    else bytes.push(gbk >> 8, gbk & 0xff);
  }
  return new Uint8Array(bytes);
}
