import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request as sendRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Serving } from '../support/serving.ts';
import { program } from '../support/terminal-lab.ts';
import { until } from '../support/until.ts';

/** A request as it stands on the wire: no client corrects anything. */
function raw(
  serving: Serving,
  method: string,
  path: string,
  headers: Record<string, string | string[]> = {},
  body = '',
) {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
    const request = sendRequest({
      host: '127.0.0.1',
      port: serving.port,
      method,
      path,
      setHost: false,
      headers: { host: `127.0.0.1:${serving.port}`, ...headers },
    });
    request.on('error', reject);
    request.on('response', response => {
      let text = '';
      const { headers, statusCode = 0 } = response;
      if (statusCode === 200 && headers['content-type']?.startsWith('text/event-stream')) {
        request.destroy();
        resolve({ status: statusCode, headers, text });
      }
      response.setEncoding('utf8').on('data', piece => {
        text += piece;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    request.end(body);
  });
}

/** What might be read as a path, an end of a line, or a name of the language. */
const TRICKS = [
  '..',
  '../..',
  '..%2f..',
  '%2e%2e',
  '%2e%2e%2fsecret.txt',
  '....//',
  '/etc/passwd',
  '%00',
  'a%00b',
  'C:%5c',
  '..\\..',
  '%252e%252e',
  '%c0%ae',
  '~',
  'CON',
  'constructor',
  '__proto__',
  'a'.repeat(5000),
  '%',
  '‮',
  '%0d%0aSet-Cookie:%20x=1',
];

describe('Who should not be served over HTTP', function () {
  this.timeout(120_000);
  let folder: string;
  let serving: Serving;
  let bearer: { authorization: string };
  let session: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'orchestrate-'));
    serving = await Serving.in(folder);
    bearer = { authorization: `Bearer ${serving.token}` };
    await writeFile(join(serving.workspace, 'secret.txt'), 'of nobody’s business');
    session = (await serving.post<{ id: string }>('/sessions', { rehearse: 'todo' })).id;
    await until(async () => (await serving.ask('GET', `/sessions/${session}/plan`)).status === 200);
  });
  after(async () => {
    await serving?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const own = () => `127.0.0.1:${serving.port}`;
  const requestsIn = async () =>
    (await serving.get<{ items: unknown[] }>(`/sessions/${session}/journal?type=request-received`)).items;

  it('is refused without a token, with a wrong one, and with one in the address', async () => {
    for (const [path, headers] of [
      ['/api/v1/sessions', {}],
      ['/api/v1/sessions', { authorization: 'Bearer nothing' }],
      ['/api/v1/sessions', { authorization: `Basic ${serving.token}` }],
      ['/api/v1/sessions', { authorization: `Bearer ${serving.token}x` }],
      [`/api/v1/sessions?token=${serving.token}`, {}],
      ['/api/v1/openapi.json', {}],
      ['/metrics', {}],
    ] as const) {
      const { status, text } = await raw(serving, 'GET', path, headers);
      assert.equal(status, 401, path);
      assert.ok(!text.includes(serving.token));
    }
    // The token is for this user's eyes only.
    assert.equal((await stat(join(serving.home, 'http-local.key'))).mode & 0o777, 0o600);
  });

  it('is refused under every name but its own: whoever rebinds a name to this machine shows it', async () => {
    for (const host of [
      'evil.example',
      `evil.example:${serving.port}`,
      `127.0.0.1`,
      '127.0.0.1:1',
      `localhost.evil:${serving.port}`,
      '',
      `0.0.0.0:${serving.port}`,
    ]) {
      const { status } = await raw(serving, 'GET', '/api/v1/sessions', { ...bearer, host });
      assert.ok([400, 421].includes(status), `${host}: ${status}`);
    }
    for (const host of [own(), `localhost:${serving.port}`, `LOCALHOST:${serving.port}`, `[::1]:${serving.port}`])
      assert.equal((await raw(serving, 'GET', '/api/v1/sessions', { ...bearer, host })).status, 200, host);
  });

  it('is refused as a page of another site or port, with a token even, and never told what CORS would allow', async () => {
    const foreign = [
      'https://evil.example',
      'null',
      'http://127.0.0.1:1',
      `https://${own()}`,
      `http://evil.example@${own()}`,
      'file://',
    ];
    for (const origin of foreign) {
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        const { status, headers } = await raw(serving, method, '/api/v1/sessions', { ...bearer, origin });
        assert.equal(status, 403, `${method} from ${origin}`);
        assert.ok(!Object.keys(headers).some(name => name.startsWith('access-control')));
      }
    }
    for (const site of ['cross-site', 'same-site', 'anything'])
      assert.equal((await raw(serving, 'GET', '/api/v1/sessions', { ...bearer, 'sec-fetch-site': site })).status, 403);
    assert.equal(
      (
        await raw(serving, 'GET', '/api/v1/sessions', {
          ...bearer,
          origin: `http://${own()}`,
          'sec-fetch-site': 'same-origin',
        })
      ).status,
      200,
    );
  });

  it('signs in by the token once and gets a strict cookie, which alone, on another port or with another key opens nothing', async () => {
    const signed = await raw(
      serving,
      'POST',
      '/api/v1/sign-in',
      { 'content-type': 'application/json' },
      JSON.stringify({ token: serving.token }),
    );
    assert.equal(signed.status, 200);
    const [cookie = ''] = signed.headers['set-cookie'] as string[];
    assert.match(cookie, /; Path=\/; Max-Age=604800; HttpOnly; SameSite=Strict$/);
    assert.ok(!cookie.includes(serving.token) && !signed.text.includes(serving.token));
    const [pair = ''] = cookie.split(';');
    const { key } = JSON.parse(signed.text);
    const asks = async (headers: Record<string, string>) =>
      (await raw(serving, 'GET', '/api/v1/whoami', headers)).status;
    assert.equal(await asks({ cookie: pair, 'x-orchestrate-key': key }), 200);
    assert.equal(await asks({ cookie: pair }), 401, 'as a form or an image of the same site would send it');
    assert.equal(await asks({ cookie: pair, 'x-orchestrate-key': `${key}x` }), 401);
    assert.equal(await asks({ cookie: pair.replace(/\d+=/, '1='), 'x-orchestrate-key': key }), 401);
    assert.equal(await asks({ cookie: pair.replace('local', 'other'), 'x-orchestrate-key': key }), 401);
    assert.equal(
      (await raw(serving, 'POST', '/api/v1/sign-in', { 'content-type': 'application/json' }, '{"token":"x"}')).status,
      401,
    );
  });

  it('cannot be told from a form: only JSON is taken', async () => {
    const before = (await requestsIn()).length;
    const body = JSON.stringify({ kind: 'abort' });
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonp',
      '',
    ])
      assert.equal(
        (await raw(serving, 'POST', `/api/v1/sessions/${session}/requests`, { ...bearer, 'content-type': type }, body))
          .status,
        415,
        type,
      );
    assert.equal((await requestsIn()).length, before);
  });

  it('may do no more than its token says, and nothing when it is revoked', async () => {
    const env = { ...process.env, ORCHESTRATE_HOME: serving.home };
    const reader = execFileSync(process.execPath, [program, 'token', 'add', 'wall', '--read-only'], {
      env,
      encoding: 'utf8',
    }).split('\n')[0];
    const headers = { authorization: `Bearer ${reader}` };
    assert.equal((await serving.ask('GET', `/sessions/${session}`, undefined, headers)).status, 200);
    for (const [method, path, body] of [
      ['POST', `/sessions/${session}/requests`, { kind: 'pause' }],
      ['POST', `/sessions/${session}/plan/approve`, { revision: 1 }],
      ['POST', `/sessions/${session}/changes/accept`, {}],
      ['POST', `/sessions/${session}/resume`, {}],
      ['POST', '/sessions', { rehearse: 'todo' }],
      ['POST', '/doctor', undefined],
      ['GET', '/tokens', undefined],
      ['DELETE', '/tokens/wall', undefined],
    ] as const) {
      const { status, json } = await serving.ask(method, path, body, headers);
      assert.deepEqual([status, json.code], [403, 'read-only-token'], path);
    }
    const { items } = await serving.get<{ items: { name: string }[] }>('/tokens');
    assert.deepEqual(
      items.map(({ name }) => name),
      ['wall'],
    );
    await serving.ask('DELETE', '/tokens/wall');
    assert.equal((await serving.ask('GET', '/sessions', undefined, headers)).status, 401);
    // What is kept of it gives it away to nobody.
    assert.ok(!(await readFile(join(serving.home, 'http-tokens.key'), 'utf8')).includes(reader ?? ''));
  });

  it('begins and decides nothing in a workspace that is for reading only, whatever the token', async () => {
    const looking = new Serving(serving.workspace, { ...process.env, ORCHESTRATE_HOME: serving.home, NO_COLOR: '1' }, [
      '--read-only',
    ]);
    await looking.start();
    try {
      const before = (await requestsIn()).length;
      for (const path of ['/sessions', `/sessions/${session}`, `/sessions/${session}/plan`, '/team', '/queue'])
        assert.equal((await looking.ask('GET', path)).status, 200, path);
      for (const [path, body] of [
        ['/sessions', { rehearse: 'todo' }],
        [`/sessions/${session}/requests`, { kind: 'pause' }],
        [`/sessions/${session}/plan/approve`, { revision: 1 }],
        [`/sessions/${session}/plan/refuse`, {}],
        [`/sessions/${session}/changes/accept`, {}],
        [`/sessions/${session}/changes/reject`, {}],
        [`/sessions/${session}/resume`, {}],
        ['/queue', { text: 'Do it' }],
        ['/team/requests', { kind: 'queue-add', text: 'Do it', priority: 5 }],
        ['/deliveries', { session }],
        ['/deliveries/land', {}],
      ] as const) {
        const { status, json } = await looking.ask('POST', path, body);
        assert.deepEqual([status, json.code], [403, 'read-only-workspace'], path);
      }
      assert.equal((await requestsIn()).length, before);
      assert.deepEqual((await serving.get<{ items: unknown[] }>('/queue')).items, []);
    } finally {
      await looking.stop();
    }
  });

  it('hears nothing more from the moment its token is revoked, from another process even', async () => {
    const phone = (await serving.run('token', 'add', 'phone')).split('\n')[0];
    const headers = { host: own(), authorization: `Bearer ${phone}` };
    const page = '01234567-89ab-cdef-0123-456789abcdef';
    const begun = performance.now();
    const streams = [`/api/v1/sessions/${session}/events`, `/dashboard/stream?page=${page}`].map(async path => {
      const request = sendRequest({ host: '127.0.0.1', port: serving.port, path, headers }).end();
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      assert.equal(response.statusCode, 200);
      return response.resume();
    });
    const open = await Promise.all(streams);
    const ended = Promise.all(open.map(response => once(response, 'close')));
    await serving.run('token', 'revoke', 'phone');
    await ended;
    assert.ok(performance.now() - begun < 14_000, 'before the first beat, at which it would be asked anyway');
    assert.equal((await raw(serving, 'GET', '/api/v1/sessions', headers)).status, 401);
  });

  it('finds nothing by tricks with paths, in any parameter', async () => {
    const places = [
      (it: string) => `/api/v1/sessions/${it}`,
      (it: string) => `/api/v1/sessions/${it}/events`,
      (it: string) => `/api/v1/sessions/${session}/agents/${it}`,
      (it: string) => `/api/v1/sessions/${session}/agents/${it}/transcript`,
      (it: string) => `/api/v1/sessions/${session}/artifacts/${it}`,
      (it: string) => `/api/v1/sessions/${session}/blobs/${it}`,
      (it: string) => `/api/v1/sessions/${session}/changes/file?path=${it}`,
      (it: string) => `/api/v1/sessions/${session}?workspace=${it}`,
      (it: string) => `/api/v1/sessions/${session}/findings?cursor=${it}`,
      (it: string) => `/api/v1/sessions/${session}/../../../${it}`,
      (it: string) => `/${it}`,
      (it: string) => `/api/v1/${it}`,
      (it: string) => `/assets/${it}`,
    ];
    for (const place of places) {
      for (const trick of TRICKS) {
        const path = encodeURI(place(trick)).replaceAll('%25', '%');
        const { status, headers, text } = await raw(serving, 'GET', path, bearer);
        assert.ok(status >= 400 && status < 500, `${path.slice(0, 120)}: ${status}`);
        assert.ok(!text.includes('business') && !text.includes('root:'), path);
        assert.equal(headers['set-cookie'], undefined);
      }
    }
    for (const path of [
      'secret.txt',
      '.orchestrate/sessions',
      '../home/http-local.key',
      join(serving.home, 'http-local.key'),
      '.git/config',
    ]) {
      const { status } = await serving.ask('GET', `/sessions/${session}/changes/file?path=${encodeURIComponent(path)}`);
      assert.equal(status, 404, `${path} waits for no review`);
    }
    const twice = await serving.ask('GET', `/sessions/${session}?workspace=workspace&workspace=other`);
    assert.equal(twice.status, 400);
  });

  it('finds nothing by them in any parameter that the API has', async () => {
    interface Operation {
      parameters?: { name: string; in: string }[];
    }
    const { paths } = await serving.get<{ paths: Record<string, Record<string, Operation>> }>('/openapi.json');
    const attempts = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, { parameters = [] }]) =>
        parameters
          .filter(each => each.in !== 'header')
          .flatMap(({ name, in: place }) => {
            // One parameter is tried, the others are in order as far as the path has them.
            const filled = (it: string) =>
              path.replaceAll(/\{(\w+)\}/g, (_, each) => (each === name ? it : each === 'session' ? session : 'none'));
            return TRICKS.map(trick => {
              const it = encodeURI(trick).replaceAll('%25', '%');
              const at = place === 'path' ? filled(it) : `${filled('none')}?${name}=${it}`;
              return { method: method.toUpperCase(), at, place };
            });
          }),
      ),
    );
    assert.ok(attempts.length > 100 * TRICKS.length, `${attempts.length} attempts`);
    const before = (await requestsIn()).length;
    const attempt = async ({ method, at, place }: (typeof attempts)[number]) => {
      const json = method === 'GET' ? {} : { 'content-type': 'application/json' };
      const { status, headers, text } = await raw(
        serving,
        method,
        at,
        { ...bearer, ...json },
        method === 'GET' ? '' : '{}',
      );
      const said = `${method} ${at.slice(0, 120)}: ${status} ${text.slice(0, 200)}`;
      assert.ok(status < 500 && (place === 'query' || status >= 400), said);
      assert.ok(!text.includes('business') && !text.includes('root:'), said);
      assert.equal(headers['set-cookie'], undefined, said);
    };
    for (let at = 0; at < attempts.length; at += 8) await Promise.all(attempts.slice(at, at + 8).map(attempt));
    assert.equal((await requestsIn()).length, before, 'and nothing was decided');
  });

  it('is stopped when it sends too much, too slowly, or what is no HTTP, and the others are served meanwhile', async () => {
    const to = `/api/v1/sessions/${session}/requests`;
    const json = { ...bearer, 'content-type': 'application/json' };
    const large = JSON.stringify({ kind: 'nudge', agent: 'x', text: 'x'.repeat(1_100_000) });
    assert.equal((await raw(serving, 'POST', to, json, large)).status, 413);
    const chunked = await raw(serving, 'POST', to, { ...json, 'transfer-encoding': 'chunked' }, large).catch(
      error => error,
    );
    assert.ok(chunked.status === 413 || chunked.code === 'ECONNRESET' || chunked.code === 'EPIPE', String(chunked));
    assert.equal((await raw(serving, 'POST', to, json, '{"kind": ')).status, 400);
    assert.equal((await raw(serving, 'POST', to, json, `${'['.repeat(100_000)}`)).status, 400);
    assert.equal((await raw(serving, 'POST', to, json, '{"kind":"pause","__proto__":{"agent":"x"}}')).status, 422);
    assert.equal(
      (await raw(serving, 'POST', to, { ...json, 'idempotency-key': 'a b' }, '{"kind":"pause"}')).status,
      400,
    );
    const answerTo = async (text: string) => {
      const socket = connect(serving.port, '127.0.0.1');
      socket.end(text);
      let answer = '';
      socket.setEncoding('utf8').on('data', piece => {
        answer += piece;
      });
      await once(socket, 'close');
      return answer;
    };
    const head = `Host: ${own()}\r\nAuthorization: Bearer ${serving.token}\r\nConnection: close\r\n`;
    assert.match(await answerTo(`GET / HTTP/1.1\r\n${'x'.repeat(20_000)}: y\r\n\r\n`), /^HTTP\/1.1 431 /);
    assert.match(await answerTo('not HTTP at all\r\n\r\n'), /^HTTP\/1.1 400 /);
    assert.match(await answerTo(`GET http://evil.example/api/v1/sessions HTTP/1.1\r\n${head}\r\n`), /^HTTP\/1.1 400 /);
    assert.match(await answerTo(`GET //evil.example/api/v1/sessions HTTP/1.1\r\n${head}\r\n`), /^HTTP\/1.1 400 /);
    assert.match(
      await answerTo(
        `POST ${to} HTTP/1.1\r\n${head}Content-Type: application/json\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      ),
      /^HTTP\/1.1 400 /,
    );
    // Headers that never end, and a body that never comes.
    const slow = connect(serving.port, '127.0.0.1');
    slow.on('error', () => undefined);
    slow.write(`GET / HTTP/1.1\r\n${head}`);
    assert.equal((await serving.ask('GET', '/whoami')).status, 200);
    await once(slow.resume(), 'close');
  });

  it('keeps nobody out by opening ten thousand connections and saying nothing', async () => {
    const script = fileURLToPath(new URL('../support/idle-connections.ts', import.meta.url));
    const child = spawn(process.execPath, [script, String(serving.port), '10000'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async () => JSON.parse((await lines.next()).value ?? '{}');
    assert.deepEqual(await next(), { opened: 10_000 });
    assert.equal((await serving.ask('GET', '/whoami')).status, 200, 'while they are open');
    // The last of those that were told to come again hear it a moment later.
    await until(async () => {
      child.stdin.write('count\n');
      const { open, refused } = await next();
      return open <= 1000 && refused > 8000;
    });
    assert.equal((await serving.ask('GET', '/whoami')).status, 200);
    child.stdin.end();
  });

  it('gets every answer as what it is: nothing is sniffed, framed, kept, or run', async () => {
    for (const path of ['/api/v1/whoami', `/api/v1/sessions/${session}/plan.yaml`, '/api/v1/nothing']) {
      const { headers } = await raw(serving, 'GET', path, bearer);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['x-frame-options'], 'DENY');
      assert.equal(headers['referrer-policy'], 'no-referrer');
      assert.equal(headers['cache-control'], 'no-store');
    }
    assert.equal(serving.said, '', 'and nothing of it was a fault of the server');
  });
});
