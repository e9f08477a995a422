import { once } from 'node:events';
import { request as sendRequest } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import type { Http, HttpAnswer, HttpRequest } from '../core/ports.ts';

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);
const ANSWER_MS = 10_000;
const MOST_BYTES = 4 * 1024 * 1024;

/** Talks to programs on this machine. */
export const loopbackHttp: Http = {
  async exchange(request, signal) {
    const url = new URL(request.url);
    if (url.protocol !== 'http:' || !LOOPBACK.has(url.hostname))
      throw new Error(`${url.origin} is not on this machine: only http://127.0.0.1, localhost and [::1] are asked`);
    return send(url, request, AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]));
  },
  async freePort() {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  },
};

/** Without a shared agent: no connection outlives its answer. */
async function send(url: URL, { method, headers, body }: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const asked = sendRequest(url, { method, headers, signal, agent: false });
  asked.end(body);
  const [response] = (await once(asked, 'response')) as [import('node:http').IncomingMessage];
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Error(`the answer is longer than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(
      Object.entries(response.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]),
    ),
    body: Buffer.concat(chunks).toString('utf8'),
  };
}
