import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { routeOf, urlsOn } from '../../../src/rehearsal/wire/routes.ts';
import type { Vendor, WireServers } from '../../../src/rehearsal/wire/types.ts';

/** One request to a clumsy server, and the good answer that it spoils. */
export interface Asked {
  request: IncomingMessage;
  response: ServerResponse;
  vendor: Vendor;
  /** What a good server sends, cut into events. */
  good(): Promise<{ type: string; events: string[] }>;
  /** Until the client has gone. */
  gone: Promise<unknown>;
}

export type Clumsiness = (asked: Asked) => unknown;

export interface ClumsyServer {
  urls: Record<Vendor, string>;
  /** Requests for answers, and what was sent of each body. */
  answers: { path: string; sent: number; closed: boolean }[];
  /** Goes on as another server, or as a good one. */
  become(clumsiness: Clumsiness | undefined): void;
  close(): Promise<void>;
}

/**
 * A server that spoils what a good one answers. `everywhere` spoils lists of models too, as what stands in front of an
 * API does.
 */
export async function clumsyServer(
  behind: WireServers,
  first: Clumsiness | undefined,
  everywhere = false,
): Promise<ClumsyServer> {
  let clumsiness = first;
  const answers: ClumsyServer['answers'] = [];
  const origin = new URL(behind.urls.ollama).origin;
  const server = createServer(async (request, response) => {
    response.on('error', () => undefined);
    let body = '';
    for await (const piece of request) body += piece;
    const upstream = () => forward(origin, request, body);
    const url = new URL(request.url ?? '/', origin);
    const route = routeOf(request.method ?? 'GET', url.pathname, url.searchParams);
    const answer = { path: url.pathname, sent: 0, closed: false };
    if (route?.endpoint === 'generate') answers.push(answer);
    const gone = once(response, 'close').then(() => {
      answer.sent = request.socket.bytesWritten;
      answer.closed = true;
    });
    if (!clumsiness || !route || (route.endpoint !== 'generate' && !everywhere)) {
      const { status, headers, text } = await upstream();
      response.writeHead(status, headers).end(text);
      return;
    }
    const good = async () => {
      const { headers, text } = await upstream();
      const type = headers['content-type'] ?? '';
      return { type, events: text.split(type.includes('event-stream') ? /(?<=\r?\n\r?\n)/ : /(?<=\n)/) };
    };
    await clumsiness({ request, response, vendor: route.vendor, good, gone });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    urls: urlsOn((server.address() as AddressInfo).port),
    answers,
    become(next) {
      clumsiness = next;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function forward(origin: string, request: IncomingMessage, body: string) {
  const { host: _, connection: __, 'content-length': ___, 'accept-encoding': ____, ...headers } = request.headers;
  const method = request.method ?? 'GET';
  const answer = await fetch(`${origin}${request.url}`, {
    method,
    headers: headers as Record<string, string>,
    ...(method === 'POST' && { body }),
  });
  const type = answer.headers.get('content-type') ?? '';
  return { status: answer.status, headers: { 'content-type': type }, text: await answer.text() };
}
