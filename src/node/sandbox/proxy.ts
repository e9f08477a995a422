import { lookup } from 'node:dns/promises';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { BlockList, connect, createServer as createGate, type Server as Gate, isIPv6, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Opens a connection to a domain that may be reached. */
export type Reach = (host: string, port: number) => Promise<Socket>;

/** Lets one command through to the domains it may reach, and to nothing else. Nothing is read of what is encrypted. */
export class DomainProxy {
  readonly #allowed: readonly string[];
  readonly #reach: Reach;
  readonly #server: Server;
  readonly #open = new Set<Duplex>();
  /** Domains that were asked for and are not among them. */
  readonly refused = new Set<string>();

  constructor(allowed: readonly string[], reach: Reach = reachOutside) {
    this.#allowed = allowed.map(domain => domain.toLowerCase());
    this.#reach = reach;
    this.#server = createServer((from, to) => {
      const { host, port } = targetOf(from.url ?? '', 80);
      if (!this.#may(host)) {
        to.writeHead(403).end(`${host} may not be reached from the sandbox.\n`);
        return;
      }
      this.#reach(host, port).then(
        socket => {
          this.#keep(socket);
          const { pathname, search } = new URL(from.url ?? '');
          const { method = 'GET', headers } = from;
          const onward = request(
            { method, path: pathname + search, headers, createConnection: () => socket },
            answer => {
              to.writeHead(answer.statusCode ?? 502, answer.headers);
              answer.pipe(to);
            },
          );
          onward.on('error', () => to.destroy());
          from.pipe(onward);
        },
        () => to.writeHead(502).end(),
      );
    });
    this.#server.on('connect', (from, socket, head) => void this.#tunnel(from, socket, head));
    this.#server.on('clientError', (_, socket) => socket.destroy());
  }

  listen(path: string): Promise<void> {
    return new Promise((done, failed) => {
      this.#server.once('error', failed);
      this.#server.listen(path, done);
    });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    for (const socket of this.#open) socket.destroy();
  }

  async #tunnel({ url = '' }: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    this.#keep(socket);
    const { host, port } = targetOf(`https://${url}`, 443);
    if (!this.#may(host)) {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    try {
      const outside = await this.#reach(host, port);
      this.#keep(outside);
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      outside.write(head);
      outside.pipe(socket).pipe(outside);
    } catch {
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    }
  }

  #may(host: string): boolean {
    const may = this.#allowed.some(
      domain => domain === host || (domain.startsWith('*.') && host.endsWith(domain.slice(1))),
    );
    if (!may && host !== '') this.refused.add(host);
    return may;
  }

  #keep(socket: Duplex): void {
    this.#open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#open.delete(socket));
  }
}

/** Leads from a socket to one port of this machine. */
export function openGate(port: number, path: string): Promise<Gate> {
  const gate = createGate(socket => {
    const onward = connect(port, '127.0.0.1');
    socket.on('error', () => onward.destroy());
    onward.on('error', () => socket.destroy());
    socket.pipe(onward).pipe(socket);
  });
  return new Promise((done, failed) => {
    gate.once('error', failed);
    gate.listen(path, () => done(gate));
  });
}

function targetOf(text: string, usual: number): { host: string; port: number } {
  const url = URL.parse(text);
  return { host: url?.hostname.toLowerCase() ?? '', port: Number(url?.port || usual) };
}

const here = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  here.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  here.addSubnet(net, bits, 'ipv6');

/** Whatever its name leads to: no program of this machine and none beside it. */
async function reachOutside(host: string, port: number): Promise<Socket> {
  const { address } = await lookup(host.replace(/^\[|\]$/g, ''));
  if (here.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')) throw new Error(`${host} leads into this network`);
  const socket = connect(port, address);
  await new Promise<void>((done, failed) => {
    socket.once('connect', done);
    socket.once('error', failed);
  });
  return socket;
}
