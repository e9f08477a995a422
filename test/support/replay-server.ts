/**
 * A process of its own that plays one recorded stream for each vendor, an event at a time, so that what a client costs
 * is measured without what a server costs. Started by `fork`; says its URLs when it listens.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { urlsOn, vendorOf } from '../../src/rehearsal/wire/routes.ts';
import { startWireServers } from '../../src/rehearsal/wire/server.ts';
import type { Vendor } from '../../src/rehearsal/wire/types.ts';
import { plainRequest, post, vendors } from './wire.ts';

export interface Listening {
  urls: Record<Vendor, string>;
  /** Where every request is answered with 429. */
  limited: Record<Vendor, string>;
  /** Where every answer breaks off in the middle. */
  broken: Record<Vendor, string>;
}

const EVENTS = Number(process.argv[2] ?? 200);

interface Recording {
  type: string;
  events: string[];
}

/** What the wire servers really send, cut into events. */
async function record(): Promise<Record<string, Recording>> {
  const text = Array.from({ length: EVENTS }, (_, i) => `word ${String(i).padStart(6)} of it. `);
  const chunkChars = text[0]?.length ?? 20;
  const servers = await startWireServers({ answer: () => ({ text: text.join(''), pacing: { chunkChars } }) });
  const recordings: Record<string, Recording> = {};
  for (const vendor of vendors) {
    const response = await post(plainRequest(servers, vendor));
    const type = response.headers.get('content-type') ?? '';
    const body = await response.text();
    const events = type.includes('event-stream') ? body.split(/(?<=\r?\n\r?\n)/) : body.split(/(?<=\n)/);
    recordings[vendor] = { type, events };
  }
  await servers.close();
  return recordings;
}

async function listen(recordings: Record<string, Recording>, kind: keyof Listening): Promise<Record<Vendor, string>> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      const recording = recordings[vendorOf(request.url ?? '') ?? ''];
      if (!recording) return response.writeHead(404).end();
      if (kind === 'limited') {
        response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '3600' });
        return response.end(
          JSON.stringify({ type: 'error', error: { type: 'rate_limit_error', message: 'slow down' } }),
        );
      }
      response.writeHead(200, { 'content-type': recording.type });
      const events = kind === 'broken' ? recording.events.slice(0, EVENTS / 2) : recording.events;
      let next = 0;
      const send = () => {
        if (response.destroyed) return;
        if (next >= events.length) {
          if (kind === 'broken') response.destroy();
          else response.end();
          return;
        }
        if (response.write(events[next++])) setImmediate(send);
        else response.once('drain', send);
      };
      return send();
    });
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return urlsOn((server.address() as AddressInfo).port);
}

const recordings = await record();
const [urls, limited, broken] = await Promise.all(
  (['urls', 'limited', 'broken'] as const).map(kind => listen(recordings, kind)),
);
process.send?.({ urls, limited, broken });
process.once('disconnect', () => process.exit());
