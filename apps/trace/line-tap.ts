import { ProtocolError } from '../../firmware/base/protocol-error.ts';
import type { SerialLine } from '../../drivers/serial/serial-line.ts';
import type { DeviceId, Field } from '../../visualizer/model/trace.ts';
import type { TraceRecorder } from './recorder.ts';

/** Makes frames of the bytes of one line. It keeps no byte longer than a frame takes to be whole. */
export interface FrameReader {
  out(bytes: Uint8Array): void;
  in(bytes: Uint8Array): void;
  /** The line was lost: half a frame never gets its end. */
  reset(): void;
}

export interface Frame {
  readonly direction: 'out' | 'in';
  readonly title: string;
  readonly bytes: number;
  readonly fields?: readonly Field[];
}

export type TellFrame = (frame: Frame) => void;

/** Gives the frames of one device to the recorder. */
export function frameTeller(recorder: TraceRecorder, device: DeviceId): TellFrame {
  return ({ direction, title, bytes, fields = [] }) =>
    recorder.add({ kind: 'frame', lane: 'devices', device, direction, title, bytes, fields });
}

/** The same line; what crosses it is read on the way. */
export function tapLine(line: SerialLine, frames: FrameReader): SerialLine {
  line.onDisconnect(() => frames.reset());
  return {
    device: line.device,
    get connected() {
      return line.connected;
    },
    write(bytes) {
      frames.out(bytes);
      return line.write(bytes);
    },
    onData: (listener) =>
      line.onData((bytes) => {
        frames.in(bytes);
        listener(bytes);
      }),
    onDisconnect: (listener) => line.onDisconnect(listener),
    onConnect: (listener) => line.onConnect(listener),
    close: () => line.close(),
  };
}

/** Fields of bytes that may be anything; `undefined` when they are not what they should be. */
export function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
