import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Vendor } from '../../src/rehearsal/wire/types.ts';

/** A server that answers with what it is told, byte for byte. */
export interface RawServer {
  urls: Record<Vendor, string>;
  /** Headers and bodies that came. */
  seen: { path: string; headers: IncomingMessage['headers']; body: string }[];
  close(): Promise<void>;
}

export async function rawServer(answer: (response: ServerResponse, path: string) => unknown): Promise<RawServer> {
  const seen: RawServer['seen'] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    seen.push({ path: request.url ?? '', headers: request.headers, body });
    await answer(response, request.url ?? '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    urls: { anthropic: url, openai: `${url}/v1`, 'openai-compatible': `${url}/v1`, google: url, ollama: url },
    seen,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Writes the pieces one after another, by default far enough apart to arrive one by one. */
export async function inPieces(response: ServerResponse, pieces: readonly string[], betweenMs = 15) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  for (const piece of pieces) {
    await new Promise(resolve => setTimeout(resolve, betweenMs));
    response.write(piece);
  }
  response.end();
}
