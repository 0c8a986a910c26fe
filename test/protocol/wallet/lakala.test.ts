import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { lakalaNotifyString, lakalaSignString } from '../../../firmware/protocol/wallet/lakala.ts';
import { REFERENCE } from '../cup/reference-vectors.ts';

describe('Lakala', () => {
  it('V18: the string to sign', () => {
    const { parts, sha256 } = REFERENCE.V18;
    const [appId, serialNumber, timestamp, nonce, body] = parts;
    const signed = lakalaSignString({ appId, serialNumber, timestamp, nonce, body });
    expect(createHash('sha256').update(signed).digest('hex')).toBe(sha256);
  });

  it('a notification is signed over time, nonce and body', () => {
    expect(lakalaNotifyString({ timestamp: '1', nonce: 'n', body: '{}' })).toBe('1\nn\n{}\n');
  });
});
