import { isIP } from 'node:net';
import type { Addresses } from './access/guard.ts';

/** Where a server listens, and how it is reached. */
export interface Place {
  host: string;
  port: number;
  tls?: { cert: Buffer; key: Buffer };
  addresses(port: number): Addresses;
  url(port: number): string;
}

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** For this machine alone. */
export const onThisMachine = (port: number): Place => ({
  host: '127.0.0.1',
  port,
  addresses: bound => ({ scheme: 'http', port: bound, hosts: new Set(LOOPBACK.map(name => `${name}:${bound}`)) }),
  url: bound => `http://127.0.0.1:${bound}`,
});

export interface Outside {
  host: string;
  port: number;
  tls?: { cert: Buffer; key: Buffer };
  /** Under which it is reached: what a proxy in front of it that does TLS is declared by. */
  url?: URL;
}

/** For other machines: never without TLS, ours or that of a proxy. Says what is missing. */
export function forOthers({ host, port, tls, url }: Outside): Place | string {
  if (isLoopback(host)) {
    if (!url && !tls) return { ...onThisMachine(port), host };
  } else if (!tls && !url) {
    return `--host ${host} would serve other machines without TLS. Give --tls-cert FILE and --tls-key FILE, or declare the proxy in front of it that does TLS: --url https://…`;
  }
  if (url && url.protocol !== 'https:')
    return `--url ${url.href} is not https: what is sent there could be read by anybody.`;
  if (!url && ['0.0.0.0', '::'].includes(host))
    return `--host ${host} is every address of this machine: say by --url https://NAME under which one it is reached.`;
  const name = host.includes(':') ? `[${host}]` : host;
  const urlOf = (bound: number) => url ?? new URL(`https://${name}:${url === undefined ? bound : ''}`);
  return {
    host,
    port,
    ...(tls && { tls }),
    addresses: bound => ({ scheme: 'https', port: bound, hosts: new Set([urlOf(bound).host]) }),
    url: bound => urlOf(bound).origin,
  };
}

const isLoopback = (host: string) =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
