import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Exchange } from './exchange.ts';
import { RequestLog } from './log.ts';
import { PromptCache } from './prompt-cache.ts';
import { urlsOn } from './routes.ts';
import { Signer } from './signer.ts';
import type { Vendor, WireOptions, WireServers } from './types.ts';

/** Starts servers that speak every vendor's format, on one port of this machine. */
export async function startWireServers(options: WireOptions): Promise<WireServers> {
  const now = options.now ?? Date.now;
  const seed = options.seed ?? 1;
  const log = new RequestLog(options.keepRequests ?? 1000);
  const exchange = new Exchange({ ...options, now, seed }, log, new PromptCache(now), new Signer(seed));
  const sockets = new Set<Socket>();
  let total = 0;

  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    void exchange.handle(request, response);
  });
  // Idle clients stay connected as long as they like: a close from here would race with their next request.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.on('connection', socket => {
    total++;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });

  return {
    urls: urlsOn((server.address() as AddressInfo).port),
    requests: log.records,
    connections: () => ({ open: sockets.size, total }),
    idle: () => log.idle(),
    async close() {
      log.closing();
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await Promise.all(Array.from(sockets, socket => once(socket, 'close')));
      await log.idle();
    },
  };
}

/** Base URLs where nobody listens: every connection is refused. */
export async function refusedUrls(): Promise<Record<Vendor, string>> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const urls = urlsOn((server.address() as AddressInfo).port);
  await new Promise<void>(resolve => server.close(() => resolve()));
  return urls;
}
