import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  statusOfAutomatic,
  statusOfPages,
  StatusParser,
  type StatusEvent,
} from '../../../drivers/printer-escpos/status.ts';
import { bytesOfLatin1, hex } from '../../../firmware/base/bytes.ts';

const parse = (bytes: string): StatusEvent[] => new StatusParser().push(hex(bytes));

describe('what a head says', () => {
  it.each([
    ['11', [{ kind: 'flow', open: true }]],
    ['13', [{ kind: 'flow', open: false }]],
    ['12', [{ kind: 'realTime', byte: 0x12 }]],
    ['16', [{ kind: 'realTime', byte: 0x16 }]],
    ['1E', [{ kind: 'realTime', byte: 0x1e }]],
    ['7E', [{ kind: 'realTime', byte: 0x7e }]],
    ['00', [{ kind: 'queued', byte: 0 }]],
    ['0F', [{ kind: 'queued', byte: 0x0f }]],
    ['37 22 30 30 30 31 00', [{ kind: 'processed', id: bytesOfLatin1('0001') }]],
    ['37 25 00', [{ kind: 'cleared' }]],
    ['37 23 41 00', [{ kind: 'other' }]],
    ['5F 54 4D 00', [{ kind: 'other' }]],
    ['FF', [{ kind: 'other' }]],
    ['10 00 0C 0F', [{ kind: 'automatic', bytes: [0x10, 0x00, 0x0c, 0x0f] }]],
  ])('%s', (bytes, events) => {
    expect(parse(bytes)).toEqual(events);
  });

  it('finds flow control inside every other answer', () => {
    const kinds = parse('13 10 13 00 11 0C 0F 37 22 13 30 30 30 11 31 00').map((event) => event.kind);
    expect(kinds).toEqual(['flow', 'flow', 'flow', 'automatic', 'flow', 'flow', 'processed']);
  });

  it('gives up an automatic status whose rest was lost', () => {
    expect(parse('10 00 12 37 25 00')).toEqual([{ kind: 'realTime', byte: 0x12 }, { kind: 'cleared' }]);
  });

  it('forgets half of an answer after a reconnect', () => {
    const parser = new StatusParser();
    parser.push(hex('37 22 30'));
    parser.reset();
    expect(parser.push(hex('12'))).toEqual([{ kind: 'realTime', byte: 0x12 }]);
  });

  it('says the same however the bytes are cut into chunks', () => {
    const stream = fc.array(
      fc.constantFrom('12', '1E', '11', '13', '00', '37 22 30 30 30 31 00', '18 00 0C 0F', '37 25 00'),
    );
    fc.assert(
      fc.property(stream, fc.array(fc.nat(9), { minLength: 1 }), (parts, cuts) => {
        const bytes = hex(parts.join(' '));
        const parser = new StatusParser();
        const events: StatusEvent[] = [];
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const end = at + 1 + (cuts[i % cuts.length] ?? 0);
          events.push(...parser.push(bytes.subarray(at, end)));
          at = end;
        }
        expect(events).toEqual(new StatusParser().push(bytes));
        expect(events).toHaveLength(parts.length);
      }),
    );
  });

  it('comes back to its senses after any garbage', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (garbage) => {
        const parser = new StatusParser();
        parser.push(garbage);
        // Whatever was begun ends with a zero byte or after three more bytes.
        parser.push(new Uint8Array(4));
        expect(parser.push(hex('12'))).toEqual([{ kind: 'realTime', byte: 0x12 }]);
      }),
    );
  });
});

describe('what the status bits mean', () => {
  const clean = { 1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12 };

  it.each([
    ['drawer pin high is no trouble', { ...clean, 1: 0x16 }, { kind: 'ready', paper: 'ok' }],
    ['near end', { ...clean, 4: 0x1e }, { kind: 'ready', paper: 'low' }],
    ['a head without paper page', { 1: 0x12 }, { kind: 'ready', paper: 'unknown' }],
    ['cover', { 1: 0x1a, 2: 0x16, 3: 0x52, 4: 0x12 }, { kind: 'stopped', reason: 'coverOpen' }],
    ['paper out', { 1: 0x1a, 2: 0x32, 3: 0x12, 4: 0x7e }, { kind: 'stopped', reason: 'paperOut' }],
    ['paper out, near end sensor not fitted', { ...clean, 1: 0x1a, 4: 0x72 }, { kind: 'stopped', reason: 'paperOut' }],
    ['knife', { 1: 0x1a, 2: 0x52, 3: 0x1a, 4: 0x12 }, { kind: 'stopped', reason: 'cutter' }],
    ['hot head', { 1: 0x1a, 2: 0x52, 3: 0x52, 4: 0x12 }, { kind: 'stopped', reason: 'overheated' }],
    ['unrecoverable', { 1: 0x1a, 2: 0x52, 3: 0x32, 4: 0x12 }, { kind: 'stopped', reason: 'offline' }],
    ['clone that says offline alone', { 1: 0x1a, 4: 0x12 }, { kind: 'stopped', reason: 'offline' }],
  ])('%s', (_name, pages, status) => {
    expect(statusOfPages(pages)).toEqual(status);
  });

  it.each([
    ['clean', [0x14, 0x00, 0x00, 0x0f], { kind: 'ready', paper: 'ok' }],
    ['near end', [0x10, 0x00, 0x03, 0x0f], { kind: 'ready', paper: 'low' }],
    ['cover', [0x38, 0x00, 0x00, 0x0f], { kind: 'stopped', reason: 'coverOpen' }],
    ['paper out', [0x18, 0x00, 0x0f, 0x0f], { kind: 'stopped', reason: 'paperOut' }],
    ['knife', [0x18, 0x08, 0x00, 0x0f], { kind: 'stopped', reason: 'cutter' }],
    ['hot head', [0x18, 0x40, 0x00, 0x0f], { kind: 'stopped', reason: 'overheated' }],
    ['offline', [0x18, 0x00, 0x00, 0x0f], { kind: 'stopped', reason: 'offline' }],
  ])('automatic: %s', (_name, bytes, status) => {
    expect(statusOfAutomatic(bytes)).toEqual(status);
  });
});
