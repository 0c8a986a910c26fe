/** An update channel on this machine: files of a folder over TLS, at the address that a machine in the emulator asks. */
import { createReadStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { makeCertificate } from '../../apps/emulator/counter.ts';
import { HOST_ADDRESS } from '../../apps/emulator/machine.ts';
import { listening } from '../../simulator/listening.ts';

export class UpdateServer {
  readonly url: string;
  /** PEM; its own authority. */
  readonly certificate: Uint8Array;
  /** Paths that were asked for. */
  readonly asked: string[];
  readonly #server: Server;

  private constructor(server: Server, port: number, certificate: Uint8Array, asked: string[]) {
    this.#server = server;
    this.url = `https://${HOST_ADDRESS}:${port}`;
    this.certificate = certificate;
    this.asked = asked;
  }

  static async serve(folder: string): Promise<UpdateServer> {
    const work = mkdtempSync(join(tmpdir(), 'fenqi-updates-'));
    try {
      const { key, cert } = await makeCertificate(work);
      const asked: string[] = [];
      const server = createServer({ key, cert }, ({ url = '/' }, response) => {
        asked.push(url);
        const path = join(folder, basename(url));
        const size = statSync(path, { throwIfNoEntry: false })?.size;
        if (size === undefined) {
          response.writeHead(404).end();
          return;
        }
        response.writeHead(200, { 'content-length': size });
        createReadStream(path).pipe(response);
      });
      const port = await listening(server, '127.0.0.1', 0);
      return new UpdateServer(server, port, readFileSync(join(work, 'hosts.pem')), asked);
    } finally {
      rmSync(work, { recursive: true });
    }
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}
