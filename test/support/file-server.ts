/** A server with a few files, and with the troubles that servers have. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export class FileServer {
  readonly files = new Map<string, Uint8Array>();
  /** Paths that were asked for. */
  readonly requests: string[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<FileServer> {
    const server = createServer();
    const self = new FileServer(server);
    server.on('request', (request, response) => {
      const path = decodeURIComponent(request.url!.slice(1));
      self.requests.push(path);
      const content = self.files.get(path.replace(/^(short|unknown)\//, ''));
      if (!content) response.writeHead(404, 'Not Found').end('no such file');
      else if (path.startsWith('short/')) {
        // Fewer bytes than announced, and then the connection ends.
        response.writeHead(200, { 'content-length': content.length });
        response.write(content.subarray(0, content.length / 2), () => response.destroy());
      } else response.writeHead(200, path.startsWith('unknown/') ? {} : { 'content-length': content.length }).end(content);
    });
    await new Promise<void>((done) => {
      server.listen(0, '127.0.0.1', done);
    });
    return self;
  }

  /** The address of a file. */
  url(path = ''): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${path}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => {
      this.#server.close(done);
    });
  }
}
