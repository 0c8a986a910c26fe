import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { ConnectionStream } from '../../../drivers/host-link/connection-stream.ts';
import { hex, hexOf } from '../../../firmware/base/bytes.ts';
import type { Connection, Dial } from '../../../firmware/hal/index.ts';
import { LengthFramer, withLength } from '../../../firmware/protocol/iso8583/frame.ts';
import type { ReceivedRequest } from '../../contract/host-link.contract.ts';

/** Hands requests from a host to a test, whichever asks first. */
export class RequestQueue {
  count = 0;
  readonly #requests: ReceivedRequest[] = [];
  readonly #takers: ((request: ReceivedRequest) => void)[] = [];

  put(request: ReceivedRequest): void {
    this.count++;
    const taker = this.#takers.shift();
    if (taker === undefined) this.#requests.push(request);
    else taker(request);
  }

  next(): Promise<ReceivedRequest> {
    const request = this.#requests.shift();
    if (request !== undefined) return Promise.resolve(request);
    return new Promise((resolve) => this.#takers.push(resolve));
  }
}

/** A host of length-framed messages at the far end of a connection. */
export function serveFrames(end: Connection, requests: RequestQueue): void {
  const framer = new LengthFramer();
  end.onData((bytes) => {
    for (const message of framer.push(bytes)) {
      requests.put({ message, reply: (reply) => end.write(withLength(reply)), disconnect: () => end.close() });
    }
  });
}

/** A host of HTTP whose bodies are hex; gives every body to the queue. */
export function httpHost(requests: RequestQueue): HttpServer {
  return createHttpServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      requests.put({
        message: hex(Buffer.concat(chunks).toString()),
        reply: (bytes) => response.end(hexOf(bytes)),
        disconnect: () => response.destroy(),
      });
    });
  });
}

type Listener = (bytes: Uint8Array) => void;

/** One end of a connection in memory. What is written arrives in a later turn, cut into pieces. */
class MemoryEnd implements Connection {
  other: MemoryEnd | undefined;
  isClosed = false;
  readonly #pieceBytes: number;
  #onData: Listener = () => undefined;
  #onClose: () => void = () => undefined;

  constructor(pieceBytes: number) {
    this.#pieceBytes = pieceBytes;
  }

  write(bytes: Uint8Array): void {
    if (this.isClosed) return;
    for (let at = 0; at < bytes.length; at += this.#pieceBytes) {
      const piece = bytes.slice(at, at + this.#pieceBytes);
      queueMicrotask(() => this.other?.isClosed === false && this.other.#onData(piece));
    }
  }

  onData(listener: Listener): void {
    this.#onData = listener;
  }

  onClose(listener: () => void): void {
    this.#onClose = listener;
  }

  close(): void {
    for (const end of [this, this.other]) {
      if (end === undefined || end.isClosed) continue;
      // The other end still gets what was written before.
      queueMicrotask(() => {
        if (end.isClosed) return;
        end.isClosed = true;
        end.#onClose();
      });
    }
  }
}

/** A network in memory with one host on it. */
export class MemoryNetwork {
  isUp = true;
  dials = 0;
  readonly #open: MemoryEnd[] = [];
  readonly #serve: (end: Connection) => void;
  readonly #pieceBytes: number;

  constructor(serve: (end: Connection) => void, pieceBytes = Infinity) {
    this.#serve = serve;
    this.#pieceBytes = pieceBytes;
  }

  readonly dial: Dial = async () => {
    this.dials++;
    if (!this.isUp) return { kind: 'failed', reason: 'unreachable' };
    const [near, far] = [new MemoryEnd(this.#pieceBytes), new MemoryEnd(this.#pieceBytes)];
    near.other = far;
    far.other = near;
    this.#open.push(near);
    this.#serve(far);
    return { kind: 'connected', connection: near };
  };

  get openConnections(): number {
    return this.#open.filter((end) => !end.isClosed).length;
  }

  goDown(): void {
    this.isUp = false;
    for (const end of this.#open) end.close();
  }
}

/** Serves HTTP at the far end of a memory connection. */
export function serveHttp(server: HttpServer): (end: Connection) => void {
  return (end) => void server.emit('connection', new ConnectionStream(end));
}

/** A server on a free loopback port, which can go away with all its connections. */
export class LoopbackServer {
  readonly server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(server: Server = createServer()) {
    this.server = server;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => {
      this.server.listen(0, '127.0.0.1', resolve);
    });
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }
}

/** The host's side of an accepted socket. */
export function endOf(socket: Socket): Connection {
  return {
    write: (bytes) => void socket.write(bytes),
    onData: (listener) => void socket.on('data', listener),
    onClose: (listener) => void socket.on('close', listener),
    close: () => void socket.destroy(),
  };
}
