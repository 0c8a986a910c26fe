import { createWriteStream } from 'node:fs';
import type { TraceHeader } from '../../visualizer/model/trace.ts';
import type { Clock } from '../../firmware/hal/index.ts';
import { TraceRecorder } from '../trace/recorder.ts';
import { NO_TAPS, recordingTaps, type WorldTaps } from '../trace/world-taps.ts';

/** A few hundred sales; a trace is for one question, not for a year. */
const BYTES_MAX = 16 * 1024 * 1024;

export interface TraceFile {
  readonly taps: WorldTaps;
  close(): Promise<void>;
}

export const NO_TRACE: TraceFile = { taps: NO_TAPS, close: () => Promise.resolve() };

/**
 * Writes the trace of a device as it happens, for the page of a checkout to open. It holds names and masked values alone. A file
 * that cannot be written, or is full, ends the trace and never the terminal.
 */
export function traceInto(
  file: string,
  clock: Clock,
  language: TraceHeader['language'],
  log: (line: string) => void,
): TraceFile {
  const recorder = new TraceRecorder({ clock, title: 'device', language, keepsEvents: false });
  const stream = createWriteStream(file, { mode: 0o600 });
  let bytesLeft = BYTES_MAX;
  const write = (value: unknown): void => {
    const line = `${JSON.stringify(value)}\n`;
    bytesLeft -= Buffer.byteLength(line);
    if (bytesLeft >= 0) stream.write(line);
    else end('is full');
  };
  const endListening = recorder.onEvent(write);
  const end = (why: string): void => {
    endListening();
    log(`trace ${file} ${why}`);
  };
  stream.on('error', (error: NodeJS.ErrnoException) => end(`cannot be written (${error.code ?? error.name})`));
  write(recorder.header);
  return {
    taps: recordingTaps(recorder),
    close: () =>
      new Promise((resolve) => {
        endListening();
        // An error has ended it already, and then nothing finishes.
        if (stream.destroyed) resolve();
        else stream.once('close', () => resolve()).end();
      }),
  };
}
