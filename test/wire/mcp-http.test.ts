import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { mcpTools } from '../../src/mcp/servers.ts';
import { createProcesses } from '../../src/node/processes.ts';
import { until } from '../support/until.ts';

const everything = fileURLToPath(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js'));

describe('A real MCP server from npm, at an address', function () {
  this.timeout(60_000);
  let child: ChildProcess | undefined;
  after(async () => {
    if (!child || child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  async function reached(url: string, headers: Record<string, string> = {}) {
    const notes: string[] = [];
    const tools = mcpTools(
      { far: { url, headers } },
      {
        root: process.cwd(),
        processes: createProcesses({ root: process.cwd() }),
        environment: {},
        version: '1',
        note: text => notes.push(text),
        secret: () => undefined,
      },
    );
    await tools.ready?.();
    return { tools, notes };
  }

  it('brings its tools, and answers', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    free.close();
    await once(free, 'close');
    child = spawn(process.execPath, [everything, 'streamableHttp'], {
      env: { ...process.env, PORT: String(port) },
      stdio: 'ignore',
    });
    const url = `http://127.0.0.1:${port}/mcp`;
    await until(() =>
      fetch(url, { method: 'GET' }).then(
        () => true,
        () => false,
      ),
    );
    const { tools, notes } = await reached(url);
    assert.deepEqual(notes, []);
    const answer = await tools.invoke('mcp_far_echo', { message: 'hello' }, new AbortController().signal);
    assert.ok(answer.ok && JSON.stringify(answer.parts).includes('Echo: hello'), JSON.stringify(answer));
    await tools.close();
  });

  it('is not followed to another one: what was agreed to is this address', async () => {
    let asked = 0;
    const other = createServer((_, answer) => {
      asked++;
      answer.end();
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const leading = createServer((_, answer) => {
      answer.writeHead(307, { location: `http://127.0.0.1:${(other.address() as AddressInfo).port}/mcp` }).end();
    }).listen(0, '127.0.0.1');
    await once(leading, 'listening');
    const { tools, notes } = await reached(`http://127.0.0.1:${(leading.address() as AddressInfo).port}/mcp`, {
      Authorization: 'Bearer secret',
    });
    assert.equal(tools.list().length, 0);
    assert.match(notes[0] ?? '', /^The MCP server far brings no tools: /);
    assert.equal(asked, 0);
    await tools.close();
    for (const server of [other, leading]) {
      server.closeAllConnections();
      server.close();
    }
  });
});
