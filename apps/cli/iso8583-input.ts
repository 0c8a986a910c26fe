import { bytesOfHex } from '../../firmware/base/bytes.ts';
import { ProtocolError } from '../../firmware/base/protocol-error.ts';
import { type Dialect, type Frame, unpackFrame } from '../../firmware/protocol/iso8583/index.ts';

/** What a subcommand is told: the dialect it speaks, how lines are framed, whether card data may be shown. */
export interface MessageOptions {
  readonly dialect: Dialect;
  readonly framed: boolean;
  readonly unmasked: boolean;
}

/** Bytes of a line of hex; `path` names the line or the member that should have been hex. */
export function hexInput(text: string, path: readonly string[]): Uint8Array {
  const bytes = bytesOfHex(text);
  if (bytes === undefined) throw new ProtocolError(path, 'is not hex of whole bytes');
  return bytes;
}

/** A frame with the two bytes of length before it, which have to be right. */
export function framedInput(bytes: Uint8Array): Frame {
  const [high, low] = bytes;
  if (high === undefined || low === undefined) throw new ProtocolError(['length'], 'the frame ends inside the length');
  const announced = (high << 8) | low;
  const there = bytes.length - 2;
  if (announced !== there) throw new ProtocolError(['length'], `says ${announced} bytes, ${there} follow`);
  return unpackFrame(bytes.subarray(2));
}

/** The message inside a line of hex, its frame taken off if there is one. */
export function messageBytes(line: string, framed: boolean): Uint8Array {
  const bytes = hexInput(line, ['line']);
  return framed ? framedInput(bytes).iso : bytes;
}

/** Runs work on one line and gives the `ProtocolError` it may end in; any other error is our bug and goes on. */
export function protocolErrorOf(work: () => void): ProtocolError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}
