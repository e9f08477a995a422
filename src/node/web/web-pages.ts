import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import type { WebPage, WebPages } from '../../core/ports.ts';
import { isPublicAddress } from './public-address.ts';

const MOST_HOPS = 5;
const MOST_BYTES = 5_000_000;
const ALL_MS = 30_000;
const READABLE = /^(text\/|application\/(json|xml|xhtml\+xml|rss\+xml|atom\+xml|javascript|[\w.+-]+\+(json|xml))$)/;

interface Address {
  address: string;
  family: number;
}

/** The network that is asked; tests have one of their own. */
export interface Network {
  addressesOf(host: string): Promise<Address[]>;
  mayReach(address: string): boolean;
  /** Other ports than those of the web may be asked. */
  anyPort?: boolean;
}

const internet: Network = {
  addressesOf: host => lookup(host, { all: true }),
  mayReach: isPublicAddress,
};

/** Why an address is never asked, whoever allows its domain. */
function unfit(url: URL, { anyPort }: Network): string | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return `only http and https are read, not ${url.protocol}`;
  if (url.username !== '' || url.password !== '') return 'an address with a name and a password in it is not read';
  if (isIP(host) !== 0) return 'only domains are read, not numbers of machines';
  if (url.port !== '' && !anyPort) return 'only the usual ports of the web are read';
  if (!host.includes('.') || /\.(localhost|local|internal|home\.arpa)\.?$/i.test(host))
    return `${host} is no domain of the internet`;
  return undefined;
}

/** What its name leads to now, looked up once: the connection goes there and nowhere else. */
async function addressOf(url: URL, network: Network): Promise<Address> {
  const found = await network.addressesOf(url.hostname).catch(() => []);
  const [first] = found;
  if (!first) throw new Error(`${url.hostname} is not found`);
  if (!found.every(({ address }) => network.mayReach(address)))
    throw new Error(`${url.hostname} leads to this machine or a private network, which is not read`);
  return first;
}

async function ask(url: URL, to: Address, signal: AbortSignal): Promise<IncomingMessage> {
  const asked = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
    signal,
    agent: false,
    headers: {
      accept: 'text/html,text/markdown,text/plain,application/json;q=0.9,*/*;q=0.1',
      'accept-encoding': 'gzip, deflate, br',
      'user-agent': 'orchestrate (reads one page for a developer)',
    },
    lookup: (_host, options, done) => {
      if (options.all) done(null, [to]);
      else done(null, to.address, to.family);
    },
  });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return response;
}

const UNPACK: Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Buffer> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

async function bodyOf(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Error(`it has more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  const encoding = response.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || body.length === 0) return body;
  const unpack = UNPACK[encoding];
  if (!unpack) throw new Error(`it is packed as ${encoding.slice(0, 20)}, which is not read`);
  try {
    return unpack(body, { maxOutputLength: MOST_BYTES });
  } catch {
    throw new Error(`it cannot be unpacked, or has more than ${MOST_BYTES} bytes`);
  }
}

function decoded(body: Buffer, contentType: string): string {
  const charset = /charset\s*=\s*"?([\w-]{1,40})/i.exec(contentType)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
}

async function read(response: IncomingMessage, url: URL): Promise<WebPage> {
  const contentType = response.headers['content-type'] ?? 'text/plain';
  const mediaType = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!READABLE.test(mediaType)) throw new Error(`it is ${mediaType.slice(0, 60)}, which is no text`);
  const text = decoded(await bodyOf(response), contentType);
  const status = response.statusCode ?? 0;
  if (mediaType !== 'text/html' && mediaType !== 'application/xhtml+xml') return { url: url.href, status, text };
  const { htmlText } = await import('./html-text.ts');
  return { url: url.href, status, ...htmlText(text, url) };
}

/** Pages of the open internet, each asked for without cookies or keys, where `allows` says so at every step of the way. */
export const webPages = (network: Network = internet): WebPages => ({
  async read(address, allows, outer) {
    const signal = AbortSignal.any([outer, AbortSignal.timeout(ALL_MS)]);
    let url = new URL(address);
    for (let hop = 0; hop <= MOST_HOPS; hop++) {
      const why = unfit(url, network);
      if (why !== undefined) throw new Error(why);
      if (!allows(url)) return { url: address, status: 0, text: '', leadsTo: url.href };
      const response = await ask(url, await addressOf(url, network), signal);
      try {
        const { statusCode = 0, headers } = response;
        if (statusCode < 300 || statusCode >= 400 || headers.location === undefined) return await read(response, url);
        const next = URL.parse(headers.location, url.href);
        if (!next) throw new Error('it leads to an address that is none');
        if (url.protocol === 'https:' && next.protocol === 'http:')
          throw new Error('it leads from https to http, which is not followed');
        url = next;
      } finally {
        response.destroy();
      }
    }
    throw new Error(`it leads from page to page more than ${MOST_HOPS} times`);
  },
});
