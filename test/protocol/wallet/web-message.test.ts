import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { bytesOfUtf8, textOfUtf8 } from '../../../firmware/base/text.ts';
import { ProtocolError } from '../../../firmware/base/protocol-error.ts';
import {
  decodeWebReply,
  decodeWebRequest,
  encodeWebReply,
  encodeWebRequest,
  WALLET_HOSTS,
  type WebRequest,
} from '../../../firmware/protocol/wallet/web-message.ts';

const headers = fc.dictionary(fc.stringMatching(/^[a-z][a-z-]{0,12}$/), fc.stringMatching(/^[\x20-\x7e]{0,40}$/), {
  maxKeys: 6,
});

describe('web messages', () => {
  it('are one text, first line, headers and body', () => {
    const request: WebRequest = {
      host: 'jd',
      method: 'POST',
      path: '/api/query?x=1',
      headers: { 'content-type': 'application/json' },
      body: '{"花呗":1}\n\nmore',
    };
    const text = 'POST jd /api/query?x=1\ncontent-type: application/json\n\n{"花呗":1}\n\nmore';
    expect(textOfUtf8(encodeWebRequest(request))).toBe(text);
    expect(decodeWebRequest(bytesOfUtf8(text))).toEqual(request);
  });

  it('come back as they were, whatever the body holds', () => {
    const request = fc.record({
      host: fc.constantFrom(...WALLET_HOSTS),
      method: fc.constantFrom('GET' as const, 'POST' as const),
      path: fc.stringMatching(/^\/[\x21-\x7e]{0,30}$/),
      headers,
      body: fc.string({ unit: 'grapheme' }),
    });
    fc.assert(fc.property(request, (each) => expect(decodeWebRequest(encodeWebRequest(each))).toEqual({ ...each })));
    const reply = fc.record({
      status: fc.integer({ min: 100, max: 599 }),
      headers,
      body: fc.string({ unit: 'grapheme' }),
    });
    fc.assert(fc.property(reply, (each) => expect(decodeWebReply(encodeWebReply(each))).toEqual({ ...each })));
  });

  it.each([
    ['no end of the headers', 'POST jd /a\nx: y'],
    ['an unknown host', 'POST qq /a\n\n'],
    ['an unknown method', 'PUT jd /a\n\n'],
    ['no path', 'POST jd a\n\n'],
    ['a header without a name', 'POST jd /a\n: y\n\n'],
    ['a header in capitals', 'POST jd /a\nX: y\n\n'],
    ['a control character', 'POST jd /a\nx: \u0007\n\n'],
    ['a header twice', 'POST jd /a\nx: 1\nx: 2\n\n'],
    ['too many headers', `POST jd /a\n${Array.from({ length: 65 }, (_, at) => `x${at}: 1\n`).join('')}\n`],
  ])('are refused as requests with %s', (_what, text) => {
    expect(() => decodeWebRequest(bytesOfUtf8(text))).toThrow(ProtocolError);
  });

  it.each(['', '\n\n', '99\n\n', '2000\n\n', 'ok\n\n'])('are refused as replies without a status: %j', (text) => {
    expect(() => decodeWebReply(bytesOfUtf8(text))).toThrow(ProtocolError);
  });

  it('are refused when they are no UTF-8, and never throw anything else', () => {
    expect(() => decodeWebReply(Uint8Array.of(0x32, 0x30, 0x30, 0x0a, 0x0a, 0xff))).toThrow(ProtocolError);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const decode of [decodeWebReply, decodeWebRequest]) {
          try {
            decode(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(ProtocolError);
          }
        }
      }),
    );
  });

  it('take no header that would break the text', () => {
    const request = { host: 'jd', method: 'POST', path: '/a', body: '' } as const;
    expect(() => encodeWebRequest({ ...request, headers: { x: 'a\nb: c' } })).toThrow(ProtocolError);
  });
});
