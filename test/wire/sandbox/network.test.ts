import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { needsSandbox } from '../../support/sandbox.ts';
import { type SandboxLab, said, sandboxLab } from '../../support/sandbox-lab.ts';

const SIZE = 1_000_000;

describe('Domains that a command in the sandbox may reach', function () {
  this.timeout(120_000);
  let server: Server;
  let lab: SandboxLab;
  const asked: string[] = [];
  const reached: string[] = [];
  const network = ['registry.example', '*.packages.example'];
  before(async function () {
    await needsSandbox(this);
    server = createServer((request, answer) => {
      asked.push(`${request.method} ${request.headers.host}${request.url}`);
      let bytes = 0;
      request.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      request.on('end', () =>
        answer.end(request.url === '/large' ? 'x'.repeat(SIZE) : `hello from outside, got ${bytes} bytes\n`),
      );
    });
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    lab = await sandboxLab({
      reach: async (host, wanted) => {
        reached.push(`${host}:${wanted}`);
        if (host === 'away.packages.example') throw new Error('nobody is there');
        const socket = connect(port, '127.0.0.1');
        await new Promise<void>((done, failed) => socket.once('connect', done).once('error', failed));
        return socket;
      },
    });
  });
  after(async () => {
    await lab?.end();
    server?.close();
  });
  const curl = (words: string, domains = network) => said(lab.run(`curl -sS -m 10 ${words}`, { network: domains }));

  it('are reached by whatever heeds the usual variables, with what is sent and what comes back whole', async () => {
    assert.match(await curl('http://registry.example/a?b=1'), /hello from outside, got 0 bytes/);
    assert.equal(asked.at(-1), 'GET registry.example/a?b=1');
    assert.equal((await curl('http://registry.example/large | wc -c')).trim(), String(SIZE));
    const body = `head -c ${SIZE} /dev/zero > $TMPDIR/body; curl -sS -m 10 --data-binary @$TMPDIR/body http://registry.example/p`;
    assert.match(await said(lab.run(body, { network })), new RegExp(`got ${SIZE} bytes`));
    const script =
      "fetch('http://registry.example/n').then(a => a.text()).then(console.log, e => console.log(e.cause ?? e))";
    assert.match(await said(lab.run(`node -e "${script}"`, { network })), /hello from outside/);
  });

  it('are reached through a tunnel, of which nothing is read', async () => {
    assert.match(await curl('--proxytunnel http://registry.example/t'), /hello from outside/);
    assert.equal(reached.at(-1), 'registry.example:80');
    await curl('https://registry.example:8443/ || true');
    assert.equal(reached.at(-1), 'registry.example:8443');
  });

  it('are these and those below a star, and every other is named as not reached', async () => {
    assert.match(await curl('http://a.b.packages.example/'), /hello from outside/);
    for (const url of [
      'http://example.com/',
      'http://packages.example/',
      'http://registry.example.com/',
      'http://xpackages.example/',
      'http://1.2.3.4/',
    ]) {
      const before = asked.length;
      const run = await lab.run(`curl -sS -m 10 ${url}; curl -sS -m 10 --proxytunnel ${url}`, { network });
      await run.close([]);
      assert.deepEqual(run.unreached, [new URL(url).hostname], url);
      assert.match(run.outcome.output, /may not be reached from the sandbox/);
      assert.equal(asked.length, before);
    }
  });

  it('are reached by the commands that ask for them alone, and by no way around the proxy', async () => {
    assert.doesNotMatch(await curl('http://registry.example/ 2>&1', []), /hello/);
    assert.doesNotMatch(await curl("--noproxy '*' http://registry.example/ 2>&1"), /hello/);
    const { port } = server.address() as AddressInfo;
    assert.doesNotMatch(await curl(`http://127.0.0.1:${port}/ 2>&1`), /hello/);
    assert.match(await curl('-o /dev/null -w "%{http_code}" http://away.packages.example/'), /502/);
  });

  it('lead to no program of this machine, whatever their names stand for', async () => {
    const { port } = server.address() as AddressInfo;
    const own = await sandboxLab({});
    try {
      const before = asked.length;
      const line = `curl -sS -m 10 --noproxy '' -w "%{http_code}" http://localhost:${port}/; curl -sS -m 10 --noproxy '' --proxytunnel http://localhost:${port}/`;
      const output = await said(own.run(line, { network: ['localhost'] }));
      assert.match(output, /502/);
      assert.equal(asked.length, before);
    } finally {
      await own.end();
    }
  });
});
