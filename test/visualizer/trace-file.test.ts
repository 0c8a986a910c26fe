import { describe, expect, it } from '@jest/globals';
import { parseTrace, traceText } from '../../visualizer/model/trace-file.ts';
import { TRACE_FORMAT, TRACE_VERSION, type TraceEvent, type TraceHeader } from '../../visualizer/model/trace.ts';

const HEADER: TraceHeader = {
  format: TRACE_FORMAT,
  version: TRACE_VERSION,
  title: 'a test',
  startedAtMs: 1_795_000_000_000,
  language: 'zh',
  given: { offline: true },
};
const EVENTS: readonly TraceEvent[] = [
  { seq: 0, atMs: 0, kind: 'life', lane: 'terminal', what: 'starts' },
  { seq: 1, atMs: 20, kind: 'key', lane: 'terminal', key: 'private' },
  { seq: 2, atMs: 300, kind: 'slip', lane: 'devices', lines: ['花呗分期', ''] },
];
const TEXT = traceText({ header: HEADER, events: EVENTS });
const LINES = TEXT.trimEnd().split('\n');

function problemOf(text: string): string {
  const read = parseTrace(text);
  return read.kind === 'unreadable' ? read.problem.en : 'none';
}

describe('a trace file', () => {
  it('reads as it was written', () => {
    expect(parseTrace(TEXT)).toEqual({ kind: 'read', trace: { header: HEADER, events: EVENTS } });
  });

  it('may have gone through a Windows editor', () => {
    expect(parseTrace(`\uFEFF${TEXT.replaceAll('\n', '\r\n')}`)).toMatchObject({
      kind: 'read',
      trace: { events: EVENTS },
    });
  });

  it.each(['', 'hello', '{}', '[1]', '{"format":"har"}', 'null'])('that begins with %j is none', (text) => {
    expect(problemOf(text)).toContain('no trace of Fenqi');
  });

  it('of another version says which', () => {
    expect(problemOf(TEXT.replace(`"version":${TRACE_VERSION}`, '"version":7'))).toContain('has version 7');
  });

  it.each([
    ['no JSON', 'oops', 'line 3: not an event'],
    ['an unknown kind', '{"seq":1,"atMs":2,"kind":"mystery","lane":"host"}', 'line 3: not an event'],
    ['a kind without its members', '{"seq":1,"atMs":2,"kind":"screen","lane":"terminal"}', 'line 3: not an event'],
    ['a place that is not its own', LINES[3] ?? '', 'line 3: event 2 stands where 1 is due'],
  ])('with %s in the middle names the line', (_, line, problem) => {
    expect(problemOf([LINES[0], LINES[1], line, LINES[3], ''].join('\n'))).toBe(problem);
  });

  it('whose last line was cut short is read up to there, with a note', () => {
    const read = parseTrace(TEXT.slice(0, -20));
    expect(read).toMatchObject({ kind: 'read', trace: { events: EVENTS.slice(0, 2) } });
    expect(read.kind === 'read' && read.note?.en).toBe('line 4 was cut short and is left out');
  });
});
