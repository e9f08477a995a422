import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as plainRequest,
  type Server,
} from 'node:http';
import { request as tlsRequest } from 'node:https';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Serving } from '../support/serving.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

async function freePort(): Promise<number> {
  const server = createSocketServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}

interface Said {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

async function answerTo(request: ReturnType<typeof plainRequest>, body = ''): Promise<Said> {
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const piece of response.setEncoding('utf8')) text += piece;
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

describe('A server for other machines', function () {
  this.timeout(120_000);
  const temp = tempFolder();
  let serving: Serving | undefined;
  let proxy: Server | undefined;
  afterEach(async () => {
    proxy?.closeAllConnections();
    proxy?.close();
    proxy = undefined;
    await serving?.stop();
    serving = undefined;
  });

  it('is not begun without TLS or a proxy that is declared, nor with a certificate that is none', async () => {
    const plain = await Serving.in(temp.path);
    serving = plain;
    const fails = async (...args: string[]) => {
      const { code, stderr } = await plain.run('serve', '--port', '0', ...args).then(
        () => assert.fail('it was begun'),
        error => error as { code: number; stderr: string },
      );
      assert.equal(code, 2, stderr);
      return stderr;
    };
    assert.match(await fails('--host', '0.0.0.0'), /would serve other machines without TLS.*--tls-cert.*--url https/s);
    assert.match(await fails('--host', '::'), /without TLS/);
    assert.match(await fails('--host', '192.0.2.1'), /without TLS/);
    assert.match(await fails('--host', '0.0.0.0', '--url', 'http://team.example'), /is not https/);
    assert.match(await fails('--tls-cert', 'cert.pem'), /go together/);
    assert.match(await fails('--tls-cert', 'none.pem', '--tls-key', 'none.pem'), /none\.pem cannot be read/);
    await writeFile(join(plain.workspace, 'odd.pem'), 'no certificate');
    const odd = await fails(
      '--host',
      '0.0.0.0',
      '--url',
      'https://x.example',
      '--tls-cert',
      'odd.pem',
      '--tls-key',
      'odd.pem',
    );
    assert.match(odd, /odd\.pem/);
  });

  it('speaks TLS with a certificate of one’s own, keeps the cookie to it, and answers under its own name only', async function () {
    const [cert, key] = [join(temp.path, 'cert.pem'), join(temp.path, 'key.pem')];
    const made = promisify(execFile)('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-keyout', key, '-out', cert, '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
    ]);
    if (!(await made.catch(() => undefined))) this.skip();
    const port = await freePort();
    const named = ['--host', '127.0.0.1', '--url', `https://localhost:${port}`, '--tls-cert', cert, '--tls-key', key];
    serving = await Serving.in(temp.path, '--port', String(port), ...named);
    assert.equal(serving.url, `https://localhost:${port}`);
    const ca = await readFile(cert);
    const bearer = { authorization: `Bearer ${serving.token}` };
    const ask = (path: string, headers: Record<string, string>, method = 'GET', body = '') =>
      answerTo(
        tlsRequest({ host: 'localhost', port, path, ca, method, headers, servername: 'localhost', agent: false }),
        body,
      );
    assert.equal((await ask('/api/v1/whoami', bearer)).status, 200);
    assert.equal((await ask('/api/v1/whoami', {})).status, 401);
    assert.equal((await ask('/api/v1/whoami', { ...bearer, host: 'evil.example' })).status, 421);
    assert.equal((await ask('/api/v1/whoami', { ...bearer, origin: `http://localhost:${port}` })).status, 403);
    const json = { 'content-type': 'application/json' };
    const signed = await ask('/api/v1/sign-in', json, 'POST', JSON.stringify({ token: serving.token }));
    assert.match(signed.headers['set-cookie']?.[0] ?? '', /; HttpOnly; SameSite=Strict; Secure$/);
    const plain = plainRequest({ host: '127.0.0.1', port, path: '/api/v1/whoami', headers: bearer, agent: false });
    await assert.rejects(answerTo(plain), 'what is not encrypted is not answered');
    assert.equal((await ask('/api/v1/whoami', bearer)).status, 200);
  });

  it('is served behind a proxy that is declared, whose forwarding lines open nothing, and streams through it', async () => {
    const port = await freePort();
    serving = await Serving.in(temp.path, '--port', String(port), '--url', 'https://team.example');
    const bearer = { authorization: `Bearer ${serving.token}` };
    // As nginx does it, say, where TLS ends: here the test speaks plainly to it.
    proxy = createServer((request, response) => {
      const forwarded = {
        'x-forwarded-for': '192.0.2.7',
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'team.example',
      };
      const headers = { ...forwarded, ...request.headers, host: 'team.example' };
      const onwards = plainRequest({ host: '127.0.0.1', port, method: request.method, path: request.url, headers });
      onwards.on('response', answer => answer.pipe(response.writeHead(answer.statusCode ?? 502, answer.headers)));
      onwards.on('error', () => response.destroy());
      request.pipe(onwards);
    });
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    const through = (proxy.address() as AddressInfo).port;
    const ask = (at: number, path: string, headers: Record<string, string>, method = 'GET', body = '') =>
      answerTo(plainRequest({ host: '127.0.0.1', port: at, path, method, headers, agent: false }), body);
    assert.equal((await ask(through, '/api/v1/whoami', bearer)).status, 200);
    const own = { ...bearer, origin: 'https://team.example', 'sec-fetch-site': 'same-origin' };
    assert.equal((await ask(through, '/api/v1/whoami', own)).status, 200);
    assert.equal((await ask(through, '/api/v1/whoami', { ...bearer, origin: 'https://evil.example' })).status, 403);
    const lies = { 'x-forwarded-host': 'evil.example', 'x-forwarded-for': '127.0.0.1', forwarded: 'host=evil.example' };
    assert.equal((await ask(through, '/api/v1/whoami', lies)).status, 401, 'nobody is let in for where it comes from');
    const lied = await ask(through, '/', { ...lies });
    assert.deepEqual([lied.status, lied.text.includes('evil')], [200, false]);
    const round = await ask(port, '/api/v1/whoami', { ...bearer, 'x-forwarded-host': 'team.example' });
    assert.equal(round.status, 421, 'round the proxy it is known under no name');
    const json = { 'content-type': 'application/json' };
    const signed = await ask(through, '/api/v1/sign-in', json, 'POST', JSON.stringify({ token: serving.token }));
    assert.match(signed.headers['set-cookie']?.[0] ?? '', /; Secure$/);

    const begun = await ask(through, '/api/v1/sessions', { ...bearer, ...json }, 'POST', '{"rehearse":"todo"}');
    const { id } = JSON.parse(begun.text);
    const stream = plainRequest({
      ...{ host: '127.0.0.1', port: through, path: `/api/v1/sessions/${id}/events` },
      ...{ headers: bearer, agent: false },
    }).end();
    const [events] = (await once(stream, 'response')) as [IncomingMessage];
    let heard = '';
    events.setEncoding('utf8').on('data', piece => {
      heard += piece;
    });
    await until(() => heard.includes('"permission-asked"'));
    stream.destroy();
  });
});
