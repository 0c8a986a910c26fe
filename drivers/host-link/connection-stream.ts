import { Duplex } from 'node:stream';
import type { Connection } from '../../firmware/hal/index.ts';

/** A port connection as a Node stream, so that Node's HTTP client runs over TCP, TLS or memory alike. */
export class ConnectionStream extends Duplex {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    super();
    this.#connection = connection;
    connection.onData((bytes) => void (this.readable && this.push(bytes)));
    connection.onClose(() => void (this.readable && this.push(null)));
  }

  override _read(): void {
    // The connection pushes; a reply is small, so it is never asked to wait.
  }

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.#connection.write(new Uint8Array(chunk));
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#connection.close();
    done(error);
  }
}
