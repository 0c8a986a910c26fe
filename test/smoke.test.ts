import { describe, expect, it } from '@jest/globals';
import { fitPair, wrapText } from '../firmware/base/columns.ts';
import { bytesOfGbk, textOfGbk } from '../firmware/base/text.ts';
import { hexOf } from '../firmware/base/bytes.ts';
import { VirtualClock } from '../hal-mock/time.ts';
import { CIPHERS } from '../drivers/crypto/ciphers.ts';

describe('text', () => {
  it('encodes', async () => {
    expect(hexOf(bytesOfGbk('京东白条¥'))).toBe('BEA9B6ABB0D7CCF5A3A4');
    expect(textOfGbk(bytesOfGbk('花呗分期'))).toBe('花呗分期');
    expect(wrapText('应付金额 ¥1,234.50 元', 10)).toEqual(['应付金额', '¥1,234.50', '元']);
    expect(fitPair('a', '1', 5)).toEqual(['a   1']);
    const clock = new VirtualClock();
    let fired = false;
    clock.setTimeout(() => (fired = true), 1000);
    await clock.advance(999);
    expect(fired).toBe(false);
    await clock.advance(1);
    expect(fired).toBe(true);
    const k = Uint8Array.from(Buffer.from('0123456789ABCDEFFEDCBA9876543210', 'hex'));
    expect(hexOf(CIPHERS.des(k).encrypt(new Uint8Array(8)))).toBe('08D7B4FB629D0885');
    expect(hexOf(CIPHERS.sm4(k).decrypt(CIPHERS.sm4(k).encrypt(k)))).toBe(hexOf(k));
  });
});
