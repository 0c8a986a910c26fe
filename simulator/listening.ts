import type { Server } from 'node:net';

/** A host that listens. `close` also ends whatever is open. */
export interface ListeningHost {
  readonly port: number;
  close(): Promise<void>;
}

/** Starts listening and gives the port that was taken; rejects when there is none. */
export function listening(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
