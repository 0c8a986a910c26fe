/** A command that a head obeys on receipt, wherever in the stream it stands. */
export type RealTimeCommand =
  | { readonly kind: 'status'; readonly page: number }
  | { readonly kind: 'recover'; readonly clears: boolean }
  | { readonly kind: 'clear' }
  | { readonly kind: 'pulseDrawer' };

const DLE = 0x10;
const CLEAR_BUFFERS = [DLE, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08];

/** Looks at every byte that arrives, data of images and codes too, as the receive interrupt of a head does. */
export class RealTimeScanner {
  #recent: number[] = [];

  push(byte: number): RealTimeCommand | undefined {
    this.#recent.push(byte);
    if (this.#recent.length > CLEAR_BUFFERS.length) this.#recent.shift();
    const command = this.#command();
    if (command !== undefined) this.#recent = [];
    return command;
  }

  #command(): RealTimeCommand | undefined {
    const [dle, code, argument = 0] = this.#recent.slice(-3);
    if (dle === DLE && code === 0x04 && argument >= 1 && argument <= 4) return { kind: 'status', page: argument };
    if (dle === DLE && code === 0x05 && (argument === 1 || argument === 2)) {
      return { kind: 'recover', clears: argument === 2 };
    }
    if (this.#endsWith(CLEAR_BUFFERS)) return { kind: 'clear' };
    const [first, second, fn, pin = 0, time = 0] = this.#recent.slice(-5);
    const isPulse = first === DLE && second === 0x14 && fn === 1 && pin <= 1 && time >= 1 && time <= 8;
    return isPulse ? { kind: 'pulseDrawer' } : undefined;
  }

  #endsWith(sequence: readonly number[]): boolean {
    const tail = this.#recent.slice(-sequence.length);
    return tail.length === sequence.length && sequence.every((byte, i) => tail[i] === byte);
  }
}
