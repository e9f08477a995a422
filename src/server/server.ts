import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type SignedIn, SignIn as SignInBody } from '../protocol/api.ts';
import { type Addresses, authenticate, checkAddress } from './access/guard.ts';
import { cookieName, SignIn } from './access/sign-in.ts';
import { LOCAL } from './access/tokens.ts';
import { SAFE_HEADERS, sendProblem } from './answer.ts';
import type { Served } from './api/served.ts';
import { API, ApiHandler } from './api-handler.ts';
import { readJson } from './body.ts';
import { boundConnections, type Connections } from './connections.ts';
import { takeHook } from './hooks/hooks-in.ts';
import { HooksOut } from './hooks/hooks-out.ts';
import { METRICS_TYPE, metrics } from './metrics.ts';
import { PageLinks } from './page-link.ts';
import { Pages } from './pages.ts';
import type { Place } from './place.ts';
import { ProblemError } from './problem.ts';

const HOOKS = '/hooks/';
/** Header lines all together. */
const HEADER_BYTES = 16 * 1024;
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
const KEEP_ALIVE_MS = 10_000;
/** How often to look for connections that take too long. */
const LOOK_MS = 2000;

export interface RunningServer {
  /** Where it is reached, without a token. */
  readonly url: string;
  /** The same with what signs in: in the part of the address that no browser sends or passes on. */
  signInUrl(): Promise<string>;
  /** The same for starting a browser: good once, for a minute. */
  onceUrl(): string;
  close(): Promise<void>;
}

/** Serves workspaces until it is closed. */
export async function startServer(served: Served, place: Place): Promise<RunningServer> {
  const options = {
    maxHeaderSize: HEADER_BYTES,
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: LOOK_MS,
  };
  const handler = new Handler(served);
  const serve = (request: IncomingMessage, response: ServerResponse) => void handler.serve(request, response);
  const server: Server = place.tls
    ? createTlsServer({ ...options, ...place.tls }, serve)
    : createServer(options, serve);
  handler.bound = boundConnections(server);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => sayBadRequest(error, socket as Socket));
  await once(server.listen(place.port, place.host), 'listening');
  const { port } = server.address() as AddressInfo;
  handler.addresses = place.addresses(port);
  const url = place.url(port);
  const signingIn = (token: string) => `${url}/#token=${token}`;
  const { clock, log, hooks, outbox, workspaces } = served;
  const out = new HooksOut({
    ...{ clock, log, hooks, outbox, workspaces },
    page: (...place) =>
      `${url}/#/${place
        .filter(part => part !== undefined)
        .map(encodeURIComponent)
        .join('/')}`,
  });
  return {
    url,
    signInUrl: async () => signingIn(await served.tokens.local()),
    onceUrl: () => signingIn(handler.signIn.newCode(LOCAL)),
    async close() {
      const closed = once(server, 'close');
      server.close();
      await handler.bound?.closeAll();
      await out.close();
      for (const workspace of served.workspaces) await workspace.dispose();
      await closed;
    },
  };
}

class Handler {
  readonly signIn: SignIn;
  addresses: Addresses = { scheme: 'http', port: 0, hosts: new Set() };
  bound: Connections | undefined;
  readonly #served: Served;
  readonly #api: ApiHandler;
  readonly #links: PageLinks;
  readonly #pages = new Pages();

  constructor(served: Served) {
    this.#served = served;
    this.#api = new ApiHandler(served);
    this.#links = new PageLinks(served);
    this.signIn = new SignIn(served.tokens, served.clock);
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(SAFE_HEADERS)) response.setHeader(name, value);
    try {
      await this.#serve(request, response);
    } catch (error) {
      if (error instanceof ProblemError) return sendProblem(response, error);
      this.#served.log.write('error', `${request.method} ${request.url?.split('?')[0]} failed`, error);
      sendProblem(response, new ProblemError('failed', 'The log of the server says more.'));
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = addressOf(request);
    const isPage = url.pathname === '/';
    checkAddress(request.headers, this.addresses, isPage);
    if (this.#pages.has(url.pathname)) {
      if (request.method !== 'GET') throw new ProblemError('method-not-allowed', 'It takes GET.');
      return this.#pages.send(url.pathname, response);
    }
    if (url.pathname === `${API}/sign-in`) return this.#signIn(request, response);
    if (url.pathname === `${API}/sign-out`) return this.#signOut(request, response);
    if (url.pathname.startsWith(HOOKS)) return this.#hook(request, response, url.pathname.slice(HOOKS.length));
    const { tokens } = this.#served;
    const holder = await authenticate(request.headers, this.addresses.port, tokens, this.signIn);
    this.bound?.known(request.socket);
    if (url.pathname.startsWith(`${API}/`)) return this.#api.handle(request, response, url, holder);
    if (url.pathname === '/metrics') return this.#metrics(request, response);
    if (url.pathname.startsWith('/dashboard/')) return this.#links.handle(request, response, url, holder);
    throw new ProblemError('not-found');
  }

  /** Signed by its sender, who has no token. */
  async #hook(request: IncomingMessage, response: ServerResponse, name: string): Promise<void> {
    if (request.method !== 'POST') throw new ProblemError('method-not-allowed', 'It takes POST.');
    const taken = await takeHook(name, request, this.#served.hooks, this.#served.workspaces);
    response
      .writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
      .end(JSON.stringify(taken));
  }

  async #metrics(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'GET') throw new ProblemError('method-not-allowed', 'It takes GET.');
    const text = await metrics(this.#served);
    response.writeHead(200, { 'content-type': METRICS_TYPE, 'cache-control': 'no-store' }).end(text);
  }

  async #signIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') throw new ProblemError('method-not-allowed', 'It takes POST.');
    const body = SignInBody.safeParse(await readJson(request));
    if (!body.success) throw new ProblemError('invalid-body', 'Send {"token": "…"}.');
    const opened = await this.signIn.open(body.data.token);
    if (!opened) throw new ProblemError('bad-token', 'Open the URL that the server printed, or ask for a new one.');
    const { holder, cookie, key, maxAge } = opened;
    const answer: SignedIn = { token: holder.name, access: holder.access, version: this.#served.version, key };
    response
      .writeHead(200, {
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
        'set-cookie': this.#cookie(cookie, maxAge),
      })
      .end(JSON.stringify(answer));
  }

  #signOut(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'POST') throw new ProblemError('method-not-allowed', 'It takes POST.');
    response.writeHead(204, { 'set-cookie': this.#cookie('', 0) }).end();
  }

  #cookie(value: string, maxAge: number): string {
    const { port, scheme } = this.addresses;
    const secure = scheme === 'https' ? '; Secure' : '';
    return `${cookieName(port)}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${secure}`;
  }
}

/** The path and query that were asked for; whatever host they name counts for nothing. */
function addressOf({ url = '' }: IncomingMessage): URL {
  if (!url.startsWith('/') || url.startsWith('//')) throw new ProblemError('bad-request', 'The address is no path.');
  // Dots and backslashes are not resolved for anybody: what has them names nothing here.
  const [path = ''] = url.split('?');
  if (/\\|%2f|%5c|%00|(^|\/)(\.|%2e){1,2}(\/|$)/i.test(path)) throw new ProblemError('not-found', 'No such address.');
  return new URL(url, 'http://server');
}

/** What is no HTTP gets a plain answer, and nothing of it is repeated. */
function sayBadRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
