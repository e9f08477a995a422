import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';

export interface Guard {
  port: number;
  /** What lets one in: it is part of the address that is printed, and a cookie from then on. */
  token: string;
  close(): Promise<void>;
}

/** As VS Code's own server names it in an address. */
export const TOKEN = 'tkn';

/** Lets one request in, or says in words why not. */
type Judged = { ok: true; byAddress: boolean } | { ok: false; why: string };

/**
 * The only way to a server that listens on a socket in a folder of ours. It asks for a token, and for a Host and an Origin
 * that are its own, so that neither another page in the browser nor a name that was made to point here gets through. VS
 * Code's server would ask for a token at most, and keeps it where pages of other ports of this machine can read it.
 */
export async function startGuard(socketPath: string, wantedPort = 0): Promise<Guard> {
  const token = randomBytes(24).toString('base64url');
  const open = new Set<Duplex>();
  const server = createServer((from, to) => {
    const judged = judge(from, port, token, false);
    if (!judged.ok) return refuse(to, judged.why);
    forward(from, to, socketPath, judged.byAddress ? cookieOf(port, token) : undefined);
  });
  server.on('connection', socket => keep(open, socket));
  server.on('upgrade', (from: IncomingMessage, socket: Duplex, head: Buffer) => {
    const judged = judge(from, port, token, true);
    if (!judged.ok) return void socket.end(refusal(judged.why));
    tunnel(from, socket, head, keep(open, connect(socketPath)));
  });
  await new Promise<void>((done, fail) => server.once('error', fail).listen(wantedPort, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>(done => {
      server.close(() => done());
      for (const socket of open) socket.destroy();
    });
  return { port, token, close };
}

function judge({ headers, url = '' }: IncomingMessage, port: number, token: string, upgrade: boolean): Judged {
  const { host, origin, cookie, 'sec-fetch-site': site } = headers;
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`)
    return { ok: false, why: `the Host "${host}" is not this server's` };
  // Browsers always say it when a page opens a WebSocket.
  if (origin === undefined ? upgrade : origin !== `http://${host}`)
    return { ok: false, why: `a page of ${origin ?? 'unknown origin'} may not speak to this server` };
  if (!url.startsWith('/')) return { ok: false, why: 'only paths are served' };
  const given = new URLSearchParams(url.slice(url.indexOf('?') + 1)).getAll(TOKEN);
  if (given.some(each => same(each, token))) return { ok: true, byAddress: true };
  // Images, scripts and frames say no Origin, and pages of other ports of this machine bring the cookie.
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    return { ok: false, why: 'another page may not load anything of this server' };
  const name = `${cookieName(port)}=`;
  const kept = cookie?.split(/;\s*/).find(each => each.startsWith(name));
  if (kept !== undefined && same(kept.slice(name.length), token)) return { ok: true, byAddress: false };
  return { ok: false, why: 'the token is missing; open the address that was printed when the server started' };
}

const same = (a: string, b: string) =>
  a.length === b.length && timingSafeEqual(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1'));

/** Cookies are shared by all ports of a host, so that the port is part of the name. */
const cookieName = (port: number) => `orchestrate-${port}`;
const cookieOf = (port: number, token: string) => `${cookieName(port)}=${token}; Path=/; HttpOnly; SameSite=Strict`;

const sentence = (why: string) => `Refused: ${why}.\n`;

function refuse(to: ServerResponse, why: string): void {
  to.writeHead(403, { 'content-type': 'text/plain; charset=utf-8' }).end(sentence(why));
}

function refusal(why: string): string {
  const body = sentence(why);
  const length = Buffer.byteLength(body);
  return `HTTP/1.1 403 Forbidden\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${length}\r\nconnection: close\r\n\r\n${body}`;
}

/** The token is ours to know; what is behind us needs none. */
function withoutToken(url: string): string {
  const mark = url.indexOf('?');
  if (mark === -1) return url;
  const left = url
    .slice(mark + 1)
    .split('&')
    .filter(each => !each.startsWith(`${TOKEN}=`));
  return left.length > 0 ? `${url.slice(0, mark)}?${left.join('&')}` : url.slice(0, mark);
}

function forward(from: IncomingMessage, to: ServerResponse, socketPath: string, cookie: string | undefined): void {
  const { method, headers, url = '/' } = from;
  const asked = request({ socketPath, method, headers, path: withoutToken(url) }, answer => {
    const { statusCode = 502, headers: answered } = answer;
    const cookies = [...(answered['set-cookie'] ?? []), ...(cookie ? [cookie] : [])];
    const own = cookie ? { 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' } : {};
    to.writeHead(statusCode, { ...answered, ...own, ...(cookies.length > 0 && { 'set-cookie': cookies }) });
    answer.pipe(to);
    answer.on('error', () => to.destroy());
  });
  asked.on('error', () => (to.headersSent ? to.destroy() : to.writeHead(502).end()));
  to.on('close', () => asked.destroy());
  from.pipe(asked);
}

function tunnel(from: IncomingMessage, socket: Duplex, head: Buffer, behind: Duplex): void {
  const lines = [`${from.method} ${withoutToken(from.url ?? '/')} HTTP/1.1`];
  for (let at = 0; at < from.rawHeaders.length; at += 2)
    lines.push(`${from.rawHeaders[at]}: ${from.rawHeaders[at + 1]}`);
  behind.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  behind.write(head);
  socket.pipe(behind).pipe(socket);
  socket.on('close', () => behind.destroy());
  behind.on('close', () => socket.destroy());
}

/** A connection that breaks is no failure of ours. */
function keep<T extends Duplex>(open: Set<Duplex>, socket: T): T {
  open.add(socket);
  socket.on('error', () => undefined);
  socket.once('close', () => open.delete(socket));
  return socket;
}
