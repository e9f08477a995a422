import assert from 'node:assert/strict';
import { createServer, type OutgoingHttpHeaders, request } from 'node:http';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { type Guard, startGuard } from '../../../scripts/host/guard.ts';
import { tempFolder } from '../../support/temp-folder.ts';

describe('What npm start serves, to whoever asks for it', () => {
  const folder = tempFolder();
  let behind: Server;
  let guard: Guard;
  /** What came through to VS Code's server. */
  const seen: string[] = [];

  beforeEach(async () => {
    seen.length = 0;
    const server = createServer((from, to) => {
      seen.push(`${from.method} ${from.url}`);
      to.end('the page');
    });
    server.on('upgrade', (from, socket) => {
      seen.push(`upgrade ${from.url}`);
      socket.end('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
    });
    const socket = join(folder.path, 'socket');
    await new Promise<void>(done => server.listen(socket, done));
    behind = server;
    guard = await startGuard(socket);
  });
  afterEach(async () => {
    await guard.close();
    behind.close();
  });

  /** The status, and what was said; a WebSocket is asked for when `upgrade` says so. */
  function ask(path: string, headers: OutgoingHttpHeaders, upgrade = false) {
    const { port } = guard;
    const socket = { connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
    return new Promise<{ status: number; text: string; cookie: string }>((done, fail) => {
      const asked = request({ port, host: '127.0.0.1', path, headers: { ...(upgrade && socket), ...headers } });
      asked.on('upgrade', (answer, socket) => {
        socket.destroy();
        done({ status: answer.statusCode ?? 0, text: '', cookie: '' });
      });
      asked.on('response', async answer => {
        let text = '';
        for await (const chunk of answer.setEncoding('utf8')) text += chunk;
        done({ status: answer.statusCode ?? 0, text, cookie: answer.headers['set-cookie']?.join() ?? '' });
      });
      asked.on('error', fail).end();
    });
  }
  const cookie = () => `other=1; orchestrate-${guard.port}=${guard.token}`;
  const own = () => `http://127.0.0.1:${guard.port}`;

  it('answers the printed address, and keeps the token from scripts and from other sites', async () => {
    const { status, text, cookie } = await ask(`/?tkn=${guard.token}&folder=/a`, {});
    assert.deepEqual([status, text], [200, 'the page']);
    assert.match(cookie, new RegExp(`^orchestrate-${guard.port}=${guard.token}; Path=/; HttpOnly; SameSite=Strict$`));
    assert.deepEqual(seen, ['GET /?folder=/a']);
  });

  it('lets its own page load and open the WebSocket', async () => {
    assert.equal(
      (await ask('/static/a.js', { cookie: cookie(), origin: own(), 'sec-fetch-site': 'same-origin' })).status,
      200,
    );
    assert.equal((await ask('/', { cookie: cookie(), 'sec-fetch-site': 'none' })).status, 200);
    assert.equal((await ask('/?reconnectionToken=1', { cookie: cookie(), origin: own() }, true)).status, 101);
    const localhost = `localhost:${guard.port}`;
    assert.equal(
      (await ask('/', { host: localhost, cookie: cookie(), origin: `http://${localhost}` }, true)).status,
      101,
    );
  });

  const tokenHere = () => `/?tkn=${guard.token}`;
  const refused: [name: string, path: () => string, headers: () => OutgoingHttpHeaders, upgrade: boolean][] = [
    ['a page without the token', () => '/', () => ({}), false],
    ['a WebSocket without the token', () => '/', () => ({ origin: own() }), true],
    ['a WebSocket with a token that is not right', () => '/?tkn=1', () => ({ origin: own() }), true],
    ['one whose token has the right length', () => `/?tkn=${'a'.repeat(32)}`, () => ({ origin: own() }), true],
    ['a cookie of another port', () => '/', () => ({ origin: own(), cookie: `orchestrate-1=${guard.token}` }), true],
    ['a WebSocket of a foreign page, even with the token', tokenHere, () => ({ origin: 'https://evil.example' }), true],
    [
      'a WebSocket of a foreign page with the cookie',
      () => '/',
      () => ({ origin: 'https://evil.example', cookie: cookie() }),
      true,
    ],
    [
      'a page of another port of this machine',
      () => '/',
      () => ({ origin: 'http://127.0.0.1:3000', cookie: cookie() }),
      true,
    ],
    ['its own Origin by another scheme', tokenHere, () => ({ origin: own().replace('http:', 'https:') }), true],
    ['an Origin that only begins like ours', tokenHere, () => ({ origin: `${own()}.evil.example` }), true],
    ['a page without an origin, such as a sandboxed frame', tokenHere, () => ({ origin: 'null' }), true],
    ['a WebSocket that says no Origin', tokenHere, () => ({}), true],
    [
      'a name that was made to point here',
      tokenHere,
      () => ({ host: `evil.example:${guard.port}`, origin: `http://evil.example:${guard.port}` }),
      true,
    ],
    ['such a name with our Origin', tokenHere, () => ({ host: `evil.example:${guard.port}`, origin: own() }), true],
    ['such a name for a page', tokenHere, () => ({ host: `evil.example:${guard.port}` }), false],
    ['our name without our port', tokenHere, () => ({ host: '127.0.0.1' }), false],
    ['a request of a foreign page', tokenHere, () => ({ origin: 'https://evil.example' }), false],
    [
      'a script that a page of another port loads',
      () => '/a.js',
      () => ({ cookie: cookie(), 'sec-fetch-site': 'same-site' }),
      false,
    ],
    [
      'a picture that a foreign page loads',
      () => '/a.png',
      () => ({ cookie: cookie(), 'sec-fetch-site': 'cross-site' }),
      false,
    ],
    ['the address of another server', () => `http://evil.example/?tkn=${guard.token}`, () => ({}), false],
    ['a path that is no address', () => '//', () => ({}), false],
  ];
  for (const [name, path, headers, upgrade] of refused) {
    it(`refuses ${name}`, async () => {
      const { status, text } = await ask(path(), headers(), upgrade);
      assert.equal(status, 403);
      assert.match(text, /^Refused: .+\.\n$/);
      assert.deepEqual(seen, []);
    });
  }
});
