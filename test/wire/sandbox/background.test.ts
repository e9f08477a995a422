import assert from 'node:assert/strict';
import type { RunningProcess } from '../../../src/core/ports.ts';
import { loopbackHttp } from '../../../src/node/loopback-http.ts';
import { needsSandbox } from '../../support/sandbox.ts';
import { type SandboxLab, said, sandboxLab } from '../../support/sandbox-lab.ts';
import { until } from '../../support/until.ts';

const serve = (port: number) =>
  `node -e "require('http').createServer((_, r) => r.end('served')).listen(${port}, '127.0.0.1')"`;
const get = (port: number) =>
  `node -e "fetch('http://127.0.0.1:${port}').then(r => r.text()).then(console.log, e => console.log(e.cause.code))"`;

describe('a server in the sandbox', () => {
  let lab: SandboxLab;

  before(async function () {
    await needsSandbox(this);
    lab = await sandboxLab({});
  });
  after(() => lab?.end());

  it('is reached by its agent’s commands, and by nobody else', async () => {
    const port = await loopbackHttp.freePort();
    const stop = new AbortController();
    const started = Promise.withResolvers<RunningProcess>();
    const shared = { sharedLoopback: true };
    const server = lab.run(serve(port), { ...shared, onStart: started.resolve, signal: stop.signal, seconds: 60 });
    const running = await started.promise;
    await until(() => running.listens(port));
    assert.deepEqual(await running.ports(), [port]);
    assert.equal((await said(lab.run(get(port), shared))).trim(), 'served');
    assert.equal((await said(lab.run(get(port)))).trim(), 'ECONNREFUSED', 'a loopback of its own');
    assert.equal(
      (await said(lab.run(get(port), { ...shared, owner: 'other' }))).trim(),
      'ECONNREFUSED',
      'another agent',
    );
    await assert.rejects(fetch(`http://127.0.0.1:${port}`), 'a program of this machine');
    stop.abort();
    await said(server);
    assert.equal((await said(lab.run(get(port), shared))).trim(), 'ECONNREFUSED', 'it was stopped');
  });

  it('reaches nothing of this machine', async () => {
    const { createServer } = await import('node:http');
    const outside = createServer((_, response) => response.end('outside')).listen(0, '127.0.0.1');
    await until(() => outside.listening);
    const { port } = outside.address() as { port: number };
    try {
      assert.equal((await said(lab.run(get(port), { sharedLoopback: true }))).trim(), 'ECONNREFUSED');
    } finally {
      outside.close();
    }
  });
});
