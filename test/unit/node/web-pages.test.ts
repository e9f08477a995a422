import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { htmlText } from '../../../src/node/web/html-text.ts';
import { isPublicAddress } from '../../../src/node/web/public-address.ts';
import { webPages } from '../../../src/node/web/web-pages.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

describe('Pages of the web', () => {
  const { signal } = new AbortController();
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(() => Promise.all(closing.splice(0).map(close => close())));

  /** A web of one server, which every domain leads to. */
  async function webOf(answer: Answer) {
    const server = createServer(answer).listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(() => {
      server.closeAllConnections();
      return new Promise(done => server.close(done));
    });
    const { port } = server.address() as AddressInfo;
    const looked: string[] = [];
    const pages = webPages({
      anyPort: true,
      mayReach: address => address === '127.0.0.1',
      addressesOf: async host => {
        looked.push(host);
        return [{ address: host.startsWith('inside') ? '10.0.0.1' : '127.0.0.1', family: 4 }];
      },
    });
    const read = (path: string, host = 'docs.example') =>
      pages.read(`http://${host}:${port}${path}`, ({ hostname }) => hostname.endsWith('.example'), signal);
    return { read, looked, port };
  }
  const html: Answer = (_, response) =>
    response
      .setHeader('content-type', 'text/html; charset=utf-8')
      .end('<title>Über</title><h1>Hello</h1><p>Text <a href="/x">here</a>.');

  it('are read as text, from the address that was looked up once', async () => {
    const { read, looked, port } = await webOf(html);
    const page = await read('/a');
    assert.deepEqual(page, {
      url: `http://docs.example:${port}/a`,
      status: 200,
      title: 'Über',
      text: `# Hello\n\nText [here](http://docs.example:${port}/x).`,
    });
    assert.deepEqual(looked, ['docs.example']);
  });

  it('are asked for without keys or cookies, and unpacked', async () => {
    const heard: NodeJS.Dict<string | string[]>[] = [];
    const { read } = await webOf(({ headers }, response) => {
      heard.push(headers);
      response.setHeader('content-type', 'application/json').setHeader('content-encoding', 'gzip');
      response.end(gzipSync('{"a":1}'));
    });
    assert.equal((await read('/')).text, '{"a":1}');
    assert.deepEqual(Object.keys(heard[0] ?? {}).sort(), [
      'accept',
      'accept-encoding',
      'connection',
      'host',
      'user-agent',
    ]);
  });

  it('are followed where they lead, as far as that is allowed', async () => {
    let port = 0;
    const to = (path: string) => (_: unknown, response: ServerResponse) =>
      void response.writeHead(302, { location: path }).end();
    const web = await webOf((request, response) => {
      if (request.url === '/moved') to('/new')(request, response);
      else if (request.url === '/away') to(`http://other.test:${port}/`)(request, response);
      else if (request.url === '/inside') to(`http://inside.example:${port}/`)(request, response);
      else if (request.url === '/number') to(`http://127.0.0.1:${port}/secret`)(request, response);
      else if (request.url === '/loop') to('/loop')(request, response);
      else if (request.url === '/file') to('file:///etc/passwd')(request, response);
      else response.setHeader('content-type', 'text/plain').end(`at ${request.url}`);
    });
    port = web.port;
    assert.equal((await web.read('/moved')).text, 'at /new');
    const away = await web.read('/away');
    assert.deepEqual([away.leadsTo, away.text], [`http://other.test:${port}/`, '']);
    await assert.rejects(web.read('/inside'), /inside\.example leads to this machine or a private network/);
    await assert.rejects(web.read('/number'), /only domains are read/);
    await assert.rejects(web.read('/file'), /only http and https/);
    await assert.rejects(web.read('/loop'), /more than 5 times/);
  });

  it('are not read where they are no text, without end, a bomb, or never come', async function () {
    this.timeout(20_000);
    const { read } = await webOf(({ url }, response) => {
      if (url === '/picture') return response.setHeader('content-type', 'image/png').end('x');
      if (url === '/bomb') {
        response.setHeader('content-type', 'text/plain').setHeader('content-encoding', 'gzip');
        return response.end(gzipSync(Buffer.alloc(50_000_000)));
      }
      response.setHeader('content-type', 'text/plain');
      const more = (): void => {
        if (response.destroyed) return;
        response.write('x'.repeat(100_000));
        setImmediate(more);
      };
      return more();
    });
    await assert.rejects(read('/picture'), /it is image\/png, which is no text/);
    await assert.rejects(read('/bomb'), /more than 5000000 bytes/);
    await assert.rejects(read('/endless'), /more than 5000000 bytes/);
    const silent = await webOf(() => undefined);
    const stop = new AbortController();
    const pages = webPages({
      anyPort: true,
      mayReach: () => true,
      addressesOf: async () => [{ address: '127.0.0.1', family: 4 }],
    });
    const waiting = pages.read(`http://docs.example:${silent.port}/`, () => true, stop.signal);
    stop.abort();
    await assert.rejects(waiting);
  });

  it('of this machine and of private networks are none, however they are written', async () => {
    const pages = webPages();
    const refused = [
      'http://localhost/',
      'http://127.0.0.1/',
      'http://2130706433/',
      'http://0x7f.1/',
      'http://[::1]/',
      'http://[::ffff:10.0.0.1]/',
      'http://169.254.169.254/latest/meta-data/',
      'http://metadata.google.internal/',
      'http://printer.local/',
      'http://intranet/',
      'https://user:word@docs.example.org/',
      'https://docs.example.org:8443/',
      'ftp://docs.example.org/',
    ];
    for (const address of refused)
      await assert.rejects(
        pages.read(address, () => true, signal),
        /only|no domain|not read/,
        address,
      );
    const open = ['93.184.215.14', '8.8.8.8', '2606:4700::1111', '2a00:1450::5'];
    const closed =
      '0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.2 169.254.169.254 172.31.0.1 192.168.1.1 198.18.0.1 224.0.0.1 255.255.255.255 ::1 :: ::ffff:8.8.8.8 64:ff9b::a00:1 fc00::1 fe80::1 ff02::1 2001::1 2001:db8::1 2002:a00:1::1 nonsense'.split(
        ' ',
      );
    assert.deepEqual(
      [...open, ...closed].filter(address => isPublicAddress(address)),
      open,
    );
  });

  it('say what they say: headings, lists, code, tables and links, and not what is there for machines', () => {
    const { text, title } = htmlText(
      `<head><title> A  page </title><style>x{}</style></head><body><nav>Menu</nav><main><h2>One</h2><p>A <b>bold</b>
      word.<br>Next<ul><li>first<ul><li>inner</ul><li><a href="../b?c#d">second</a></ul><pre><code>if (a) {
  b();
}</code></pre><table><tr><th>k<th>v<tr><td>1<td>2</table><div hidden>no</div><script>alert(1)</script>
      <p>Use <code>x</code>, <a href="javascript:alert(1)">this</a> &amp; <img alt="a cat" src=x></main><footer>©</footer>`,
      new URL('https://docs.example/a/'),
    );
    assert.equal(title, 'A page');
    assert.equal(
      text,
      [
        '## One',
        '',
        'A bold word.',
        'Next',
        '',
        '- first',
        '',
        '  - inner',
        '',
        '- [second](https://docs.example/b?c#d)',
        '',
        '```',
        'if (a) {',
        '  b();',
        '}',
        '```',
        '',
        'k | v',
        '1 | 2',
        '',
        'Use `x`, this & [picture: a cat]',
      ].join('\n'),
    );
    const from = performance.now();
    const deep = htmlText('<div><a href="/x">a'.repeat(200_000), new URL('https://docs.example/'));
    assert.match(deep.text, /^a\n[\s\S]*\[The rest of the page is nested too deep to be read\.\]$/);
    htmlText('<p><a href="/x">a</a></p>'.repeat(100_000), new URL('https://docs.example/'));
    htmlText(`<p>${'word '.repeat(1_000_000)}`, new URL('https://docs.example/'));
    assert.ok(performance.now() - from < 20_000, 'no page takes for ever');
  });
});
